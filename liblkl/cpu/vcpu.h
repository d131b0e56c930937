/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The virtual CPU: which thread runs the kernel, see vcpu.c.  The
 * vcpu*.c files know only <lkl/abi.h> of the kernel, so that tests can replace the
 * kernel by a small model.
 */
#ifndef LKL_CPU_VCPU_H
#define LKL_CPU_VCPU_H

#include <stdbool.h>
#include <stdint.h>

#include <lkl_host.h>
#include <lkl/abi.h>

/* Values of struct lkl_thread.word */
enum lkl_wait {
	LKL_WAIT_NONE,		/* awake */
	LKL_WAIT_SLEEPING,	/* in word_wait() */
	LKL_WAIT_POLLING,	/* in poller_wait() */
	LKL_WAIT_PROMOTED,	/* asked to run the kernel */
	LKL_WAIT_DONE,		/* the request is finished */
	LKL_WAIT_GRANTED,	/* the owner has handed the locked CPU over */
};

struct lkl_instance;

/**
 * struct lkl_thread - a host thread that uses a kernel
 * @k:		what the kernel sees of it; must be the first member
 * @word:	enum lkl_wait; the futex that it sleeps on
 * @reentering:	futex.  A leader that comes back from the poller, and finds the CPU
 *		taken, sets this to 1 and waits.  The owner makes the thread a
 *		follower, sets this to 0 and wakes the thread.  A worker that
 *		comes back from a disk request also sets this, but sleeps on @word
 * @background:	it has no requests: the background thread
 * @submits:	number of next calls that go to the inbox without contending if the
 *		CPU is taken, because an earlier call slept
 * @used_disk:	a device had work when that call slept
 * @next:	link of the followers, of the workers or of the incoming threads
 * @link:	points to this thread in the list of followers or workers; NULL: the
 *		thread is on neither list
 * @generation:	of the kernel that @k belongs to
 * @inst:	the instance of that kernel; not used by these files
 * @sibling:	the same thread as a user of another kernel, in a ring; not used by
 *		these files
 */
struct lkl_thread {
	struct lkl_host_thread k;
	uint32_t word;
	uint32_t reentering;
	bool background;
	uint8_t submits;
	bool used_disk;
	struct lkl_thread *next;
	struct lkl_thread **link;
	uint64_t generation;
	struct lkl_instance *inst;
	struct lkl_thread *sibling;
};

/* State of a virtual CPU. */
enum lkl_vcpu_state {
	LKL_VCPU_RUNNING,
	LKL_VCPU_HALTED,
	LKL_VCPU_DEAD,		/* the kernel panicked */
	LKL_VCPU_FORKED,	/* this process is the child of a fork */
};

/**
 * struct lkl_vcpu - a virtual CPU of the kernel and the threads that wait for
 * it
 * @lock:	held by the owner, the one thread that is inside the kernel
 * @contended:	a thread could not take @lock: the owner must look again after
 *		it has given @lock back
 * @poll_requested: the parked background thread wanted to poll for packets and
 *		could not take @lock
 * @poller_free: futex, set when the leader or a worker has come back after a
 *		halt or panic; see lkl_vcpu_quiesce()
 * @submitters:	number of threads that are adding to @incoming and the inbox
 * @generation:	counts kernels, so that threads notice a new one
 * @incoming:	threads on their way to @followers; a lock-free stack
 * @state:	enum lkl_vcpu_state
 * @reap_budget: how many more times the owner looks for completions; it looks once
 *		before each entry into the kernel
 * @has_contender: the place of the contender is taken, see vcpu-contend.c
 * @claimant:	the contender, while an owner may hand the locked CPU over to it
 * @standby:	number of threads that wait for the place of the contender
 * @standby_word: futex: changes when one of these threads is woken
 * @standby_called: the place is taken for the thread that was woken
 * @overdue:	number of threads that have waited for the place long enough
 * @spinners:	threads that spin on their words, not yet asleep
 * @followers:	threads that wait for their requests; oldest first
 * @tail:	end of @followers
 * @leader:	the thread that waits in the poller
 * @workers:	threads that perform disk requests synchronously
 * @working:	number of threads in poller_work()
 * @returned:	workers have found the CPU taken: the owner makes them followers
 * @parked:	the background thread while it leaves the poller to others
 * @park_is_short: it polls again soon
 * @polled:	the owner has just polled on behalf of @parked
 * @caller_led:	since the background thread decided last whether to park, a thread
 *		with a request has led, or the background thread was woken for the
 *		request of another thread
 * @done_for_others: counts requests that another thread finished
 * @leader_deadline: until when @leader waits
 * @cpu:	memory shared with the kernel, or @no_cpu while there is no kernel
 * @no_cpu:	for threads that still read @cpu when the kernel is gone
 * @run:	the kernel's entry
 * @host:	sleeping and waking
 * @poller:	what the leader waits in
 * @time:	the host's monotonic clock
 */
