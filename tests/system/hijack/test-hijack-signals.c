// SPDX-License-Identifier: GPL-2.0
/*
 * Signals: handlers run once, where the host would run them, may use sockets, and
 * interrupt calls of LKL like calls of the host.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/time.h>
#include <sys/wait.h>

#include "support/check-main.h"
#include "early.h"
#include "hijack.h"

/* libc keeps 40 MiB of stacks at most. */
#define LARGE_STACK	(64 << 20)

static volatile int handled;
static volatile int done;
static int side[2];

/* Handlers may use what they interrupted. */
static void signals_on_signal(int sig)
{
	int saved = errno;
	char c = 'h';

	if (write(side[0], &c, 1) == 1 && read(side[1], &c, 1) == 1)
		__atomic_add_fetch(&handled, 1, __ATOMIC_SEQ_CST);
	errno = saved;
}

static void signals_handle(int sig, int flags)
{
	struct sigaction sa = { .sa_handler = signals_on_signal,
				.sa_flags = flags };

	ck_assert_int_eq(sigaction(sig, &sa, NULL), 0);
	handled = 0;
	done = 0;
}

/* A thread that waits for one byte, in one way or another. */
struct wait {
	ssize_t (*fn)(int fd);
	int fd;
	int sig;
	ssize_t ret;
	int err;
};

static void *signals_waiter(void *arg)
{
	struct wait *w = arg;

	w->ret = w->fn(w->fd);
	w->err = errno;
	__atomic_store_n(&done, 1, __ATOMIC_SEQ_CST);
	return NULL;
}

static ssize_t wait_read(int fd)
{
	char c;

	return read(fd, &c, 1);
}

static ssize_t wait_accept(int fd)
{
	return accept(fd, NULL, NULL);
}

static ssize_t wait_poll(int fd)
{
	struct pollfd p = { fd, POLLIN, 0 };

	return poll(&p, 1, -1);
}

static ssize_t wait_select(int fd)
{
	fd_set set;

	FD_ZERO(&set);
	FD_SET(fd, &set);
	return select(fd + 1, &set, NULL, NULL, NULL);
}

static ssize_t wait_epoll(int fd)
{
	struct epoll_event ev = { .events = EPOLLIN };
	int ep = epoll_create1(0), ret;

	ck_assert_int_eq(epoll_ctl(ep, EPOLL_CTL_ADD, fd, &ev), 0);
	ret = epoll_wait(ep, &ev, 1, -1);
	close(ep);
	return ret;
}

/* Signals until the thread is back, whenever it got into its call. */
static void signals_interrupt(struct wait *w)
{
	pthread_t t;
	int i;

	ck_assert_int_eq(pthread_create(&t, NULL, signals_waiter, w), 0);
	/* One at a time: without a pause it would do nothing else. */
	while (!__atomic_load_n(&done, __ATOMIC_SEQ_CST)) {
		pthread_kill(t, w->sig ?: SIGUSR1);
		for (i = 0; i < 50; i++)
			sched_yield();
	}
	pthread_join(t, NULL);
}

static void is_interrupted(ssize_t (*fn)(int fd), int flags)
{
	struct wait w = { .fn = fn };
	int pair[2];

	make_pair(pair);
	w.fd = pair[0];
	signals_handle(SIGUSR1, flags);
	signals_interrupt(&w);
	ck_assert_int_gt(handled, 0);
	ck_assert_int_eq(w.ret, -1);
	ck_assert_int_eq(w.err, EINTR);
	close_pair(pair);
}

START_TEST(a_handler_that_was_there_before_us_interrupts_a_read)
{
	struct wait w = { .fn = wait_read, .sig = EARLY_SIGNAL };
	struct sigaction sa;
	int pair[2];

	make_pair(pair);
	w.fd = pair[0];
	ck_assert_int_eq(sigaction(EARLY_SIGNAL, NULL, &sa), 0);
	ck_assert_ptr_eq(sa.sa_handler, early_handler);
	early_fd = side[0];
	done = 0;
	signals_interrupt(&w);
	ck_assert_int_gt(early_handled, 0);
	ck_assert_int_eq(w.ret, -1);
	ck_assert_int_eq(w.err, EINTR);
	close_pair(pair);
}
END_TEST

