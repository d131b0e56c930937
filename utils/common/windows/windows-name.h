/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Names of files: the tools use UTF-8, Windows uses UTF-16.
 *
 * Windows permits halves of surrogate pairs in names.  Such a half becomes the
 * three bytes that UTF-8 would use if it permitted the half (WTF-8), so that each
 * name has exactly one form on either side.
 */
#ifndef COMMON_WINDOWS_NAME_H
#define COMMON_WINDOWS_NAME_H

#include <stdbool.h>
#include <stddef.h>
#include <wchar.h>

/* The longest component of a path, in units of UTF-16 */
#define WINDOWS_NAME_MAX	255
/* Its size in UTF-8, with the zero */
#define WINDOWS_NAME_SIZE	(3 * WINDOWS_NAME_MAX + 1)

/*
 * Store string @s in @out, which has room for @size units, and a zero.  Return the
 * number of units, or a negative error of the tree.
 */
int windows_utf16(wchar_t *out, size_t size, const char *s);
/*
 * Store the @len units at @s in @out, which has room for three bytes for each unit
 * and a zero.  Return the number of bytes.
 */
size_t windows_utf8(char *out, const wchar_t *s, size_t len);

/* Return true if Windows lets no program create a file of this name. */
bool windows_name_is_forbidden(const wchar_t *name, size_t len);

/*
 * Store component @name; @creates: the name is for a new file.  Return the number
 * of units, or a negative error of the tree.
 */
int windows_name(wchar_t out[WINDOWS_NAME_MAX + 1], const char *name,
		 bool creates);

/*
 * Store the absolute path of @path in *@out, allocated, in the form of the NT API:
 * "\??\C:\directory\file".  With a backslash instead of its first question mark,
 * the path is one of the Win32 API that may be long.  Return the number of units,
 * or a negative error of the tree.
 */
int windows_path(wchar_t **out, const char *path);

#endif /* COMMON_WINDOWS_NAME_H */
