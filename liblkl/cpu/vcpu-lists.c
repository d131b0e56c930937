// SPDX-License-Identifier: GPL-2.0
/*
 * The lists of threads that wait for the virtual CPU.  A test compiles this file
 * with other atomic operations, see vcpu.c.
 */
#include <stddef.h>

#include "cpu/vcpu-internal.h"
#include "shared/macros.h"

void lkl_vcpu_followers_add(struct lkl_vcpu *v, struct lkl_thread *t)
{
	t->next = NULL;
	t->link = v->tail;
	*v->tail = t;
	v->tail = &t->next;
}

struct lkl_thread *lkl_vcpu_followers_last(struct lkl_vcpu *v)
{
	return container_of(v->tail, struct lkl_thread, next);
}

void lkl_vcpu_workers_add(struct lkl_vcpu *v, struct lkl_thread *t)
{
	t->next = v->workers;
	t->link = &v->workers;
	if (t->next)
		t->next->link = &t->next;
	v->workers = t;
}

void lkl_vcpu_unlist(struct lkl_vcpu *v, struct lkl_thread *t)
{
	if (!t->link)
		return;
	*t->link = t->next;
	if (t->next)
		t->next->link = t->link;
	else if (v->tail == &t->next)
		v->tail = t->link;
	t->link = NULL;
}

/*
 * Threads come off the stack last in, first out; the list of followers is in the
 * order of arrival.
 */
void lkl_vcpu_absorb_incoming(struct lkl_vcpu *v)
{
	struct lkl_thread *t, *next, *ordered = NULL;

	if (!__atomic_load_n(&v->incoming, __ATOMIC_RELAXED))
		return;
	t = __atomic_exchange_n(&v->incoming, NULL, __ATOMIC_SEQ_CST);
	for (; t; t = next) {
		next = t->next;
		t->next = ordered;
		ordered = t;
	}
	for (t = ordered; t; t = next) {
		next = t->next;
		lkl_vcpu_followers_add(v, t);
	}
}
