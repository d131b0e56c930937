// SPDX-License-Identifier: GPL-2.0
/*
 * Paths that grow and shrink by components, and path names.
 */
#include <stdlib.h>
#include <string.h>

#include "common/alloc.h"
#include "common/path.h"

size_t path_push(struct path_buf *p, const char *name)
{
	size_t old = p->len, n = strlen(name);
	bool slash = old && p->str[old - 1] != '/';

	if (p->size < old + n + 2) {
		p->size = (old + n + 2) * 2;
		p->str = xrealloc(p->str, p->size);
	}
	if (slash)
		p->str[p->len++] = '/';
	memcpy(p->str + p->len, name, n + 1);
	p->len += n;
	return old;
}

void path_pop(struct path_buf *p, size_t old)
{
	p->len = old;
	p->str[old] = 0;
}

void path_set(struct path_buf *p, const char *path)
{
	p->len = 0;
	path_push(p, path);
}

void path_free(struct path_buf *p)
{
	free(p->str);
	*p = (struct path_buf) { };
}

size_t path_common(const char *a, const char *b)
{
	size_t i = 0, last = 0;

	for (; a[i] && a[i] == b[i]; i++)
		if (a[i] == '/')
			last = i;
	/* One path may be a directory of the other. */
	if ((!a[i] || a[i] == '/') && (!b[i] || b[i] == '/'))
		last = i;
	return last;
}

char *path_join(const char *a, const char *b)
{
	struct path_buf p = { };

	path_set(&p, a);
	path_push(&p, b);
	return p.str;
}

const char *path_base(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

void path_strip_slashes(char *path)
{
	size_t n = strlen(path);

	while (n > 1 && path[n - 1] == '/')
		path[--n] = 0;
}

char *path_make_absolute(const char *path)
{
	char *s;

	while (*path == '/' || (path[0] == '.' &&
				(path[1] == '/' || !path[1])))
		path++;
	s = path_join("/", path);
	path_strip_slashes(s);
	return s;
}

bool path_ends_in_dots(const char *path)
{
	return path_is_dots(path_base(path));
}

bool path_normalize(struct path_buf *out, const char *path)
{
	path_set(out, "");
	while (*path) {
		size_t n = strcspn(path, "/");

		if (n == 2 && path[0] == '.' && path[1] == '.')
			return false;
		if (n && !(n == 1 && path[0] == '.')) {
			char *name = xstrndup(path, n);

			path_push(out, name);
			free(name);
		}
		path += n;
		path += *path == '/';
	}
	return true;
}
