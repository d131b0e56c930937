// SPDX-License-Identifier: GPL-2.0
/*
 * lklfuse: a file system image, mounted with FUSE and served by LKL.  This file
 * holds the order of the start and of the end.
 *
 * All resources of the host are opened first: the image, the kernel, and the
 * connection to the mounter.  Then the process confines itself, and only then
 * looks at the contents of the image.  The caller learns when the file system is
 * mounted, or why it cannot be mounted.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/report.h"
#include "image/image.h"
#include "inode/inode.h"
#include "mount/mounter.h"
#include "ops/ops.h"
#include "process/confine.h"
#include "session/negotiate.h"
#include "session/session.h"
#include "shared/standard-fds.h"
#include "start/command-line.h"
#include "start/daemonize.h"
#include "start/guest.h"
#include "start/inherited-fds.h"
#include "start/sd-notify.h"

/**
 * struct server - the process
 * @fs:		file system that is served
 * @opts:	command line
 * @daemon:	descriptors of the daemon
 * @args:	options for FUSE
 * @source:	absolute path of the image
 * @mounter:	descriptor of the mounter
 * @notify:	descriptor of the service manager, or -1
 * @is_ready:	the file system can be used
 */
struct server {
	struct lklfuse fs;
	struct options opts;
	struct daemon daemon;
	struct fuse_args args;
	char *source;
	int mounter;
	int notify;
	bool is_ready;
};

/* Add a list of options for FUSE. */
static int server_add_options(struct server *s, const char *list)
{
	int ret = fuse_opt_insert_arg(&s->args, 1, "-o");

	return ret ? ret : fuse_opt_insert_arg(&s->args, 2, list);
}

/* Add options for FUSE that follow from the image. */
static int server_add_session_options(struct server *s)
{
	char *list = NULL, *name = NULL;
	int ret = -1;

	if (s->source && asprintf(&name, "fsname=%s", s->source) >= 0)
		ret = fuse_opt_add_opt_escaped(&list, name);
	if (!ret)
		ret = fuse_opt_add_opt(&list, "subtype=lklfuse,default_permissions");
	if (!ret)
		ret = server_add_options(s, list);
	free(list);
	free(name);
	return ret;
}

static int server_new_session(struct server *s)
{
	s->fs.se = fuse_session_new(&s->args, &lklfuse_ops, sizeof(lklfuse_ops),
				    &s->fs);
	return s->fs.se ? 0 : -1;
}

/* Mount the FUSE file system, in the mounter, whose session serves nothing. */
static int server_mount_in_mounter(void *arg, bool read_only)
{
	struct server *s = arg;

	if ((read_only && server_add_options(s, "ro")) ||
	    server_new_session(s) ||
	    fuse_session_mount(s->fs.se, s->opts.mountpoint))
		return -1;
	return fuse_session_fd(s->fs.se);
}

static int server_start_mounter(struct server *s)
{
	const struct mounter m = {
		.mountpoint = s->opts.mountpoint,
		.source = s->source,
		.mount = server_mount_in_mounter,
		.arg = s,
	};

	s->mounter = mounter_start(&m);
	return s->mounter < 0 ? -1 : 0;
}

/*
 * Have the FUSE file system mounted, now that it is known whether the image can be
 * written; requests wait until the session serves.
 */
static int server_mount(struct server *s)
{
	int fd = mounter_mount(s->mounter, !s->fs.image.writable);
	char path[32];

	if (fd < 0)
		return report_cannot("mount at", s->opts.mountpoint,
				     "FUSE refused, see the message above");
	/* libfuse takes such a path for a connection that exists already. */
	snprintf(path, sizeof(path), "/dev/fd/%d", fd);
	return fuse_session_mount(s->fs.se, path);
}

static int server_confine(const struct server *s)
{
	const struct confine c = {
		.user = s->opts.run_as,
		.socket = s->mounter,
	};

	if (s->opts.no_sandbox && !s->opts.run_as)
		return 0;
	return confine(&c);
}

static void server_report_ready(struct server *s)
{
	s->is_ready = true;
	fflush(stderr);
	if (s->daemon.status_fd < 0)
		sd_notify_send(s->notify, "READY=1");
	else
		daemonize_ready(&s->daemon, guest_log());
}

/*
 * Mount the image inside LKL and serve requests; close the image in any case.
 */
static int server_serve(struct server *s)
{
	int ret;

	if (image_mount(&s->fs.image))
		return -1;
	ret = guest_prepare(&s->fs);
	if (!ret)
		ret = server_mount(s);
	/* Only a mount that the host accepts is reported as a success. */
	if (!ret)
		ret = negotiate(&s->fs);
	if (!ret) {
		server_report_ready(s);
		ret = session_serve(&s->fs, s->mounter);
		sd_notify_send(s->notify, "STOPPING=1");
	}
	inode_table_exit();
	if (image_close(&s->fs.image))
		ret = -1;
	session_exit();
	return ret;
}

/* Do everything that needs the mounter.  Return 0, or -1 after a message. */
static int server_run_with_mounter(struct server *s)
{
	int ret = -1;

	s->notify = sd_notify_open();
	if (!image_boot(&s->fs.image)) {
		if (server_confine(s))
			image_close(&s->fs.image);
		else
			ret = server_serve(s);
	}
	/* Remove the mount at once, as the caller may try again. */
	if (!s->is_ready)
		mounter_detach(s->mounter);
	return ret;
}

static int server_run(struct server *s)
{
	if (guest_open_log(s->opts.log) || image_open_files(&s->fs.image))
		return -1;
	s->source = realpath(s->fs.image.path, NULL);
	/* The mounter takes the options before this process's session does. */
	if (server_add_session_options(s) || server_start_mounter(s) ||
	    server_new_session(s)) {
		image_close(&s->fs.image);
		return -1;
	}
	return server_run_with_mounter(s);
}

int main(int argc, char **argv)
{
	static struct server s = { .daemon = { .status_fd = -1 } };
	int ret;

	standard_fds_fill();
	inherited_fds_remember();
	ret = command_line_parse(argc, argv, &s.opts, &s.fs, &s.args);
	if (ret >= 0)
		return ret;
	s.daemon.null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	session_init();
	if (!s.opts.foreground && daemonize(&s.daemon, s.fs.image.path))
		return EXIT_FAILURE;
	umask(0);
	ret = server_run(&s);
	free(s.source);
	fuse_opt_free_args(&s.args);
	return ret ? EXIT_FAILURE : EXIT_SUCCESS;
}
