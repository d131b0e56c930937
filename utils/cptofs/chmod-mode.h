/* SPDX-License-Identifier: GPL-2.0 */
#ifndef UTILS_MODE_H
#define UTILS_MODE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * What chmod(1) makes of permissions @old: octal, or like "u=rwX,go-w".
 * False: @text is neither.
 */
bool mode_change(const char *text, uint32_t old, bool is_dir, uint32_t *ret);

#endif /* UTILS_MODE_H */
