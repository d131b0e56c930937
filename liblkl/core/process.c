// SPDX-License-Identifier: GPL-2.0
/*
 * The instances of this process: the default one, and a list of all.
 */
#include "core/process.h"

struct lkl_instance lkl_default_instance;

/* Futex: 1 while the lock is held */
static uint32_t process_locked;
static struct lkl_instance *process_instances;

void lkl_process_lock(const struct lkl_host_operations *host)
{
	while (__atomic_exchange_n(&process_locked, 1, __ATOMIC_ACQUIRE))
		host->wait->word_wait(&process_locked, 1);
}

void lkl_process_unlock(const struct lkl_host_operations *host)
{
	__atomic_store_n(&process_locked, 0, __ATOMIC_RELEASE);
	host->wait->word_wake(&process_locked);
}

/* One store changes the list: a fork() by another thread finds a complete one. */
void lkl_process_add(struct lkl_instance *inst)
{
	lkl_process_lock(inst->host);
	inst->next = process_instances;
	__atomic_store_n(&process_instances, inst, __ATOMIC_RELEASE);
	lkl_process_unlock(inst->host);
}

void lkl_process_remove(struct lkl_instance *inst)
{
	struct lkl_instance **p = &process_instances;

	lkl_process_lock(inst->host);
	while (*p != inst)
		p = &(*p)->next;
	__atomic_store_n(p, inst->next, __ATOMIC_RELEASE);
	lkl_process_unlock(inst->host);
}

void lkl_process_forked(void (*fn)(struct lkl_instance *inst))
{
	struct lkl_instance *inst;

	/* The thread that held the lock is not in this process. */
	process_locked = 0;
	for (inst = process_instances; inst; inst = inst->next)
		fn(inst);
}
