// SPDX-License-Identifier: GPL-2.0
/*
 * Names that the type of the file system cannot hold.  Some drivers return an error
 * that does not say this, and others store another name.
 */
#include <errno.h>
#include <string.h>

#include "common/report.h"
#include "common/utf8.h"
#include "request/name-rules.h"
#include "shared/macros.h"

/* Names are converted from UTF-8 to UTF-16. */
#define NAME_UTF8	1U
/* The driver knows no characters of two units of UTF-16. */
#define NAME_UCS2	2U
/* Some ASCII characters have a meaning in DOS and Windows. */
#define NAME_DOS	4U
#define NAME_NO_FINAL_SPACE	8U

static const struct {
	const char *type;
	unsigned int rules;
} name_types[] = {
	{ "vfat", NAME_UTF8 | NAME_DOS | NAME_NO_FINAL_SPACE },
	{ "exfat", NAME_UTF8 | NAME_DOS },
	{ "ntfs3", NAME_UTF8 },
	{ "udf", NAME_UTF8 },
	{ "hfsplus", NAME_UTF8 | NAME_UCS2 },
};

void name_rules_init(struct lklfuse *fs)
{
	const char *opts = fs->image.options;
	size_t i;

	fs->name_rules = 0;
	for (i = 0; i < ARRAY_SIZE(name_types); i++)
		if (!strcmp(fs->image.type, name_types[i].type))
			fs->name_rules = name_types[i].rules;
	/* The user has chosen another encoding. */
	if (opts && (strstr(opts, "iocharset=") || strstr(opts, "nls=") ||
		     strstr(opts, "utf8=")))
		fs->name_rules &= ~NAME_UTF8;
}

static bool name_has_dos_character(const char *name)
{
	for (; *name; name++)
		if ((unsigned char)*name < ' ' || strchr("\"*:<>?\\|", *name))
			return true;
	return false;
}

/* Return why no file can have this name, with the host's error, or NULL. */
static const char *name_problem(const struct lklfuse *fs, const char *name,
				int *err)
{
	size_t len = strlen(name);

	*err = EILSEQ;
	if (fs->name_rules & NAME_UTF8 && !utf8_is_valid(name))
		return "the name is not valid UTF-8";
	if (fs->name_rules & NAME_UCS2 && !utf8_is_ucs2(name))
		return "a character of the name is above U+FFFF";
	*err = EINVAL;
	if (fs->name_rules & NAME_DOS && name_has_dos_character(name))
		return "names cannot have control characters or any of \" * : < > ? \\ |";
	if (fs->name_rules & NAME_NO_FINAL_SPACE && len && name[len - 1] == ' ')
		return "names cannot end with a space";
	return NULL;
}

bool name_is_impossible(const struct lklfuse *fs, const char *name)
{
	int err;

	return fs->name_rules && name_problem(fs, name, &err);
}

bool name_refuse(fuse_req_t req, const char *name)
{
	const struct lklfuse *fs = request_fs(req);
	const char *why;
	int err;

	if (!fs->name_rules)
		return false;
	why = name_problem(fs, name, &err);
	if (!why)
		return false;
	report_error("cannot create '%s': the file system %s cannot hold this name: %s",
		     name, fs->image.type, why);
	fuse_reply_err(req, err);
	return true;
}
