// SPDX-License-Identifier: GPL-2.0
/*
 * In the place of manifest.c where libarchive is missing.
 */
#include <stdio.h>
#include <stdlib.h>

#include "copy/archives/manifest.h"

struct manifest *manifest_read(const char *program, const char *path)
{
	fprintf(stderr, "%s: cannot read '%s': built without libarchive\n",
		program, path);
	return NULL;
}

void manifest_free(struct manifest *m)
{
}

struct copy_source *manifest_source(struct manifest *m, struct copy *c,
				    struct copy_source *source)
{
	return source;
}