START_TEST(a_handler_interrupts_a_read)
{
	is_interrupted(wait_read, 0);
}
END_TEST

START_TEST(waits_are_interrupted_in_any_case)
{
	is_interrupted(wait_poll, SA_RESTART);
	is_interrupted(wait_select, SA_RESTART);
	is_interrupted(wait_epoll, SA_RESTART);
}
END_TEST

START_TEST(a_handler_interrupts_accept)
{
	struct wait w = { .fn = wait_accept };
	struct sockaddr_in a;
	int next = dup(0);

	w.fd = make_listener(&a);
	close(next);
	signals_handle(SIGUSR1, 0);
	signals_interrupt(&w);
	ck_assert_int_gt(handled, 0);
	ck_assert_int_eq(w.ret, -1);
	ck_assert_int_eq(w.err, EINTR);
	close(w.fd);
	/* The number that was set aside for it is free again. */
	ck_assert_int_eq(dup(0), next);
	close(next);
}
END_TEST

START_TEST(with_SA_RESTART_a_read_goes_on)
{
	struct wait w = { .fn = wait_read };
	int pair[2];
	pthread_t t;

	make_pair(pair);
	w.fd = pair[0];
	signals_handle(SIGUSR1, SA_RESTART);
	pthread_create(&t, NULL, signals_waiter, &w);
	while (__atomic_load_n(&handled, __ATOMIC_SEQ_CST) < 200) {
		pthread_kill(t, SIGUSR1);
		sched_yield();
	}
	ck_assert(!done);
	ck_assert_int_eq(write(pair[1], "x", 1), 1);
	pthread_join(t, NULL);
	ck_assert_int_eq(w.ret, 1);
	close_pair(pair);
}
END_TEST

