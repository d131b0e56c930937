/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ASM_LKL_TIME_H
#define _ASM_LKL_TIME_H

#include <linux/types.h>

void lkl_first_tick(void);
bool lkl_timer_expired(void);
void lkl_take_timer(void);

#endif /* _ASM_LKL_TIME_H */
