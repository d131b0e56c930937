/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How the program has opened a handle.
 */
#ifndef LKL_WIN32_HANDLE_MODE_H
#define LKL_WIN32_HANDLE_MODE_H

#include <stdbool.h>

/**
 * struct lkl_handle_mode - flags with which a handle was opened
 * @overlapped:	FILE_FLAG_OVERLAPPED, or unknown: a call that returns may still
 *		be in progress
 * @write_through: FILE_FLAG_WRITE_THROUGH
 * @unbuffered:	FILE_FLAG_NO_BUFFERING
 */
struct lkl_handle_mode {
	bool overlapped;
	bool write_through;
	bool unbuffered;
};

struct lkl_handle_mode lkl_host_win32_handle_mode(void *handle);

#endif /* LKL_WIN32_HANDLE_MODE_H */