START_TEST(with_a_timeout_it_does_not)
{
	struct wait w = { .fn = wait_read };
	struct timeval tv = { 100, 0 };
	int pair[2];

	make_pair(pair);
	w.fd = pair[0];
	setsockopt(w.fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
	signals_handle(SIGUSR1, SA_RESTART);
	signals_interrupt(&w);
	ck_assert_int_gt(handled, 0);
	ck_assert_int_eq(w.ret, -1);
	ck_assert_int_eq(w.err, EINTR);
	close_pair(pair);
}
END_TEST

static siginfo_t seen;
static sigset_t seen_mask;

static void on_info(int sig, siginfo_t *info, void *context)
{
	seen = *info;
	pthread_sigmask(SIG_BLOCK, NULL, &seen_mask);
	handled++;
}

START_TEST(a_pending_signal_ends_ppoll_with_its_mask)
{
	struct sigaction sa = { .sa_sigaction = on_info,
				.sa_flags = SA_SIGINFO };
	union sigval value = { .sival_int = 42 };
	sigset_t block, none, now;
	struct pollfd p;
	int pair[2], ep = epoll_create1(0);
	struct epoll_event ev = { .events = EPOLLIN };

	make_pair(pair);
	p = (struct pollfd) { pair[0], POLLIN, 0 };
	sigemptyset(&none);
	sigemptyset(&block);
	sigaddset(&block, SIGUSR1);
	sigemptyset(&sa.sa_mask);
	sigaddset(&sa.sa_mask, SIGUSR2);
	sigaction(SIGUSR1, &sa, NULL);
	handled = 0;
	pthread_sigmask(SIG_BLOCK, &block, NULL);
	sigqueue(getpid(), SIGUSR1, value);
	ck_assert_int_eq(handled, 0);
	ck_assert_int_eq(ppoll(&p, 1, NULL, &none), -1);
	ck_assert_int_eq(errno, EINTR);
	ck_assert_int_eq(handled, 1);
	ck_assert_int_eq(seen.si_code, SI_QUEUE);
	ck_assert_int_eq(seen.si_value.sival_int, 42);
	ck_assert_int_eq(seen.si_pid, getpid());
	/* In the handler: its own and what it asked for, and no more. */
	ck_assert(sigismember(&seen_mask, SIGUSR1));
	ck_assert(sigismember(&seen_mask, SIGUSR2));
	ck_assert(!sigismember(&seen_mask, SIGINT));
	pthread_sigmask(SIG_BLOCK, NULL, &now);
	ck_assert(sigismember(&now, SIGUSR1));
	ck_assert(!sigismember(&now, SIGUSR2));
	ck_assert_int_eq(epoll_ctl(ep, EPOLL_CTL_ADD, pair[0], &ev), 0);
	sigqueue(getpid(), SIGUSR1, value);
	ck_assert_int_eq(epoll_pwait(ep, &ev, 1, -1, &none), -1);
	ck_assert_int_eq(errno, EINTR);
	ck_assert_int_eq(handled, 2);
	pthread_sigmask(SIG_UNBLOCK, &block, NULL);
	ck_assert_int_eq(handled, 2);
	close(ep);
	close_pair(pair);
}
END_TEST

static volatile int handled_by_sig[_NSIG];

static void count_sig(int sig)
{
	handled_by_sig[sig]++;
}

/* Two signals at once: the frame of one lies on the frame of the other. */
START_TEST(two_signals_at_once_are_both_handled_and_none_stays_blocked)
{
	static const int sigs[] = { SIGTERM, SIGCHLD };
	struct sigaction sa = { .sa_handler = count_sig };
	struct timespec second = { 1, 0 };
	sigset_t block, none;
	struct pollfd p;
	int pair[2], i;

	make_pair(pair);
	p = (struct pollfd) { pair[0], POLLIN, 0 };
	sigemptyset(&none);
	sigemptyset(&block);
	for (i = 0; i < 2; i++) {
		handled_by_sig[sigs[i]] = 0;
		sigaction(sigs[i], &sa, NULL);
		sigaddset(&block, sigs[i]);
	}
	pthread_sigmask(SIG_BLOCK, &block, NULL);
	kill(getpid(), SIGTERM);
	kill(getpid(), SIGCHLD);
	ck_assert_int_eq(ppoll(&p, 1, &second, &none), -1);
	ck_assert_int_eq(errno, EINTR);
	for (i = 0; i < 2; i++)
		ck_assert_int_eq(handled_by_sig[sigs[i]], 1);
	pthread_sigmask(SIG_UNBLOCK, &block, NULL);
	for (i = 0; i < 2; i++) {
		ck_assert_int_eq(handled_by_sig[sigs[i]], 1);
		signal(sigs[i], SIG_DFL);
	}
	close_pair(pair);
}
END_TEST

/* Signals come in pairs, while a thread is in and out of calls. */
static int pairs_wanted;

static void *send_pairs(void *arg)
{
	while (__atomic_load_n(&pairs_wanted, __ATOMIC_SEQ_CST)) {
		kill(getpid(), SIGUSR1);
		kill(getpid(), SIGUSR2);
		sched_yield();
	}
	return NULL;
}

START_TEST(the_mask_after_a_call_is_that_before_it)
{
	struct sigaction sa = { .sa_handler = count_sig,
				.sa_flags = SA_RESTART };
	sigset_t block, old, now;
	int pair[2], calls;
	pthread_t t;
	char c;

	make_pair(pair);
	sigemptyset(&block);
	sigaddset(&block, SIGUSR1);
	sigaddset(&block, SIGUSR2);
	sigaction(SIGUSR1, &sa, NULL);
	sigaction(SIGUSR2, &sa, NULL);
	pthread_sigmask(SIG_BLOCK, &block, &old);
	pairs_wanted = 1;
	pthread_create(&t, NULL, send_pairs, NULL);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	for (calls = 0; calls < 2000; calls++) {
		ck_assert_int_eq(write(pair[1], "x", 1), 1);
		ck_assert_int_eq(read(pair[0], &c, 1), 1);
		pthread_sigmask(SIG_BLOCK, NULL, &now);
		if (sigismember(&now, SIGUSR1) || sigismember(&now, SIGUSR2))
			break;
	}
	__atomic_store_n(&pairs_wanted, 0, __ATOMIC_SEQ_CST);
	pthread_join(t, NULL);
	ck_assert_int_eq(calls, 2000);
	signal(SIGUSR1, SIG_DFL);
	signal(SIGUSR2, SIG_DFL);
	close_pair(pair);
}
END_TEST

static void signals_nothing(int sig)
{
}

START_TEST(sigaction_tells_what_the_program_set)
{
	struct sigaction sa = { .sa_handler = signals_nothing,
				.sa_flags = SA_RESETHAND },
			 old;

	sigemptyset(&sa.sa_mask);
	sigaddset(&sa.sa_mask, SIGUSR2);
	ck_assert_int_eq(sigaction(SIGUSR1, &sa, NULL), 0);
	ck_assert_int_eq(sigaction(SIGUSR1, NULL, &old), 0);
	ck_assert_ptr_eq(old.sa_handler, signals_nothing);
	ck_assert_int_eq(old.sa_flags & ~0x4000000, (int)SA_RESETHAND);
	ck_assert(sigismember(&old.sa_mask, SIGUSR2));
	raise(SIGUSR1);
	sigaction(SIGUSR1, NULL, &old);
	ck_assert_ptr_eq(old.sa_handler, SIG_DFL);
	ck_assert_ptr_eq(signal(SIGUSR1, signals_nothing), SIG_DFL);
	ck_assert_ptr_eq(signal(SIGUSR1, SIG_IGN), signals_nothing);
	ck_assert_ptr_eq(signal(SIGUSR1, SIG_DFL), SIG_IGN);
	/* Its default is a handler of ours; nohup makes it be ignored. */
	signal(SIGHUP, SIG_DFL);
	ck_assert_ptr_eq(signal(SIGHUP, SIG_DFL), SIG_DFL);
	/* No handler, with any flags */
	sa = (struct sigaction) { .sa_handler = SIG_DFL,
				  .sa_flags = SA_SIGINFO };
	ck_assert_int_eq(sigaction(SIGCHLD, &sa, NULL), 0);
	raise(SIGCHLD);
	ck_assert_ptr_eq(signal(SIGCHLD, SIG_DFL), SIG_DFL);
	ck_assert_ptr_eq(signal(SIGKILL, SIG_DFL), SIG_ERR);
	ck_assert_int_eq(errno, EINVAL);
}
END_TEST

static int changing;

static void with_info(int sig, siginfo_t *info, void *context)
{
	handled++;
}

static void *change_handlers(void *arg)
{
	struct sigaction one = { .sa_handler = SIG_IGN },
			 other = { .sa_sigaction = with_info,
				   .sa_flags = SA_SIGINFO };

	while (__atomic_load_n(&changing, __ATOMIC_SEQ_CST)) {
		sigaction(SIGUSR1, &one, NULL);
		sigaction(SIGUSR1, &other, NULL);
	}
	return NULL;
}

START_TEST(what_is_set_during_a_signal_is_seen_as_a_whole)
{
	pthread_t t;

	handled = 0;
	changing = 1;
	signal(SIGUSR1, signals_nothing);
	pthread_create(&t, NULL, change_handlers, NULL);
	while (handled < 50000)
		raise(SIGUSR1);
	__atomic_store_n(&changing, 0, __ATOMIC_SEQ_CST);
	pthread_join(t, NULL);
	signal(SIGUSR1, SIG_DFL);
}
END_TEST

static sigjmp_buf back;

static void on_fault(int sig)
{
	handled++;
	siglongjmp(back, 1);
}

START_TEST(faults_of_the_program_are_its_own_those_of_calls_are_EFAULT)
{
	char *volatile bad = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE |
				  MAP_ANONYMOUS, -1, 0);
	int pair[2];

	make_pair(pair);
	signal(SIGSEGV, on_fault);
	handled = 0;
	if (!sigsetjmp(back, 1))
		*bad = 1;
	ck_assert_int_eq(handled, 1);
	ck_assert_int_eq(write(pair[0], "x", 1), 1);
	ck_assert_int_eq(read(pair[1], bad, 1), -1);
	ck_assert_int_eq(errno, EFAULT);
	ck_assert_int_eq(write(pair[0], bad, 1), -1);
	ck_assert_int_eq(errno, EFAULT);
	ck_assert_int_eq(handled, 1);
	if (!sigsetjmp(back, 1))
		*bad = 1;
	ck_assert_int_eq(handled, 2);
	signal(SIGSEGV, SIG_DFL);
	close_pair(pair);
	munmap(bad, 4096);
}
END_TEST

