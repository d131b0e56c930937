// SPDX-License-Identifier: GPL-2.0
/*
 * The names that a sink has made.  For the target, two names may be one: some
 * file systems ignore case, final dots or the form of Unicode characters.  A
 * file that this copy has made must not be replaced by a file of another name.
 *
 * Only a name that exists already needs thought, so a copy of new files costs
 * no call of the target.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/alloc.h"
#include "common/path.h"
#include "copy/sink/sink-parts.h"
#include "copy/source/tree-source.h"

#define FIRST_SIZE	16

/**
 * struct sink_name - a name
 * @dir:	if the name is a directory's, names in there, or NULL
 * @gone:	the file that was found was replaced by a file of another name
 * @unmade:	no copy has made the file, or the file was removed
 * @copy:	number of the copy that has made the file, see struct tree_sink
 */
struct sink_name {
	struct sink_names *dir;
	bool gone;
	bool unmade;
	unsigned int copy;
	char name[];
};

struct name_set {
	struct sink_name **slots;
	size_t size;
	size_t count;
};

/**
 * struct sink_names - names in a directory of the target
 * @made:	names that this copy has made or entered
 * @found:	names that were in the directory when one of them was in the way
 * @listed:	number of the copy for which @found is known, plus one, or 0
 * @changed:	a name of @made was not in the directory then: the target has
 *		changed the name
 * @is_new:	this copy has made the directory
 */
struct sink_names {
	struct name_set made;
	struct name_set found;
	unsigned int listed;
	bool changed;
	bool is_new;
};

/* Sets of names */

static struct sink_name **name_set_slot(const struct name_set *set,
					const char *name)
{
	/* FNV-1a */
	uint64_t hash = 14695981039346656037ULL;
	size_t i;
	const char *p;

	for (p = name; *p; p++)
		hash = (hash ^ (unsigned char)*p) * 1099511628211ULL;
	for (i = hash % set->size; set->slots[i]; i = (i + 1) % set->size)
		if (!strcmp(set->slots[i]->name, name))
			break;
	return &set->slots[i];
}

static struct sink_name *name_set_find(const struct name_set *set,
				       const char *name)
{
	return set->size ? *name_set_slot(set, name) : NULL;
}

static void name_set_grow(struct name_set *set)
{
	struct name_set old = *set;
	size_t i;

	set->size = old.size ? old.size * 2 : FIRST_SIZE;
	set->slots = xrealloc(NULL, set->size * sizeof(*set->slots));
	memset(set->slots, 0, set->size * sizeof(*set->slots));
	for (i = 0; i < old.size; i++)
		if (old.slots[i])
			*name_set_slot(set, old.slots[i]->name) = old.slots[i];
	free(old.slots);
}

static struct sink_name *name_set_add(struct name_set *set, const char *name)
{
	size_t n = strlen(name) + 1;
	struct sink_name **slot;

	if (set->count * 2 >= set->size)
		name_set_grow(set);
	slot = name_set_slot(set, name);
	if (*slot)
		return *slot;
	*slot = xrealloc(NULL, sizeof(**slot) + n);
	**slot = (struct sink_name) { };
	memcpy((*slot)->name, name, n);
	set->count++;
	return *slot;
}

static void name_set_free(struct name_set *set)
{
	size_t i;

	for (i = 0; i < set->size; i++) {
		if (set->slots[i])
			sink_names_free(set->slots[i]->dir);
		free(set->slots[i]);
	}
	free(set->slots);
	*set = (struct name_set) { };
}

/* Directories */

struct sink_names *sink_names_new(bool is_new)
{
	struct sink_names *names = xzalloc(sizeof(*names));

	names->is_new = is_new;
	return names;
}

void sink_names_free(struct sink_names *names)
{
	if (!names)
		return;
	name_set_free(&names->made);
	name_set_free(&names->found);
	free(names);
}

void sink_names_add(struct sink_names *names, const char *name,
		    unsigned int copy)
{
	struct sink_name *e = name_set_add(&names->made, name);

	e->unmade = false;
	e->copy = copy;
}

struct sink_names *sink_names_enter(struct sink_names *names, const char *name,
				    bool is_new, unsigned int copy)
{
	struct sink_name *e;

	/* The directory itself: its names are the same. */
	if (!strcmp(name, "."))
		return names;
	e = name_set_add(&names->made, name);
	e->unmade = false;
	e->copy = copy;
	if (!e->dir)
		e->dir = sink_names_new(is_new);
	return e->dir;
}

static bool names_is_same_file(const struct tree_ops *ops, const char *dir,
			       const char *a, const char *b)
{
	char *path_a = path_join(dir, a), *path_b = path_join(dir, b);
	struct tree_node node_a, node_b;
	bool same = ops->stat(TREE_CWD, path_a, &node_a) >= 0 &&
		    ops->stat(TREE_CWD, path_b, &node_b) >= 0 &&
		    node_a.ino == node_b.ino && node_a.dev == node_b.dev;

	free(path_a);
	free(path_b);
	return same;
}

