// SPDX-License-Identifier: GPL-2.0
/*
 * The table of the Windows host, and members that are too small for a file of
 * their own.
 */
#include <stdlib.h>

#include <lkl_host.h>

#include "base/clock.h"
#include "base/entropy.h"
#include "base/host-report.h"
#include "io/block.h"
#include "io/poller.h"
#include "memory/fault.h"
#include "memory/guest-ram.h"
#include "memory/kernel-image.h"
#include "memory/reserve.h"
#include "net/create.h"
#include "threads/debug-key.h"
#include "threads/locks.h"
#include "threads/thread-pin.h"
#include "threads/thread-storage.h"
#include "threads/threads.h"

static void *host_mem_alloc(unsigned long size)
{
	return malloc(size);
}

static void host_mem_free(void *mem)
{
	free(mem);
}

static const struct lkl_host_vm_ops host_vm_ops = {
	.size = sizeof(host_vm_ops),
	.reserve = lkl_host_win32_vm_reserve,
	.release = lkl_host_win32_vm_release,
	.commit = lkl_host_win32_vm_commit,
	.decommit = lkl_host_win32_vm_decommit,
	.ram_limit = lkl_host_win32_ram_limit,
	.ram_create = lkl_host_win32_ram_create,
	.ram_alias = lkl_host_win32_ram_alias,
	.ram_discard = lkl_host_win32_ram_discard,
	.ram_free = lkl_host_win32_ram_free,
	.image_open = lkl_host_win32_image_open,
	.image_read = lkl_host_win32_image_read,
	.image_map = lkl_host_win32_image_map,
	.image_close = lkl_host_win32_image_close,
	.ram_commit = lkl_host_win32_ram_commit,
	.stack_commit = lkl_host_win32_stack_commit,
};

/*
 * Windows has no fork(), and liblkl needs no @booted: the system itself writes
 * unused pages of RAM to the page file.  A descriptor is a number of the C
 * library, for which the system cannot wait, so @fd is missing.
 */
static struct lkl_host_operations host_ops = {
	.size = sizeof(host_ops),
	.print = lkl_host_win32_print,
	.sem_alloc = lkl_host_win32_sem_alloc,
	.sem_free = lkl_host_win32_sem_free,
	.sem_up = lkl_host_win32_sem_up,
	.sem_down = lkl_host_win32_sem_down,
	.mutex_alloc = lkl_host_win32_mutex_alloc,
	.mutex_free = lkl_host_win32_mutex_free,
	.mutex_lock = lkl_host_win32_mutex_lock,
	.mutex_unlock = lkl_host_win32_mutex_unlock,
	.thread_create = lkl_host_win32_thread_create,
	.thread_detach = lkl_host_win32_thread_detach,
	.thread_exit = lkl_host_win32_thread_exit,
	.thread_join = lkl_host_win32_thread_join,
	.thread_self = lkl_host_win32_thread_self,
	.thread_equal = lkl_host_win32_thread_equal,
	.gettid = lkl_host_win32_gettid,
	.tls_alloc = lkl_host_win32_tls_alloc,
	.tls_free = lkl_host_win32_tls_free,
	.tls_set = lkl_host_win32_tls_set,
	.tls_get = lkl_host_win32_tls_get,
	.mem_alloc = host_mem_alloc,
	.mem_free = host_mem_free,
	.time = lkl_host_win32_time,
	.wall_time = lkl_host_win32_wall_time,
	.entropy = lkl_host_win32_entropy,
	.vm = &host_vm_ops,
	.wait = &lkl_host_win32_wait_ops,
	.fault = &lkl_host_win32_fault_ops,
	.blk = &lkl_host_win32_blk_ops,
	.on_debug = lkl_host_win32_debug_key,
	.thread_pin = lkl_host_win32_thread_pin,
	.netdev_create = lkl_host_win32_netdev_create,
};

struct lkl_host_operations *lkl_default_host_ops(void)
{
	lkl_host_win32_report_set_table(&host_ops);
	return &host_ops;
}
