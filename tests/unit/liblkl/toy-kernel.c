// SPDX-License-Identifier: GPL-2.0
/*
 * A kernel of a hundred lines for tests of the virtual CPU.  Its variables are not
 * atomic on purpose: the lock of the virtual CPU must protect them, and the thread
 * sanitizer reports when it does not.
 */
#include <string.h>

#include "toy-kernel.h"

#define MAX_TASKS	512
#define MAX_READERS	8

struct lkl_vcpu toy_vcpu;
bool (*toy_disk)(void *reader);
void (*toy_work_done)(void);

static struct lkl_cpu cpu;
static struct lkl_host_thread *waiting[MAX_TASKS];
static struct {
	struct lkl_host_thread *t;
	int64_t until;
} sleeping[MAX_TASKS];
static unsigned int nr_waiting, nr_sleeping;
static unsigned long count;
static struct lkl_host_thread *background_thread;
static struct lkl_host_thread *irq_waiter;
static bool irq_seen;
static struct lkl_host_thread *readers[MAX_READERS];
static struct lkl_host_thread *readers_done[MAX_READERS];
static bool later;
static int dead;

static void toy_complete(struct lkl_host_thread *t, int64_t ret)
{
	t->ret = ret;
	t->accepted = 0;
	__atomic_store_n(&t->request, LKL_REQ_NONE, __ATOMIC_RELEASE);
	if (t != background_thread)
		lkl_vcpu_done(&toy_vcpu, t);
}

static bool toy_is_finished(const struct lkl_host_thread *t)
{
	return __atomic_load_n(&t->request, __ATOMIC_RELAXED) == LKL_REQ_NONE;
}

static void wake_one(struct lkl_host_thread *by)
{
	struct lkl_host_thread *t;

	if (!nr_waiting) {
		toy_complete(by, -LKL_EAGAIN);
		return;
	}
	t = waiting[0];
	memmove(waiting, waiting + 1, --nr_waiting * sizeof(waiting[0]));
	toy_complete(t, 0);
	toy_complete(by, 0);
}

/* Replace @old in @list by @new; return false if @old is not there. */
static bool toy_replace(struct lkl_host_thread **list, struct lkl_host_thread *old,
			struct lkl_host_thread *new)
{
	unsigned int i;

	for (i = 0; i < MAX_READERS; i++) {
		if (list[i] == old) {
			list[i] = new;
			return true;
		}
	}
	return false;
}

void toy_disk_done(void *reader)
{
	/* A disk request of the previous kernel belongs to no reader. */
	if (!toy_replace(readers, reader, NULL))
		return;
	toy_replace(readers_done, NULL, reader);
	lkl_vcpu_irq_local(&toy_vcpu, TOY_IRQ_DISK);
}

static void toy_complete_readers(void)
{
	unsigned int i;

	for (i = 0; i < MAX_READERS; i++) {
		if (readers_done[i])
			toy_complete(readers_done[i], 0);
		readers_done[i] = NULL;
	}
}

static void toy_start(struct lkl_host_thread *t)
{
	if (t->accepted || toy_is_finished(t))
		return;
	t->accepted = 1;
	switch (t->nr) {
	case TOY_COUNT:
		count++;
		toy_complete(t, 0);
		break;
	case TOY_WAIT:
		waiting[nr_waiting++] = t;
		break;
	case TOY_WAKE:
		wake_one(t);
		break;
	case TOY_SLEEP:
		sleeping[nr_sleeping].until = toy_vcpu.time() +
			*(int64_t *)(uintptr_t)t->params;
		sleeping[nr_sleeping++].t = t;
		break;
	case TOY_WAIT_IRQ:
		irq_waiter = t;
		break;
	case TOY_READ:
		if (toy_disk(t))
			toy_replace(readers, NULL, t);
		else
			toy_complete(t, -LKL_EBUSY);
		break;
	case TOY_LATER:
		later = true;
		toy_complete(t, 0);
		break;
	case TOY_DIE:
		dead = 1;
		break;
	}
}

static void drain_inbox(void)
{
	uint64_t irqs, head;

	irqs = __atomic_exchange_n(&cpu.irq_pending, 0, __ATOMIC_SEQ_CST);
	if (irqs & 1ULL << TOY_IRQ_WAKE)
		irq_seen = true;
	if (irqs & 1ULL << TOY_IRQ_DISK)
		toy_complete_readers();
	if (irqs & 1ULL << TOY_IRQ_WORK)
		toy_work_done();
	head = __atomic_exchange_n(&cpu.inbox, 0, __ATOMIC_SEQ_CST);
	while (head) {
		struct lkl_host_thread *t = (void *)(uintptr_t)head;

		head = t->next;
		toy_start(t);
	}
}

static void run_timers(void)
{
	int64_t now = toy_vcpu.time(), next = INT64_MAX;
	unsigned int i = 0;

	while (i < nr_sleeping) {
		struct lkl_host_thread *t = sleeping[i].t;

		if (sleeping[i].until <= now) {
			sleeping[i] = sleeping[--nr_sleeping];
			toy_complete(t, 0);
			continue;
		}
		if (sleeping[i].until < next)
			next = sleeping[i].until;
		i++;
	}
	cpu.deadline = next;
}

static int32_t LKL_ABI toy_run(struct lkl_host_thread *t)
{
	background_thread = t;
	if (later) {
		later = false;
		toy_work_done();
	}
	drain_inbox();
	if (t)
		toy_start(t);
	if (irq_seen && irq_waiter) {
		toy_complete(irq_waiter, 0);
		irq_waiter = NULL;
	}
	run_timers();
	cpu.runnable = later;
	if (dead)
		return LKL_RUN_DEAD;
	return (t && toy_is_finished(t)) || later ? LKL_RUN_DONE : LKL_RUN_IDLE;
}

void toy_reboot(void)
{
	cpu = (struct lkl_cpu) { .deadline = INT64_MAX };
	nr_waiting = 0;
	nr_sleeping = 0;
	count = 0;
	irq_waiter = NULL;
	irq_seen = false;
	memset(readers, 0, sizeof(readers));
	memset(readers_done, 0, sizeof(readers_done));
	later = false;
	dead = 0;
	lkl_vcpu_start(&toy_vcpu, &cpu);
}

void toy_boot(const struct lkl_host_operations *host)
{
	toy_vcpu.run = toy_run;
	toy_vcpu.host = host->wait;
	toy_vcpu.time = host->time;
	host->wait->poller_create(&toy_vcpu.poller);
	toy_reboot();
}

void toy_halt(void)
{
	toy_vcpu.host->poller_destroy(toy_vcpu.poller);
}

unsigned long toy_count(void)
{
	return count;
}
