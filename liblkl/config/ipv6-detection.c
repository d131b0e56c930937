// SPDX-License-Identifier: GPL-2.0
/*
 * The time that duplicate address detection of IPv6 takes.
 *
 * With the kernel's own parameters, the detection waits up to a second before
 * the question, so that hosts that start together do not ask together, and a
 * second for an answer.  A program would have to wait for it each time.  The
 * parameters have these values only until the addresses are set, as they concern
 * the search for neighbours, too, which may take longer to answer.
 */
#include <stdio.h>
#include <string.h>

#include <lkl/linux/if.h>
#include <lkl/linux/sockios.h>

#include "config/ipv6-detection.h"
#include "guest/small-file.h"

/**
 * struct detection_parameter - a parameter, and its value for the detection
 * @directory:	directory below net/ipv6 of sysctl(8)
 * @name:	name of the parameter
 * @value:	its value
 */
static const struct detection_parameter {
	const char *directory;
	const char *name;
	const char *value;
} detection_parameters[LKL_DETECTION_PARAMETERS] = {
	{ "neigh", "retrans_time_ms", "20" },
	{ "conf", "router_solicitation_delay", "0" },
};

/* Return whether the key "sysctl" of a configuration names the parameter. */
static bool detection_is_set(const struct lkl_config *cfg,
			     const struct detection_parameter *p)
{
	return cfg->sysctl && strstr(cfg->sysctl, p->name);
}

/* Find the name of an interface, which its parameters are found by. */
static int detection_get_name(int ifindex, struct lkl_ifreq *ifr)
{
	long fd, ret;

	*ifr = (struct lkl_ifreq) { .lkl_ifr_ifindex = ifindex };
	fd = lkl_sys_socket(LKL_AF_UNIX, LKL_SOCK_DGRAM | LKL_SOCK_CLOEXEC, 0);
	if (fd < 0)
		return fd;
	ret = lkl_sys_ioctl(fd, LKL_SIOCGIFNAME, (uintptr_t)ifr);
	lkl_sys_close(fd);
	return ret;
}

static void detection_path(char *path, size_t size, const struct lkl_ifreq *ifr,
			   const struct detection_parameter *p)
{
	snprintf(path, size, "/proc/sys/net/ipv6/%s/%s/%s", p->directory,
		 ifr->lkl_ifr_name, p->name);
}

int lkl_detection_shorten(const struct lkl_config *cfg, int ifindex,
			  struct lkl_detection *detection)
{
	struct lkl_ifreq ifr;
	char path[128];
	long ret;
	int i;

	memset(detection, 0, sizeof(*detection));
	ret = lkl_mount_fs("proc");
	if (ret >= 0)
		ret = detection_get_name(ifindex, &ifr);
	for (i = 0; ret >= 0 && i < LKL_DETECTION_PARAMETERS; i++) {
		const struct detection_parameter *p = &detection_parameters[i];

		if (detection_is_set(cfg, p))
			continue;
		detection_path(path, sizeof(path), &ifr, p);
		ret = lkl_read_small_file(path, detection->old[i],
					  sizeof(detection->old[i]));
		if (ret >= 0)
			ret = lkl_write_small_file(path, p->value);
		if (ret < 0)
			detection->old[i][0] = '\0';
	}
	/* An interface without IPv6 gets no address, which is reported then. */
	return ret < 0 && ret != -LKL_ENOENT ? ret : 0;
}

int lkl_detection_restore(int ifindex, struct lkl_detection *detection)
{
	struct lkl_ifreq ifr;
	char path[128];
	int i, ret, err = detection_get_name(ifindex, &ifr);

	for (i = 0; !err && i < LKL_DETECTION_PARAMETERS; i++) {
		if (!detection->old[i][0])
			continue;
		detection_path(path, sizeof(path), &ifr,
			       &detection_parameters[i]);
		ret = lkl_write_small_file(path, detection->old[i]);
		if (!err)
			err = ret;
	}
	return err;
}
