/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Named pipes to another process, as a network back end.
 */
#ifndef LKL_WIN32_PIPE_H
#define LKL_WIN32_PIPE_H

struct lkl_netdev;

/*
 * Return a back end for the pipes "rx|tx"; NULL, after a message, on failure.
 */
struct lkl_netdev *lkl_host_win32_pipe_create(const char *names);

#endif /* LKL_WIN32_PIPE_H */
