// SPDX-License-Identifier: GPL-2.0
/*
 * lklfuse: a file system image, mounted with FUSE and served by LKL.  This file
 * holds the order of the start and of the end.
 *
 * All resources of the host are opened first: the image, the mount point, the
 * kernel.  Then the process confines itself, and only then looks at the
 * contents of the image.  The caller learns when the file system is mounted, or
 * why it cannot be mounted.
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
#include "mount/umounter.h"
#include "mount/unmount.h"
#include "ops/ops.h"
#include "process/confine.h"
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
 * @umounter:	descriptor of the umounter
 * @notify:	descriptor of the service manager, or -1
 * @is_ready:	the file system can be used
 */
struct server {
	struct lklfuse fs;
	struct options opts;
	struct daemon daemon;
	struct fuse_args args;
	int umounter;
	int notify;
	bool is_ready;
};

/* Add options for FUSE that follow from the image. */
static int server_add_session_options(struct server *s)
{
	char *path = realpath(s->fs.image.path, NULL), *list = NULL;
	char *name = NULL;
	int ret = -1;

	if (path && asprintf(&name, "fsname=%s", path) >= 0)
		ret = fuse_opt_add_opt_escaped(&list, name);
	if (!ret)
		ret = fuse_opt_add_opt(&list, "subtype=lklfuse,default_permissions");
	if (!ret && !s->fs.image.writable)
		ret = fuse_opt_add_opt(&list, "ro");
	if (!ret)
		ret = fuse_opt_insert_arg(&s->args, 1, "-o");
	if (!ret)
		ret = fuse_opt_insert_arg(&s->args, 2, list);
	free(list);
	free(name);
	free(path);
	return ret;
}

/* Mount the FUSE file system; requests wait until the session serves. */
static int server_mount(struct server *s)
{
	struct lklfuse *fs = &s->fs;

	fs->se = fuse_session_new(&s->args, &lklfuse_ops, sizeof(lklfuse_ops),
				  fs);
	if (!fs->se)
		return -1;
	if (!fuse_session_mount(fs->se, s->opts.mountpoint))
		return 0;
	fuse_session_destroy(fs->se);
	fs->se = NULL;
	return report_cannot("mount at", s->opts.mountpoint,
			     "FUSE refused, see the message above");
}

/* Name the mount as server_add_session_options() named it. */
static void server_register_mount(const struct server *s)
{
	char *path = realpath(s->fs.image.path, NULL);

	if (path)
		unmount_register_helper(path, s->opts.mountpoint);
	free(path);
}

static int server_confine(const struct server *s)
{
	const struct confine c = {
		.user = s->opts.run_as,
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
		daemonize_ready(&s->daemon);
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
	/* Only a mount that the host accepts is reported as a success. */
	if (!ret)
		ret = session_negotiate(&s->fs);
	if (!ret) {
		server_report_ready(s);
		ret = session_serve(&s->fs, s->umounter);
		sd_notify_send(s->notify, "STOPPING=1");
	}
	inode_table_exit();
	if (image_close(&s->fs.image))
		ret = -1;
	session_exit();
	return ret;
}

/* Do everything that needs the mount.  Return 0, or -1 after a message. */
static int server_run_mounted(struct server *s)
{
	int ret = -1;

	server_register_mount(s);
	s->umounter = umounter_start(s->opts.mountpoint);
	s->notify = sd_notify_open();
	if (s->umounter >= 0 && !image_boot(&s->fs.image)) {
		if (server_confine(s))
			image_close(&s->fs.image);
		else
			ret = server_serve(s);
	}
	/* Remove the mount at once, as the caller may try again. */
	if (!s->is_ready && s->umounter >= 0)
		umounter_detach(s->umounter);
	return ret;
}

static int server_run(struct server *s)
{
	if (guest_open_log(s->opts.log) || image_open_files(&s->fs.image))
		return -1;
	if (server_add_session_options(s) || server_mount(s)) {
		image_close(&s->fs.image);
		return -1;
	}
	return server_run_mounted(s);
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
	fuse_opt_free_args(&s.args);
	return ret ? EXIT_FAILURE : EXIT_SUCCESS;
}
