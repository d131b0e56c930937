// SPDX-License-Identifier: GPL-2.0
/*
 * Errors of the file system, after which nothing more is written.  The kernel could
 * stop to write as well, but would then stop to read; see
 * image_choose_ext_errors().
 */
#include <errno.h>

#include "common/report.h"
#include "image/kernel-log.h"
#include "request/damage.h"

static bool damage_has_stopped;

void damage_stop_writing(const struct lklfuse *fs)
{
	char text[512];

	if (!fs->image.must_stop ||
	    __atomic_exchange_n(&damage_has_stopped, true, __ATOMIC_RELAXED))
		return;
	if (!kernel_log_find(DAMAGE_MESSAGE, "", text, sizeof(text)))
		*text = 0;
	report_error("the file system in '%s' is damaged; it can be read, but nothing more is written; unmount it and check it with e2fsck(8)%s%s",
		     fs->image.path, *text ? ": " : "", text);
}

void damage_note_error(const struct lklfuse *fs, int err)
{
	/* The kernel's EFSCORRUPTED and EFSBADCRC */
	if (err == LKL_EUCLEAN || err == LKL_EBADMSG)
		damage_stop_writing(fs);
}

bool damage_refuse_change(fuse_req_t req)
{
	if (!__atomic_load_n(&damage_has_stopped, __ATOMIC_RELAXED))
		return false;
	fuse_reply_err(req, EROFS);
	return true;
}
