/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How functions that take the place of libc's are defined.
 */
#ifndef LKL_HIJACK_EXPORT_H
#define LKL_HIJACK_EXPORT_H

#define EXPORT __attribute__((visibility("default")))

#if defined(__has_attribute)
#if __has_attribute(copy)
#define COPY_ATTRIBUTES(fn) __attribute__((copy(fn)))
#endif
#endif
#ifndef COPY_ATTRIBUTES
#define COPY_ATTRIBUTES(fn)
#endif

/* Make @name another name of @fn, which is defined in the same file. */
#define ALIAS(name, fn)							\
	extern __typeof(fn) name COPY_ATTRIBUTES(fn)			\
		__attribute__((alias(#fn), visibility("default")))

#endif /* LKL_HIJACK_EXPORT_H */
