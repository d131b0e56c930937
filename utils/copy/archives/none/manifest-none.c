// SPDX-License-Identifier: GPL-2.0
/*
 * Replacement for manifest.c in builds without libarchive.
 */
#include <stdlib.h>

#include "common/report.h"
#include "copy/archives/manifest.h"

struct manifest *manifest_read(const char *path)
{
	report_cannot("read", path, "the program was built without libarchive");
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
