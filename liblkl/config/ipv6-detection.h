/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The time that duplicate address detection of IPv6 takes.
 */
#ifndef LKL_CONFIG_IPV6_DETECTION_H
#define LKL_CONFIG_IPV6_DETECTION_H

#include "config/configuration.h"

/* Parameters of the kernel that decide how long the detection takes. */
#define LKL_DETECTION_PARAMETERS	2

/**
 * struct lkl_detection - parameters of an interface while they are changed
 * @old:	values before, as the kernel prints them; empty: not changed
 */
struct lkl_detection {
	char old[LKL_DETECTION_PARAMETERS][24];
};

/*
 * Shorten the detection for an interface that is down; a parameter that the
 * configuration sets is not changed.  Return 0 or an error.
 */
int lkl_detection_shorten(const struct lkl_config *cfg, int ifindex,
			  struct lkl_detection *detection);
/* Undo it.  Return 0 or an error. */
int lkl_detection_restore(int ifindex, struct lkl_detection *detection);

#endif /* LKL_CONFIG_IPV6_DETECTION_H */
