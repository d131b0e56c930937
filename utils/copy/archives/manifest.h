/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Manifests in mtree(5) format: attributes that replace the attributes of the
 * source's files, and files that the source does not have.
 */
#ifndef COPY_MANIFEST_H
#define COPY_MANIFEST_H

#include "copy/core/engine.h"

struct manifest;

/* Read a manifest; return NULL after a message. */
struct manifest *manifest_read(const char *path);
void manifest_free(struct manifest *m);

/*
 * Return a source that emits the files of @source, which may be NULL, with the
 * attributes in the manifest, and then the files that only the manifest has.
 */
struct copy_source *manifest_source(struct manifest *m, struct copy *c,
				    struct copy_source *source);

#endif /* COPY_MANIFEST_H */
