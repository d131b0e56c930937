// SPDX-License-Identifier: GPL-2.0
/*
 * Permissions in the notation of chmod(1).
 */
#include <stdlib.h>
#include <string.h>

#include "cptofs/chmod-mode.h"

#define SET_ID	06000U
/* The usual umask, which applies if neither u, g, o nor a is given. */
#define UMASK	0022U

static uint32_t mode_parse_who(const char **p)
{
	uint32_t who = 0;

	for (;; (*p)++)
		switch (**p) {
		case 'u':
			who |= 04700;
			break;
		case 'g':
			who |= 02070;
			break;
		case 'o':
			who |= 01007;
			break;
		case 'a':
			who |= 07777;
			break;
		default:
			return who;
		}
}

/* Parse permissions; return their bits for user, group and others. */
static uint32_t mode_parse_bits(const char **p, uint32_t mode, bool is_dir)
{
	uint32_t bits = 0;

	if (**p && strchr("ugo", **p)) {
		int shift = **p == 'u' ? 6 : **p == 'g' ? 3 : 0;

		(*p)++;
		return (mode >> shift & 7) * 0111;
	}
	for (;; (*p)++)
		switch (**p) {
		case 'r':
			bits |= 0444;
			break;
		case 'w':
			bits |= 0222;
			break;
		case 'x':
			bits |= 0111;
			break;
		case 'X':
			bits |= is_dir || mode & 0111 ? 0111 : 0;
			break;
		case 's':
			bits |= SET_ID;
			break;
		case 't':
			bits |= 01000;
			break;
		default:
			return bits;
		}
}

/* Apply one clause, which may change permissions several times: "u+rw-x". */
static bool mode_change_clause(const char **p, uint32_t *mode, bool is_dir)
{
	uint32_t who = mode_parse_who(p);
	uint32_t mask = who ? who : 07777 & ~UMASK;
	char op = **p;

	if (op != '+' && op != '-' && op != '=')
		return false;
	while (**p == '+' || **p == '-' || **p == '=') {
		uint32_t bits, all;

		op = *(*p)++;
		all = mode_parse_bits(p, *mode, is_dir);
		bits = all & mask;
		if (op == '+') {
			*mode |= bits;
		} else if (op == '-') {
			*mode &= ~bits;
		} else {
			/* A directory keeps set-ID bits that are not given. */
			uint32_t kept = is_dir && !(all & SET_ID) ?
					*mode & SET_ID : 0;

			*mode = (*mode & ~(who ? who : 07777)) | bits | kept;
		}
	}
	return true;
}

static bool mode_change_octal(const char *text, uint32_t old, bool is_dir,
			      uint32_t *ret)
{
	char *end;
	unsigned long mode = strtoul(text, &end, 8);

	if (*end || mode > 07777)
		return false;
	*ret = mode | (is_dir && strlen(text) < 5 ? old & SET_ID : 0);
	return true;
}

bool mode_change(const char *text, uint32_t old, bool is_dir, uint32_t *ret)
{
	uint32_t mode = old & 07777;

	if (*text >= '0' && *text <= '7')
		return mode_change_octal(text, old, is_dir, ret);
	for (;; text++) {
		if (!mode_change_clause(&text, &mode, is_dir))
			return false;
		if (*text != ',')
			break;
	}
	*ret = mode;
	return !*text;
}
