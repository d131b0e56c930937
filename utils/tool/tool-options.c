// SPDX-License-Identifier: GPL-2.0
/*
 * Options that the tools have in common.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tool/tool-host.h"
#include "tool/tool.h"

#define ID_MAX		(UINT32_MAX - 1)
#define MEMORY_MAX_MB	(1UL << 24)

static int tool_set_partition(void *tool, const struct option_spec *spec,
			      char *value)
{
	struct tool *t = tool;
	uint64_t n;

	if (!parse_number(value, IMAGE_PART_MAX, &n))
		return options_not_a_number(spec, value,
					    IMAGE_PART_RANGE);
	t->image.part = n;
	return 0;
}

static int tool_add_device(void *tool, const struct option_spec *spec,
			   char *value)
{
	struct tool *t = tool;

	(void)spec;
	return image_add_device(&t->image, value) ? EXIT_FAILURE : 0;
}

static int tool_set_memory(void *tool, const struct option_spec *spec,
			   char *value)
{
	struct tool *t = tool;

	if (!parse_number(value, MEMORY_MAX_MB, &t->image.mem_mb))
		return options_not_a_number(spec, value, "a number of MiB");
	return 0;
}

static int tool_set_size(const struct option_spec *spec, const char *value,
			 uint64_t *size)
{
	if (parse_size(value, size))
		return 0;
	return options_usage_error("--%s: '%s' is not a size in bytes; use a number such as 1048576 or 1M",
				   spec->name, value);
}

static int tool_set_offset(void *tool, const struct option_spec *spec,
			   char *value)
{
	struct tool *t = tool;

	return tool_set_size(spec, value, &t->image.offset);
}

static int tool_set_size_limit(void *tool, const struct option_spec *spec,
			       char *value)
{
	struct tool *t = tool;

	return tool_set_size(spec, value, &t->image.size_limit);
}

static int tool_set_mtime_max(void *tool, const struct option_spec *spec,
			      char *value)
{
	struct tool *t = tool;
	uint64_t n;

	if (!parse_number(value, INT64_MAX, &n))
		return options_not_a_number(spec, value,
					    "the number of seconds since 1970");
	t->copy.opt.mtime_max = n;
	return 0;
}

/* Store an owner, "UID" or "UID:GID". */
int tool_set_owner(void *tool, const struct option_spec *spec, char *value)
{
	struct tool *t = tool;
	char *colon = strchr(value, ':');
	uint64_t uid, gid;
	bool ok;

	if (colon)
		*colon = 0;
	ok = parse_number(value, ID_MAX, &uid);
	if (colon) {
		*colon = ':';
		ok = ok && parse_number(colon + 1, ID_MAX, &gid);
	}
	if (!ok)
		return options_not_a_number(spec, value, "UID or UID:GID");
	t->copy.opt.owner = uid;
	if (colon)
		t->copy.opt.group = gid;
	return 0;
}

int tool_set_group(void *tool, const struct option_spec *spec, char *value)
{
	struct tool *t = tool;
	uint64_t gid;

	if (!parse_number(value, ID_MAX, &gid))
		return options_not_a_number(spec, value, "a GID");
	t->copy.opt.group = gid;
	return 0;
}

int tool_set_user(void *tool, const struct option_spec *spec, char *value)
{
	const char *why = tool_host_why_same_user();
	struct tool *t = tool;

	if (!t->confined)
		return options_usage_error("--%s is for cpfromfs only",
					   spec->name);
	if (why)
		return options_usage_error("--%s: %s", spec->name, why);
	t->confine.user = value;
	return 0;
}

const struct option_spec tool_image_options[] = {
	{ 't', "filesystem-type", "TYPE",
	  "type of the file system, such as ext4, xfs or\n"
	  "btrfs (default: detect)",
	  .offset = offsetof(struct tool, image.type) },
	{ 'P', "partition", "NUMBER",
	  "number of the partition; 0: the whole image\n"
	  "(default: detect)",
	  .apply = tool_set_partition },
	{ 0, "offset", "BYTES",
	  "offset of the image in the file, such as 1048576\n"
	  "or 1M (default: 0)",
	  .apply = tool_set_offset },
	{ 0, "sizelimit", "BYTES",
	  "largest size of the image (default: up to the\n"
	  "end of the file)",
	  .apply = tool_set_size_limit },
	{ 0, "device", "PATH",
	  "another device of the file system, such as its\n"
	  "journal; may be repeated",
	  .apply = tool_add_device },
	{ 0, "label", "LABEL",
	  "select the file system with this label",
	  .offset = offsetof(struct tool, image.label) },
	{ 0, "uuid", "UUID", "select the file system with this UUID",
	  .offset = offsetof(struct tool, image.uuid) },
	{ 0, "options", "OPTIONS",
	  "mount options of the file system, separated by\n"
	  "commas, such as subvol=/",
	  .offset = offsetof(struct tool, image.options) },
	{ 'p', "enable-printk", .help = "show the kernel's messages",
	  .offset = offsetof(struct tool, image.messages) },
	{ 'm', "mb", "SIZE", "limit the kernel's memory to SIZE MiB",
	  .apply = tool_set_memory },
	{ }
};

const struct option_spec tool_copy_options[] = {
	{ 0, "strict",
	  .help = "fail, instead of printing a warning, if the\n"
		  "target cannot hold an attribute",
	  .offset = offsetof(struct tool, copy.opt.strict) },
	{ 0, "clamp-mtime", "SECONDS",
	  "change times that are later than SECONDS after 1970\n"
	  "to SECONDS (default: SOURCE_DATE_EPOCH)",
	  .apply = tool_set_mtime_max },
	{ 0, "progress",
	  .help = "show progress even if standard error is not a\n"
		  "terminal",
	  .offset = offsetof(struct tool, progress) },
	{ 'v', "verbose", .help = "print the name of each copied file",
	  .offset = offsetof(struct tool, copy.opt.verbose) },
	{ }
};

const struct option_spec tool_confine_options[] = {
	{ 0, "user", "USER",
	  "become USER as soon as all files are open; only\n"
	  "for root",
	  .apply = tool_set_user },
	{ 0, "no-sandbox", .help = "do not confine the process",
	  .offset = offsetof(struct tool, no_sandbox) },
	{ }
};
