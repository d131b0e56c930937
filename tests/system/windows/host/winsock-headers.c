// SPDX-License-Identifier: GPL-2.0
/*
 * The headers of LKL before or, with WINDOWS_FIRST, behind those of Windows: the
 * macros of <winsock2.h> do no harm, and struct lkl_in_addr has its member.
 */
#ifdef WINDOWS_FIRST
#include <winsock2.h>
#include <ws2tcpip.h>
#include <windows.h>
#endif

#include <lkl_config.h>
#include <lkl_host.h>
#include <lkl/linux/atalk.h>
#include <lkl/linux/mctp.h>
#include <lkl/linux/mroute.h>

#ifndef WINDOWS_FIRST
#include <winsock2.h>
#include <ws2tcpip.h>
#include <windows.h>
#endif

int main(void)
{
	struct lkl_in_addr addr = { };
	struct lkl_atalk_addr atalk = { };
	struct in_addr host = { };

	addr.s_addr = 0x100007f;
	atalk.s_net = 5;
	host.s_addr = addr.s_addr;
	return sizeof(addr) != 4 || sizeof(atalk) != 4 ||
	       host.s_addr != 0x100007f || atalk.s_net != 5;
}