static int reading;

static void *read_for_ever(void *arg)
{
	char c;

	__atomic_store_n(&reading, 1, __ATOMIC_SEQ_CST);
	ck_assert_int_eq(read(*(int *)arg, &c, 1), 1);
	return NULL;
}

START_TEST(a_thread_can_be_cancelled_in_a_read)
{
	int pair[2], i;
	pthread_t t;
	void *ret;

	make_pair(pair);
	for (i = 0; i < 50; i++) {
		reading = 0;
		pthread_create(&t, NULL, read_for_ever, &pair[0]);
		while (i % 2 && !__atomic_load_n(&reading, __ATOMIC_SEQ_CST))
			sched_yield();
		ck_assert_int_eq(pthread_cancel(t), 0);
		ck_assert_int_eq(pthread_join(t, &ret), 0);
		ck_assert_ptr_eq(ret, PTHREAD_CANCELED);
	}
	close_pair(pair);
}
END_TEST

static void *signals_echo(void *arg)
{
	char buf[64];
	ssize_t n;

	for (;;) {
		n = read(*(int *)arg, buf, sizeof(buf));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return NULL;
		while (write(*(int *)arg, buf, n) < 0 && errno == EINTR)
			;
	}
}

/* A timer that comes at any point of many calls. */
static void signals_survive(int flags)
{
	struct itimerval fast = { { 0, 100 }, { 0, 100 } }, off = { 0 };
	int pair[2], calls = 0;
	pthread_t t;
	char c;

	make_pair(pair);
	signals_handle(SIGALRM, flags);
	pthread_create(&t, NULL, signals_echo, &pair[1]);
	setitimer(ITIMER_REAL, &fast, NULL);
	while (handled < 3000) {
		while (write(pair[0], "x", 1) < 0)
			ck_assert_int_eq(errno, EINTR);
		while (read(pair[0], &c, 1) < 0)
			ck_assert_int_eq(errno, EINTR);
		calls++;
	}
	setitimer(ITIMER_REAL, &off, NULL);
	ck_assert_int_gt(calls, 0);
	shutdown(pair[0], SHUT_RDWR);
	pthread_join(t, NULL);
	close_pair(pair);
	signal(SIGALRM, SIG_DFL);
}

