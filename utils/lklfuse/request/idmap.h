/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Mapping between the owners of the host and the owners in the image, as media
 * come from other machines.
 */
#ifndef LKLFUSE_IDMAP_H
#define LKLFUSE_IDMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IDMAP_MAX	64

/**
 * struct idmap - pairs of IDs; all other IDs are the same on both sides
 * @users:	user ID of the host, user ID of the image
 * @groups:	group ID of the host, group ID of the image
 * @user_count:	number of pairs in @users
 * @group_count: number of pairs in @groups
 */
struct idmap {
	uint32_t users[IDMAP_MAX][2];
	uint32_t groups[IDMAP_MAX][2];
	unsigned int user_count;
	unsigned int group_count;
};

/*
 * Parse "HOST/IMAGE:@HOST/@IMAGE...": pairs of user IDs, and of group IDs with
 * an @.  Return false on a syntax error.
 */
bool idmap_parse(struct idmap *m, const char *s);

uint32_t idmap_user_to_host(const struct idmap *m, uint32_t uid);
uint32_t idmap_group_to_host(const struct idmap *m, uint32_t gid);
uint32_t idmap_user_to_image(const struct idmap *m, uint32_t uid);
uint32_t idmap_group_to_image(const struct idmap *m, uint32_t gid);

/*
 * Map the IDs in an access control list, the value of its extended attribute.
 */
void idmap_acl(const struct idmap *m, void *value, size_t size, bool to_host);

#endif /* LKLFUSE_IDMAP_H */
