/* SPDX-License-Identifier: GPL-2.0 */
/*
 * lkl_base.h - macros and types that all other headers of LKL use
 *
 * Included by <lkl.h>.
 */
#ifndef LKL_BASE_H
#define LKL_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef _WIN32
struct iovec {
	void *iov_base;
	size_t iov_len;
};
#else
#include <sys/uio.h>
#endif

#include <lkl/long.h>

#if defined(__GNUC__)
#define LKL_PRINTF(fmt, args)	__attribute__((format(printf, fmt, args)))
#else
#define LKL_PRINTF(fmt, args)
#endif
#if defined(_WIN32)
#define LKL_API
#elif defined(__GNUC__)
#define LKL_API			__attribute__((visibility("default")))
#else
#define LKL_API
#endif

/* C99 has no unnamed unions. */
#if defined(__GNUC__)
#define LKL_EXTENSION		__extension__
#else
#define LKL_EXTENSION
#endif

#endif /* LKL_BASE_H */
