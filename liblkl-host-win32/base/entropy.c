// SPDX-License-Identifier: GPL-2.0
/*
 * Random bytes, from the generator that Windows prefers.
 */
#include <windows.h>
#include <bcrypt.h>

#include <lkl.h>

#include "base/entropy.h"

int lkl_host_win32_entropy(void *buf, unsigned int len)
{
	NTSTATUS status = BCryptGenRandom(NULL, buf, len,
					  BCRYPT_USE_SYSTEM_PREFERRED_RNG);

	return status < 0 ? -LKL_EIO : 0;
}
