// SPDX-License-Identifier: GPL-2.0
/*
 * Names of files.
 */
#include "common/windows/windows-error.h"

#include <lkl.h>
#include <stdlib.h>
#include <string.h>

#include "common/alloc.h"
#include "common/utf8.h"
#include "common/windows/windows-name.h"
#include "shared/macros.h"

#define HIGH_MIN	0xd800
#define LOW_MIN		0xdc00
#define LOW_MAX		0xdfff
#define BEYOND_UCS2	0x10000
/* The longest path of the NT API, in units of UTF-16 */
#define PATH_UNITS_MAX	32766

/* UTF-16 */

static bool name_is_high(uint32_t c)
{
	return c >= HIGH_MIN && c < LOW_MIN;
}

static bool name_is_low(uint32_t c)
{
	return c >= LOW_MIN && c <= LOW_MAX;
}

/* Store a character, or half of a surrogate pair.  Return its bytes, or 0. */
static size_t name_decode(const char *s, uint32_t *c)
{
	const unsigned char *u = (const unsigned char *)s;
	size_t n = utf8_decode(s, c);

	if (n || u[0] != 0xed || (u[1] & 0xe0) != 0xa0 || (u[2] & 0xc0) != 0x80)
		return n;
	*c = 0xd000 | (u[1] & 0x3f) << 6 | (u[2] & 0x3f);
	return 3;
}

int windows_utf16(wchar_t *out, size_t size, const char *s)
{
	size_t len = 0, n;
	uint32_t c;

	for (; *s; s += n) {
		n = name_decode(s, &c);
		/* Two halves would be read back as one character. */
		if (!n || (name_is_low(c) && len && name_is_high(out[len - 1])))
			return -WINDOWS_EUTF8;
		if (len + 2 >= size)
			return -LKL_ENAMETOOLONG;
		if (c < BEYOND_UCS2) {
			out[len++] = c;
			continue;
		}
		c -= BEYOND_UCS2;
		out[len++] = HIGH_MIN | c >> 10;
		out[len++] = LOW_MIN | (c & 0x3ff);
	}
	out[len] = 0;
	return len;
}

static size_t name_encode(unsigned char *out, uint32_t c)
{
	if (c < 0x80) {
		out[0] = c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = 0xc0 | c >> 6;
		out[1] = 0x80 | (c & 0x3f);
		return 2;
	}
	if (c < BEYOND_UCS2) {
		out[0] = 0xe0 | c >> 12;
		out[1] = 0x80 | (c >> 6 & 0x3f);
		out[2] = 0x80 | (c & 0x3f);
		return 3;
	}
	out[0] = 0xf0 | c >> 18;
	out[1] = 0x80 | (c >> 12 & 0x3f);
	out[2] = 0x80 | (c >> 6 & 0x3f);
	out[3] = 0x80 | (c & 0x3f);
	return 4;
}

size_t windows_utf8(char *out, const wchar_t *s, size_t len)
{
	size_t i, n = 0;

	for (i = 0; i < len; i++) {
		uint32_t c = s[i];

		if (name_is_high(c) && i + 1 < len && name_is_low(s[i + 1])) {
			c = BEYOND_UCS2 + ((c - HIGH_MIN) << 10) + s[i + 1] -
			    LOW_MIN;
			i++;
		}
		n += name_encode((unsigned char *)out + n, c);
	}
	out[n] = 0;
	return n;
}

/* Names that Windows forbids */

static bool name_is_same(const wchar_t *name, size_t len, const wchar_t *other)
{
	return len == wcslen(other) && !_wcsnicmp(name, other, len);
}

/* Return true for the number of a port: 0 to 9, or a raised 1, 2 or 3. */
static bool name_is_port(wchar_t c)
{
	return (c >= '0' && c <= '9') || c == 0xb9 || c == 0xb2 || c == 0xb3;
}

/* Return true if the name means a device, whatever its extension is. */
static bool name_is_device(const wchar_t *name, size_t len)
{
	static const wchar_t *const devices[] = {
		L"CON", L"PRN", L"AUX", L"NUL", L"CONIN$", L"CONOUT$",
	};
	const wchar_t *dot = wmemchr(name, '.', len);
	size_t i;

	if (dot)
		len = dot - name;
	while (len && name[len - 1] == ' ')
		len--;
	if (len == 4 && name_is_port(name[3]) &&
	    (name_is_same(name, 3, L"COM") || name_is_same(name, 3, L"LPT")))
		return true;
	for (i = 0; i < ARRAY_SIZE(devices); i++)
		if (name_is_same(name, len, devices[i]))
			return true;
	return false;
}

