/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The command line.
 */
#ifndef LKLFUSE_COMMAND_LINE_H
#define LKLFUSE_COMMAND_LINE_H

#include "request/lklfuse.h"

/**
 * struct options - the command line, except what struct lklfuse holds
 * @mountpoint:	absolute path of the mount point
 * @log:	file for the kernel's messages, or NULL
 * @run_as:	user to become, or NULL
 * @no_sandbox:	do not confine the process
 * @foreground:	do not become a daemon
 */
struct options {
	char *mountpoint;
	char *log;
	char *run_as;
	bool no_sandbox;
	bool foreground;
};

/*
 * Parse the command line.  Fill in @opts and @fs, and leave the options of FUSE
 * in @args.  Return -1 to go on, or an exit status.
 */
int command_line_parse(int argc, char **argv, struct options *opts,
		       struct lklfuse *fs, struct fuse_args *args);

#endif /* LKLFUSE_COMMAND_LINE_H */