START_TEST(signals_at_any_point_do_no_harm)
{
	signals_survive(0);
	signals_survive(SA_RESTART);
}
END_TEST

/*
 * Make calls that do not wait: a handler runs before or after them, not
 * instead.
 */
static void make_and_close(const struct sockaddr_in *a)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0), one = 1;

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &one,
				    sizeof(one)), 0);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)a, sizeof(*a)), 0);
	ck_assert_int_eq(connect(fd, (struct sockaddr *)a, sizeof(*a)), 0);
	ck_assert_int_eq(close(fd), 0);
}

START_TEST(calls_that_do_not_wait_are_not_interrupted)
{
	struct itimerval fast = { { 0, 100 }, { 0, 100 } }, off = { 0 };
	struct sockaddr_in a = local_address(7777);

	signals_handle(SIGALRM, 0);
	setitimer(ITIMER_REAL, &fast, NULL);
	while (handled < 5000)
		make_and_close(&a);
	setitimer(ITIMER_REAL, &off, NULL);
	signal(SIGALRM, SIG_DFL);
}
END_TEST

/* Its last code of LKL is none that it has called. */
static void *call_and_end(void *arg)
{
	char c;

	recv(side[0], &c, 1, MSG_DONTWAIT | MSG_PEEK);
	pthread_sigmask(SIG_UNBLOCK, arg, NULL);
	return NULL;
}

START_TEST(a_signal_at_a_threads_end_does_no_harm)
{
	struct itimerval fast = { { 0, 100 }, { 0, 100 } }, off = { 0 };
	sigset_t set;
	pthread_t t;

	sigemptyset(&set);
	sigaddset(&set, SIGALRM);
	signals_handle(SIGALRM, SA_RESTART);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	setitimer(ITIMER_REAL, &fast, NULL);
	while (handled < 2000) {
		ck_assert_int_eq(pthread_create(&t, NULL, call_and_end, &set), 0);
		pthread_join(t, NULL);
	}
	setitimer(ITIMER_REAL, &off, NULL);
	pthread_sigmask(SIG_UNBLOCK, &set, NULL);
	signal(SIGALRM, SIG_DFL);
}
END_TEST

static void *call_once(void *arg)
{
	recv(side[0], NULL, 0, MSG_DONTWAIT | MSG_PEEK);
	return NULL;
}

static void *call_and_wait(void *arg)
{
	call_once(NULL);
	sem_post(arg);
	pause();
	return NULL;
}