bool windows_name_is_forbidden(const wchar_t *name, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (name[i] < ' ' || wcschr(L"<>:\"/\\|?*", name[i]))
			return true;
	return !len || name[len - 1] == '.' || name[len - 1] == ' ' ||
	       name_is_device(name, len);
}

int windows_name(wchar_t out[WINDOWS_NAME_MAX + 1], const char *name,
		 bool creates)
{
	wchar_t units[WINDOWS_NAME_MAX + 2];
	int len = windows_utf16(units, ARRAY_SIZE(units), name);

	if (len < 0)
		return len;
	/* A pair of surrogates at the end may be one unit too many. */
	if (len > WINDOWS_NAME_MAX)
		return -LKL_ENAMETOOLONG;
	/* The system would look for another file, or for a stream of one. */
	if (creates ? windows_name_is_forbidden(units, len) :
		      !!wcspbrk(units, L"\\/:"))
		return -WINDOWS_ENAME;
	wmemcpy(out, units, len + 1);
	return len;
}

/* Paths */

static bool name_is_dots(const wchar_t *name, size_t len)
{
	return name[0] == '.' && (len == 1 || (len == 2 && name[1] == '.'));
}

/*
 * Return true if the path contains a component that the system would change, for
 * instance by removing a dot at the end.
 */
static bool name_path_is_forbidden(const wchar_t *path)
{
	size_t len;

	if (path[0] && path[1] == ':')
		path += 2;
	for (; *path; path += len) {
		path += wcsspn(path, L"\\");
		len = wcscspn(path, L"\\");
		if (len && !name_is_dots(path, len) &&
		    windows_name_is_forbidden(path, len))
			return true;
	}
	return false;
}

/* Store "\??\", @prefix and @rest in *@out. */
static int name_join(wchar_t **out, const wchar_t *prefix, const wchar_t *rest)
{
	size_t len = 4 + wcslen(prefix) + wcslen(rest);

	if (len > PATH_UNITS_MAX)
		return -LKL_ENAMETOOLONG;
	*out = xrealloc(NULL, (len + 1) * sizeof(**out));
	wcscpy(*out, L"\\??\\");
	wcscat(*out, prefix);
	wcscat(*out, rest);
	return len;
}

/* Remove "." at the end, which has no meaning in such a path. */
static wchar_t *name_strip_dot(wchar_t *path, size_t len)
{
	if (len >= 2 && !wcscmp(path + len - 2, L"\\."))
		path[len - 1] = 0;
	return path;
}

static int name_absolute(wchar_t **out, const wchar_t *path)
{
	wchar_t *full = xrealloc(NULL, (PATH_UNITS_MAX + 1) * sizeof(*full));
	DWORD n = GetFullPathNameW(path, PATH_UNITS_MAX + 1, full, NULL);
	int ret;

	if (!n || n > PATH_UNITS_MAX)
		ret = n ? -LKL_ENAMETOOLONG : windows_last_error();
	else if (!wcsncmp(full, L"\\\\", 2))
		ret = name_join(out, L"UNC\\", full + 2);
	else
		ret = name_join(out, L"", full);
	free(full);
	return ret;
}

int windows_path(wchar_t **out, const char *path)
{
	size_t size = strlen(path) + 3;
	wchar_t *units = xrealloc(NULL, size * sizeof(*units)), *p;
	int ret = windows_utf16(units, size, path);

	for (p = units; ret >= 0 && (p = wcschr(p, '/'));)
		*p = '\\';
	if (ret < 0)
		;
	else if (!*units)
		ret = -LKL_ENOENT;
	else if (!wcsncmp(units, L"\\\\?\\", 4) || !wcsncmp(units, L"\\\\.\\", 4))
		ret = name_join(out, L"", name_strip_dot(units + 4, ret - 4));
	else if (name_path_is_forbidden(units))
		ret = -WINDOWS_ENAME;
	else
		ret = name_absolute(out, units);
	free(units);
	return ret;
}