struct lkl_vcpu {
	uint32_t lock;
	uint32_t contended;
	uint32_t poll_requested;
	uint32_t poller_free;
	uint32_t submitters;
	uint64_t generation;
	struct lkl_thread *incoming;
	uint32_t state;
	uint32_t reap_budget;
	uint32_t spinners;
	uint32_t has_contender;
	struct lkl_thread *claimant;
	uint32_t standby;
	uint32_t standby_word;
	uint32_t standby_called;
	uint32_t overdue;
	struct lkl_thread *followers;
	struct lkl_thread **tail;
	struct lkl_thread *leader;
	struct lkl_thread *workers;
	uint32_t working;
	uint32_t returned;
	struct lkl_thread *parked;
	bool park_is_short;
	bool polled;
	bool caller_led;
	uint32_t done_for_others;
	int64_t leader_deadline;
	struct lkl_cpu *cpu;
	struct lkl_cpu no_cpu;
	int32_t (LKL_ABI *run)(struct lkl_host_thread *t);
	const struct lkl_host_wait_ops *host;
	struct lkl_poller *poller;
	unsigned long long (*time)(void);
};

/*
 * Prepare @v for a kernel that is about to boot; @v is zero or belonged to a
 * kernel that is gone.  The caller has set @host, @poller, @time and @run.
 */
void lkl_vcpu_start(struct lkl_vcpu *v, struct lkl_cpu *cpu);

/* Mark the kernel as gone in the child of a fork, which has no other thread. */
void lkl_vcpu_forked(struct lkl_vcpu *v);

/* Run @t->k.request; return its result, or an error if the kernel is gone. */
int64_t lkl_vcpu_call(struct lkl_vcpu *v, struct lkl_thread *t);

/*
 * Run the kernel without a request of the calling thread: run everything that
 * is runnable, then wait for more until @deadline (monotonic ns), *@stop or
 * lkl_vcpu_kick().  Return 0, or an error if the kernel is gone.
 */
int lkl_vcpu_run(struct lkl_vcpu *v, struct lkl_thread *t, int64_t deadline,
		 const bool *stop);

/* Report that the request of @k, which is not the owner's, is finished. */
void lkl_vcpu_done(struct lkl_vcpu *v, struct lkl_host_thread *k);

/* Raise an interrupt line.  Context: any thread, async-signal-safe. */
void lkl_vcpu_irq(struct lkl_vcpu *v, unsigned int irq);
/* Raise an interrupt line.  Context: the owner. */
void lkl_vcpu_irq_local(struct lkl_vcpu *v, unsigned int irq);

/*
 * Note that a device was given work: the owner looks for completions before its
 * next entries into the kernel.  Context: the owner.
 */
void lkl_vcpu_expect_io(struct lkl_vcpu *v);

/*
 * Make a blocking call of @t return EINTR.  Context: any thread,
 * async-signal-safe.
 */
void lkl_vcpu_interrupt(struct lkl_vcpu *v, struct lkl_thread *t);

/*
 * Submit disk requests and complete them during a long call.  Context: the
 * owner.
 */
void lkl_vcpu_poll(struct lkl_vcpu *v);

/*
 * Keep all threads out of the kernel, for a short time.  Context: a thread that
 * does not hold @v->lock; it does not call the kernel meanwhile.
 */
void lkl_vcpu_lock(struct lkl_vcpu *v);
void lkl_vcpu_unlock(struct lkl_vcpu *v);

/*
 * Wait, after a halt or panic, until no thread uses the poller or memory that
 * the kernel shared.
 */
void lkl_vcpu_quiesce(struct lkl_vcpu *v);

/* Make @t, which is in lkl_vcpu_run(), look at *@stop.  Context: any thread. */
void lkl_vcpu_wake(struct lkl_vcpu *v, struct lkl_thread *t);

/*
 * Make the leader leave the poller and look for work.  Context: any thread,
 * async-signal-safe.
 */
void lkl_vcpu_kick(struct lkl_vcpu *v);

#endif /* LKL_CPU_VCPU_H */
