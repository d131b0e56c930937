/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Who runs the kernel: see vcpu.c.  Nothing here knows more of the kernel than
 * <lkl/abi.h>, so that the tests can put a toy in its place.
 */
#ifndef LKL_VCPU_H
#define LKL_VCPU_H

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
};

/**
 * struct lkl_thread - a host thread that uses the kernel
 * @k:		what the kernel sees of it; first
 * @word:	enum lkl_wait; what it sleeps on
 * @turn:	it is leader or worker, but out of the poller; the thread inside
 *		makes it a follower and clears this
 * @background:	it has no requests: it is the driver
 * @listed:	it is on the list of followers
 * @next:	link of the followers or the newcomers
 * @generation:	of the kernel that @k belongs to
 */
struct lkl_thread {
	struct lkl_host_thread k;
	uint32_t word;
	uint32_t turn;
	bool listed;
	bool background;
	struct lkl_thread *next;
	uint64_t generation;
};

/* State of a virtual CPU. */
enum lkl_vcpu_state {
	LKL_VCPU_RUNNING,
	LKL_VCPU_HALTED,
	LKL_VCPU_DEAD,		/* the kernel panicked */
	LKL_VCPU_FORKED,	/* this process is the child of a fork */
};

/**
 * struct lkl_vcpu - a virtual CPU of the kernel and those who wait for it
 * @lock:	taken by the one thread inside
 * @attention:	a thread that could not take @lock waits for a decision
 * @look:	the driver wanted to look for packets, and could not get in
 * @quiet:	set when nobody is in the poller of a kernel that is gone
 * @newcomers:	threads on their way to @followers; a lock-free stack
 * @posting:	threads on their way to @newcomers and the inbox
 * @generation:	counts kernels, so that threads notice a new one
 * @state:	enum lkl_vcpu_state
 * @io_credit:	how often to look for completions before the kernel is idle
 * @spinners:	threads that look at their words, not yet asleep
 * @followers:	threads that wait for their requests; oldest first
 * @last:	end of @followers
 * @fresh:	the follower who came last, or NULL
 * @leader:	the thread that waits in the poller
 * @worker:	the thread that does a disk request
 * @standby:	the driver, while it leaves the poller to others
 * @standby_short: it will look soon
 * @looked:	somebody has just done so for it
 * @led:	a thread with a request has led since it looked last
 * @served:	counts requests that were finished by another thread
 * @leader_deadline: until when
 * @cpu:	what is shared with the kernel, or @no_cpu without one
 * @no_cpu:	looked at by threads that are late
 * @run:	the kernel's entry
 * @host:	sleeping and waking
 * @poller:	what the leader waits in
 * @time:	the host's monotonic clock
 */
struct lkl_vcpu {
	uint32_t lock;
	uint32_t attention;
	uint32_t look;
	uint32_t quiet;
	uint32_t posting;
	uint64_t generation;
	struct lkl_thread *newcomers;
	uint32_t state;
	uint32_t io_credit;
	uint32_t spinners;
	struct lkl_thread *followers;
	struct lkl_thread **last;
	struct lkl_thread *fresh;
	struct lkl_thread *leader;
	struct lkl_thread *worker;
	struct lkl_thread *standby;
	bool standby_short;
	bool looked;
	bool led;
	uint32_t served;
	int64_t leader_deadline;
	struct lkl_cpu *cpu;
	struct lkl_cpu no_cpu;
	int32_t (LKL_ABI *run)(struct lkl_host_thread *t);
	const struct lkl_host_wait_ops *host;
	struct lkl_poller *poller;
	unsigned long long (*time)(void);
};

/*
 * A kernel is about to boot; @v is zero or that of one that is gone.  The
 * caller has set what is not state: @host, @poller, @time, @run.
 */
void lkl_vcpu_start(struct lkl_vcpu *v, struct lkl_cpu *cpu);

/* The kernel is gone, and nobody else is in this process: after a fork. */
void lkl_vcpu_forked(struct lkl_vcpu *v);

/* Run @t->k.request; returns its result, or an error if the kernel is gone. */
int64_t lkl_vcpu_call(struct lkl_vcpu *v, struct lkl_thread *t);

/*
 * Lend the calling thread to the kernel (@t->background: it does nothing else): run what there is to run, then wait
 * for more until @deadline (monotonic ns), *@stop or lkl_vcpu_kick().  Returns
 * 0, or an error if the kernel is gone.
 */
int lkl_vcpu_run(struct lkl_vcpu *v, struct lkl_thread *t, int64_t deadline,
		 const bool *stop);

/* The kernel's callback: @k's request is finished, and @k is not inside. */
void lkl_vcpu_done(struct lkl_vcpu *v, struct lkl_host_thread *k);

/* Raise an interrupt line; any thread, async-signal-safe. */
void lkl_vcpu_irq(struct lkl_vcpu *v, unsigned int irq);
/* The same by the thread inside. */
void lkl_vcpu_irq_local(struct lkl_vcpu *v, unsigned int irq);

/* A device was given work: look for completions for a while.  Lock held. */
void lkl_vcpu_expect_io(struct lkl_vcpu *v);

/* Make a blocking call of @t return EINTR; any thread, async-signal-safe. */
void lkl_vcpu_interrupt(struct lkl_vcpu *v, struct lkl_thread *t);

/* Submit requests, and complete them, within a long call.  Lock held. */
void lkl_vcpu_poll(struct lkl_vcpu *v);

/*
 * Keep everybody out, for a short while: by a thread that is not inside, and
 * does not call the kernel meanwhile.
 */
void lkl_vcpu_lock(struct lkl_vcpu *v);
void lkl_vcpu_unlock(struct lkl_vcpu *v);

/*
 * After a halt or panic: wait until nobody uses the poller or looks at what the
 * kernel shared.
 */
void lkl_vcpu_quiesce(struct lkl_vcpu *v);

/* Make @t, which is in lkl_vcpu_run(), look at *@stop; any thread. */
void lkl_vcpu_wake(struct lkl_vcpu *v, struct lkl_thread *t);

/* Let the leader look around; any thread, async-signal-safe. */
void lkl_vcpu_kick(struct lkl_vcpu *v);

#endif /* LKL_VCPU_H */
