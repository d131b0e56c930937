/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Permissions in the notation of chmod(1).
 */
#ifndef CPTOFS_CHMOD_MODE_H
#define CPTOFS_CHMOD_MODE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Change permissions @old as chmod(1) does with @text: an octal number, or
 * changes such as "u=rwX,go-w".  Return false if @text is neither.
 */
bool mode_change(const char *text, uint32_t old, bool is_dir, uint32_t *ret);

#endif /* CPTOFS_CHMOD_MODE_H */