static void *nothing_at_all(void *arg)
{
	return NULL;
}

static void start_waiting(size_t stack)
{
	pthread_attr_t attr;
	pthread_t t;
	sem_t called;

	sem_init(&called, 0, 0);
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, stack);
	ck_assert_int_eq(pthread_create(&t, &attr, call_and_wait, &called), 0);
	while (sem_wait(&called))
		;
}

/* For the exit status: what does not look the same there. */
static int look_at_actions(void)
{
	struct sigaction sa;

	if (sigaction(SIGHUP, NULL, &sa) || sa.sa_handler != SIG_DFL)
		return 1;
	if (sigaction(SIGUSR1, NULL, &sa) || sa.sa_handler != count_sig)
		return 2;
	raise(SIGUSR1);
	if (handled_by_sig[SIGUSR1] != 1)
		return 3;
	if (signal(SIGUSR1, signals_nothing) != count_sig)
		return 4;
	raise(SIGUSR1);
	return handled_by_sig[SIGUSR1] == 1 ? 0 : 5;
}

START_TEST(a_child_has_the_actions_of_its_parent)
{
	int status;
	pid_t pid;

	handled_by_sig[SIGUSR1] = 0;
	signal(SIGUSR1, count_sig);
	pid = fork();
	if (!pid)
		_exit(look_at_actions());
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status));
	ck_assert_int_eq(WEXITSTATUS(status), 0);
	signal(SIGUSR1, SIG_DFL);
}
END_TEST

/*
 * Fork and end the thread: in the child the stacks of the other threads are gone,
 * and with them their entries of lists.
 */
static void *fork_and_end(void *arg)
{
	pthread_t t;

	call_once(NULL);
	start_waiting(LARGE_STACK);
	*(pid_t *)arg = fork();
	if (*(pid_t *)arg)
		return NULL;
	/* libc keeps some stacks for later; now it gives the largest back. */
	if (pthread_create(&t, NULL, nothing_at_all, NULL) ||
	    pthread_join(t, NULL))
		_exit(2);
	pthread_exit(NULL);
}

START_TEST(a_thread_that_forks_can_end_in_the_child)
{
	int status;
	pthread_t t;
	pid_t pid;

	start_waiting(LARGE_STACK);
	pthread_create(&t, NULL, fork_and_end, &pid);
	pthread_join(t, NULL);
	ck_assert_int_gt(pid, 0);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status));
	ck_assert_int_eq(WEXITSTATUS(status), 0);
}
END_TEST

static void set_up(void)
{
	make_pair(side);
}

int main(void)
{
	TCase *tc = tcase_create("signals");

	if (!is_hijacked())
		return 1;
	tcase_add_unchecked_fixture(tc, set_up, NULL);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, a_handler_that_was_there_before_us_interrupts_a_read);
	tcase_add_test(tc, a_handler_interrupts_a_read);
	tcase_add_test(tc, waits_are_interrupted_in_any_case);
	tcase_add_test(tc, a_handler_interrupts_accept);
	tcase_add_test(tc, with_SA_RESTART_a_read_goes_on);
	tcase_add_test(tc, with_a_timeout_it_does_not);
	tcase_add_test(tc, a_pending_signal_ends_ppoll_with_its_mask);
	tcase_add_test(tc, two_signals_at_once_are_both_handled_and_none_stays_blocked);
	tcase_add_test(tc, the_mask_after_a_call_is_that_before_it);
	tcase_add_test(tc, sigaction_tells_what_the_program_set);
	tcase_add_test(tc, what_is_set_during_a_signal_is_seen_as_a_whole);
	tcase_add_test(tc, faults_of_the_program_are_its_own_those_of_calls_are_EFAULT);
	tcase_add_test(tc, a_thread_can_be_cancelled_in_a_read);
	tcase_add_test(tc, signals_at_any_point_do_no_harm);
	tcase_add_test(tc, calls_that_do_not_wait_are_not_interrupted);
	tcase_add_test(tc, a_signal_at_a_threads_end_does_no_harm);
	tcase_add_test(tc, a_child_has_the_actions_of_its_parent);
	tcase_add_test(tc, a_thread_that_forks_can_end_in_the_child);
	return run_case(tc, CK_NOFORK);
}
