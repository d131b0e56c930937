/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Owners of the image and of the host: media come from other machines.
 */
#ifndef LKLFUSE_IDMAP_H
#define LKLFUSE_IDMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IDMAP_MAX	64

/**
 * struct idmap - pairs of owners; others are the same on both sides
 * @users:	user of the host, user of the image
 * @groups:	the same for groups
 * @user_count:	their number
 * @group_count: ...
 */
struct idmap {
	uint32_t users[IDMAP_MAX][2];
	uint32_t groups[IDMAP_MAX][2];
	unsigned int user_count;
	unsigned int group_count;
};

/*
 * "HOST/IMAGE:@HOST/@IMAGE...": users, and groups with an @; false: not
 * understood.
 */
bool idmap_parse(struct idmap *m, const char *s);

uint32_t idmap_user_to_host(const struct idmap *m, uint32_t uid);
uint32_t idmap_group_to_host(const struct idmap *m, uint32_t gid);
uint32_t idmap_user_to_image(const struct idmap *m, uint32_t uid);
uint32_t idmap_group_to_image(const struct idmap *m, uint32_t gid);

/* The entries of an access list, as the value of its extended attribute. */
void idmap_acl(const struct idmap *m, void *value, size_t size, bool to_host);

#endif /* LKLFUSE_IDMAP_H */
