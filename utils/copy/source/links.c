// SPDX-License-Identifier: GPL-2.0
/*
 * A hash table of files that have several names; the table grows as needed.
 */
#include <stdlib.h>
#include <string.h>

#include "common/alloc.h"
#include "common/path.h"
#include "copy/source/links.h"

#define FIRST_SIZE	256

struct copy_link {
	struct copy_link *next;
	uint64_t dev;
	uint64_t ino;
	char path[];
};

static struct copy_link **links_slot(const struct copy_links *l, uint64_t dev,
				     uint64_t ino)
{
	struct copy_link **p = &l->buckets[(ino ^ dev) % l->size];

	while (*p && ((*p)->ino != ino || (*p)->dev != dev))
		p = &(*p)->next;
	return p;
}

const char *links_find(const struct copy_links *l, uint64_t dev, uint64_t ino)
{
	struct copy_link *found = l->size ? *links_slot(l, dev, ino) : NULL;

	return found ? found->path : NULL;
}

static void links_grow(struct copy_links *l)
{
	struct copy_links old = *l;
	size_t i;

	l->size = old.size ? old.size * 4 : FIRST_SIZE;
	l->buckets = xrealloc(NULL, l->size * sizeof(*l->buckets));
	memset(l->buckets, 0, l->size * sizeof(*l->buckets));
	for (i = 0; i < old.size; i++)
		while (old.buckets[i]) {
			struct copy_link *e = old.buckets[i];
			struct copy_link **p;

			old.buckets[i] = e->next;
			e->next = NULL;
			p = links_slot(l, e->dev, e->ino);
			*p = e;
		}
	free(old.buckets);
}

void links_add(struct copy_links *l, uint64_t dev, uint64_t ino,
	       const char *path)
{
	size_t n = strlen(path) + 1;
	struct copy_link *e = xrealloc(NULL, sizeof(*e) + n);
	struct copy_link **p;

	if (l->count >= l->size)
		links_grow(l);
	e->dev = dev;
	e->ino = ino;
	memcpy(e->path, path, n);
	p = &l->buckets[(ino ^ dev) % l->size];
	e->next = *p;
	*p = e;
	l->count++;
}

void links_remove(struct copy_links *l, uint64_t dev, uint64_t ino)
{
	struct copy_link **p = l->size ? links_slot(l, dev, ino) : NULL;
	struct copy_link *e = p ? *p : NULL;

	if (!e)
		return;
	*p = e->next;
	free(e);
	l->count--;
}

void links_free(struct copy_links *l)
{
	size_t i;

	for (i = 0; i < l->size; i++)
		while (l->buckets[i]) {
			struct copy_link *e = l->buckets[i];

			l->buckets[i] = e->next;
			free(e);
		}
	free(l->buckets);
	*l = (struct copy_links) { };
}