/* Return another name of file @name that differs in the case of ASCII letters. */
static struct sink_name *names_find_case(const struct name_set *set,
					 const struct tree_ops *ops,
					 const char *dir, const char *name)
{
	size_t i;

	for (i = 0; i < set->size; i++) {
		struct sink_name *e = set->slots[i];

		if (e && !strcasecmp(e->name, name) &&
		    names_is_same_file(ops, dir, e->name, name))
			return e;
	}
	return NULL;
}

struct sink_names *sink_names_pass(struct sink_names *names,
				   const struct tree_ops *ops, const char *dir,
				   const char *name)
{
	struct sink_name *e = name_set_find(&names->made, name);

	if (!e)
		e = names_find_case(&names->made, ops, dir, name);
	if (!e) {
		e = name_set_add(&names->made, name);
		e->unmade = true;
	}
	if (!e->dir)
		e->dir = sink_names_new(false);
	return e->dir;
}

void sink_names_forget(struct sink_names *names, const char *name)
{
	struct sink_name *e = name_set_find(&names->made, name);

	if (!e)
		return;
	sink_names_free(e->dir);
	e->dir = NULL;
}

void sink_names_remove(struct sink_names *names, const char *name)
{
	struct sink_name *e = name_set_find(&names->made, name);

	if (!e)
		return;
	sink_names_forget(names, name);
	e->unmade = true;
}

bool sink_names_has(const struct sink_names *names, const char *name)
{
	struct sink_name *e = name_set_find(&names->made, name);

	return e && !e->unmade;
}

bool sink_names_is_new(const struct tree_sink *s,
		       const struct sink_names *names, const char *name)
{
	struct sink_name *e = name_set_find(&names->made, name);

	return e && !e->unmade && e->copy == s->number;
}

const struct sink_names *sink_names_below(const struct sink_names *names,
					  const char *name)
{
	struct sink_name *e = name_set_find(&names->made, name);

	return e && e->dir && !e->dir->is_new ? e->dir : NULL;
}

/* Names that are in the way */

static void names_list(struct tree_sink *s, struct copy *c,
		       struct sink_names *names, int dir)
{
	int err = 0, fd = s->ops->open(dir, ".", TREE_DIR, 0);
	struct tree_dir *d = fd < 0 ? NULL : s->ops->dir_open(fd, &err);
	char **list;
	size_t i, n;

	name_set_free(&names->found);
	names->changed = false;
	names->listed = s->number + 1;
	if (!d)
		return;
	list = tree_read_names(s->ops, c, d, &n, &err);
	s->ops->dir_close(d);
	for (i = 0; i < n; i++) {
		name_set_add(&names->found, list[i]);
		free(list[i]);
	}
	free(list);
	for (i = 0; i < names->made.size; i++)
		if (names->made.slots[i] && !names->made.slots[i]->unmade &&
		    !name_set_find(&names->found, names->made.slots[i]->name))
			names->changed = true;
}

/*
 * Return a name of @set for file @node in @dir; with @like, only consider names
 * that differ from @like in the case of ASCII letters.
 */
static struct sink_name *names_search(struct tree_sink *s,
				      const struct name_set *set, int dir,
				      const struct tree_node *node,
				      const char *like)
{
	struct tree_node other;
	size_t i;

	for (i = 0; i < set->size; i++) {
		struct sink_name *e = set->slots[i];

		if (e && !e->unmade && (!like || !strcasecmp(e->name, like)) &&
		    s->ops->stat(dir, e->name, &other) >= 0 &&
		    other.ino == node->ino && other.dev == node->dev)
			return e;
	}
	return NULL;
}

/* Return the name of an existing file that has not exactly the name @name. */
static const char *names_identify(struct tree_sink *s, struct sink_names *names,
				  int dir, const char *name)
{
	struct tree_node node;
	struct sink_name *e;

	if (s->ops->stat(dir, name, &node) < 0)
		return NULL;
	/* Most often, only the case differs. */
	e = names_search(s, &names->made, dir, &node, name);
	if (!e && names->changed)
		e = names_search(s, &names->made, dir, &node, NULL);
	if (e)
		return e->name;
	e = names_search(s, &names->found, dir, &node, name);
	if (!e) {
		e = names_search(s, &names->made, dir, &node, NULL);
		if (e)
			return e->name;
		e = names_search(s, &names->found, dir, &node, NULL);
	}
	if (e)
		e->gone = true;
	return NULL;
}

const char *sink_names_clash(struct tree_sink *s, struct copy *c,
			     struct sink_names *names, int dir,
			     const char *name)
{
	struct sink_name *e;

	if (!names->made.count || sink_names_has(names, name))
		return NULL;
	if (!names->is_new && names->listed != s->number + 1)
		names_list(s, c, names, dir);
	e = name_set_find(&names->found, name);
	if (e && !e->gone && !names->changed)
		return NULL;
	return names_identify(s, names, dir, name);
}
