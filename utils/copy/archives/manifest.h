/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Manifests in mtree(5) format: what files are to be, whatever they are on the
 * host, and files that it does not have.
 */
#ifndef COPY_MANIFEST_H
#define COPY_MANIFEST_H

#include "copy/core/engine.h"

struct manifest;

/* NULL after a message. */
struct manifest *manifest_read(const char *path);
void manifest_free(struct manifest *m);

/*
 * A source that is @source, but as the manifest says, and then what only the
 * manifest has.
 */
struct copy_source *manifest_source(struct manifest *m, struct copy *c,
				    struct copy_source *source);

#endif /* COPY_MANIFEST_H */
