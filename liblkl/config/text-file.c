// SPDX-License-Identifier: GPL-2.0
/*
 * Configuration by a text, or by a file of the host.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/configuration.h"

/* A larger file is no configuration. */
#define MAX_SIZE	(1 << 20)

static int file_open_error(void)
{
	switch (errno) {
	case ENOENT:
	case ENOTDIR:
		return -LKL_ENOENT;
	case EACCES:
		return -LKL_EACCES;
	case EISDIR:
		return -LKL_EISDIR;
	case ENOMEM:
		return -LKL_ENOMEM;
	}
	return -LKL_EIO;
}

/* Read all of a file: return 0 or an error. */
static int file_read(FILE *f, char **text, size_t *len)
{
	char *buf = malloc(MAX_SIZE);
	int err;

	if (!buf)
		return -LKL_ENOMEM;
	errno = 0;
	*len = fread(buf, 1, MAX_SIZE, f);
	if (!ferror(f) && *len < MAX_SIZE) {
		*text = buf;
		return 0;
	}
	err = errno == EISDIR ? -LKL_EISDIR : -LKL_EIO;
	free(buf);
	return ferror(f) ? err : -LKL_EFBIG;
}

int lkl_load_config_file(struct lkl_config *cfg, const char *path)
{
	FILE *f = lkl_config_open_file(path);
	char *text = NULL;
	size_t len = 0;
	int ret;

	ret = f ? file_read(f, &text, &len) : file_open_error();
	if (f)
		fclose(f);
	if (ret) {
		if (ret != -LKL_ENOENT)
			lkl_config_report(cfg, "%s: cannot read the file: %s\n",
					  path, lkl_strerror(ret));
		return ret;
	}
	ret = lkl_config_load_text(cfg, path, text, len);
	free(text);
	return ret;
}

int lkl_load_config_json(struct lkl_config *cfg, const char *json_text)
{
	if (!json_text)
		return -LKL_EINVAL;
	return lkl_config_load_text(cfg, "json", json_text, strlen(json_text));
}
