// SPDX-License-Identifier: GPL-2.0
/*
 * Network devices on Windows: two interfaces of one kernel whose back ends the
 * program implements, and two processes that are connected by named pipes.
 */
#include <winsock2.h>
#include <windows.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include <lkl_host.h>
#include <lkl/linux/if_ether.h>
#include <lkl/linux/if_packet.h>
#include <lkl/linux/in.h>

#include "support/check-main.h"

#define FRAMES		300
#define FRAME_MAX	1514
#define FRAME_TYPE	0x88b5	/* for experiments */
/* Frames that a side has room for */
#define ROOM		8
#define PORT		5000
#define CHUNK		16384
#define CHUNKS		64
#define NETMASK_LEN	24

/* A wire */

/**
 * struct side - an end of the wire
 * @nd:		the back end; first
 * @other:	the other end
 * @lock:	lock of the members below
 * @changed:	a member has changed
 * @frames:	frames that were not received yet
 * @lengths:	their lengths
 * @first:	number of the next frame to receive
 * @last:	number of the next frame to be stored
 * @refused:	a frame of the other end did not fit
 * @may_send:	the other end has room again
 * @hup:	poll_hup was called
 */
struct side {
	struct lkl_netdev nd;
	struct side *other;
	SRWLOCK lock;
	CONDITION_VARIABLE changed;
	char frames[ROOM][FRAME_MAX];
	int lengths[ROOM];
	unsigned int first, last;
	bool refused;
	bool may_send;
	bool hup;
};

static int wire_tx(struct lkl_netdev *nd, struct iovec *iov, int cnt)
{
	struct side *to = ((struct side *)nd)->other;
	int i, len = 0, ret = -1;

	AcquireSRWLockExclusive(&to->lock);
	if (to->last - to->first < ROOM) {
		for (i = 0; i < cnt; i++) {
			memcpy(to->frames[to->last % ROOM] + len,
			       iov[i].iov_base, iov[i].iov_len);
			len += iov[i].iov_len;
		}
		to->lengths[to->last++ % ROOM] = len;
		ret = len;
	} else {
		to->refused = true;
	}
	ReleaseSRWLockExclusive(&to->lock);
	WakeAllConditionVariable(&to->changed);
	return ret;
}

static void wire_tell_sender(struct side *s)
{
	AcquireSRWLockExclusive(&s->lock);
	s->may_send = true;
	ReleaseSRWLockExclusive(&s->lock);
	WakeAllConditionVariable(&s->changed);
}

static int wire_rx(struct lkl_netdev *nd, struct iovec *iov, int cnt)
{
	struct side *s = (struct side *)nd;
	int i, n, len, ret = -1;
	bool tell = false;

	AcquireSRWLockExclusive(&s->lock);
	if (s->first != s->last) {
		len = s->lengths[s->first % ROOM];
		for (i = 0, ret = 0; i < cnt && ret < len; i++, ret += n) {
			n = (int)iov[i].iov_len < len - ret ?
			    (int)iov[i].iov_len : len - ret;
			memcpy(iov[i].iov_base,
			       s->frames[s->first % ROOM] + ret, n);
		}
		s->first++;
		tell = s->refused;
		s->refused = false;
	}
	ReleaseSRWLockExclusive(&s->lock);
	if (tell)
		wire_tell_sender(s->other);
	return ret;
}

static int wire_poll(struct lkl_netdev *nd)
{
	struct side *s = (struct side *)nd;
	int events = 0;

	AcquireSRWLockExclusive(&s->lock);
	while (!s->hup && !s->may_send && s->first == s->last)
		SleepConditionVariableSRW(&s->changed, &s->lock, INFINITE, 0);
	if (s->hup)
		events |= LKL_DEV_NET_POLL_HUP;
	if (s->may_send)
		events |= LKL_DEV_NET_POLL_TX;
	if (s->first != s->last)
		events |= LKL_DEV_NET_POLL_RX;
	s->may_send = false;
	ReleaseSRWLockExclusive(&s->lock);
	return events;
}

static void wire_poll_hup(struct lkl_netdev *nd)
{
	struct side *s = (struct side *)nd;

	AcquireSRWLockExclusive(&s->lock);
	s->hup = true;
	ReleaseSRWLockExclusive(&s->lock);
	WakeAllConditionVariable(&s->changed);
}

static struct lkl_dev_net_ops wire_ops = {
	.tx = wire_tx,
	.rx = wire_rx,
	.poll = wire_poll,
	.poll_hup = wire_poll_hup,
};

static struct side sides[2];

static void boot(void)
{
	lkl_host_ops.print = NULL;
	ck_assert_int_eq(lkl_init(&lkl_host_ops), 0);
	ck_assert_int_eq(lkl_start_kernel("quiet"), 0);
}

static void halt(void)
{
	ck_assert_int_eq(lkl_sys_halt(), 0);
	lkl_cleanup();
}

/* Return a socket for the frames of the device @id. */
static int open_frames(int id)
{
	struct lkl_sockaddr_ll addr = {
		.sll_family = LKL_AF_PACKET,
		.sll_protocol = htons(FRAME_TYPE),
		.sll_ifindex = lkl_netdev_get_ifindex(id),
	};
	int fd, room = FRAMES * 8192;

	ck_assert_int_eq(lkl_if_up(addr.sll_ifindex), 0);
	fd = lkl_sys_socket(LKL_AF_PACKET, LKL_SOCK_RAW, htons(FRAME_TYPE));
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(lkl_sys_bind(fd, (struct lkl_sockaddr *)&addr,
				      sizeof(addr)), 0);
	/* Room for all frames: the kernel may drop others. */
	ck_assert_int_eq(lkl_sys_setsockopt(fd, LKL_SOL_SOCKET,
					    LKL_SO_RCVBUFFORCE, (void *)&room,
					    sizeof(room)), 0);
	return fd;
}

static int fill_frame(char *frame, int number)
{
	int len = 60 + number * 37 % (FRAME_MAX - 60 + 1), i;

	memset(frame, 0xff, LKL_ETH_ALEN);
	memset(frame + LKL_ETH_ALEN, 2, LKL_ETH_ALEN);
	frame[12] = FRAME_TYPE >> 8;
	frame[13] = FRAME_TYPE & 0xff;
	for (i = 14; i < len; i++)
		frame[i] = number + i;
	return len;
}

static void send_frames(void *arg)
{
	char frame[FRAME_MAX];
	int fd = *(int *)arg, i, len;

	for (i = 0; i < FRAMES; i++) {
		len = fill_frame(frame, i);
		if (lkl_sys_write(fd, frame, len) != len) {
			*(int *)arg = -1;
			return;
		}
	}
}

static void expect_frames(int fd)
{
	char frame[FRAME_MAX], back[FRAME_MAX];
	int i, len;

	for (i = 0; i < FRAMES; i++) {
		len = fill_frame(frame, i);
		ck_assert_int_eq(lkl_sys_read(fd, back, sizeof(back)), len);
		ck_assert_msg(!memcmp(frame, back, len), "frame %d differs", i);
	}
}

START_TEST(frames_pass_between_back_ends_of_the_program)
{
	lkl_thread_t thread;
	int fds[2], arg, i;

	boot();
	for (i = 0; i < 2; i++) {
		sides[i].nd.ops = &wire_ops;
		sides[i].other = &sides[!i];
		ck_assert_int_eq(lkl_netdev_add(&sides[i].nd, NULL), i);
	}
	for (i = 0; i < 2; i++)
		fds[i] = open_frames(i);
	/* In both directions */
	for (i = 0; i < 2; i++) {
		arg = fds[i];
		thread = lkl_host_ops.thread_create(send_frames, &arg);
		expect_frames(fds[!i]);
		ck_assert_int_eq(lkl_host_ops.thread_join(thread), 0);
		ck_assert_int_eq(arg, fds[i]);
	}
	halt();
}
END_TEST

/* Pipes between two processes */

/* Boot with a device at the pipes @names and the address 10.9.0.@host. */
static struct lkl_netdev *boot_with_pipes(const char *names, int host)
{
	struct lkl_netdev *nd;
	int id, index;

	boot();
	nd = lkl_netdev_pipe_create(names, 0);
	ck_assert(nd != NULL);
	id = lkl_netdev_add(nd, NULL);
	ck_assert_int_ge(id, 0);
	index = lkl_netdev_get_ifindex(id);
	ck_assert_int_eq(lkl_if_up(index), 0);
	ck_assert_int_eq(lkl_if_set_ipv4(index, htonl(0x0a090000 | host),
					 NETMASK_LEN), 0);
	return nd;
}

static void halt_with_pipes(struct lkl_netdev *nd)
{
	halt();
	lkl_netdev_free(nd);
}

static struct lkl_sockaddr_in address(int host)
{
	struct lkl_sockaddr_in addr = {
		.sin_family = LKL_AF_INET,
		.sin_port = htons(PORT),
	};

	addr.sin_addr.s_addr = htonl(0x0a090000 | host);
	return addr;
}

/* In the other process: send back what comes. */
START_TEST(echo)
{
	struct lkl_sockaddr_in addr = address(2);
	struct lkl_netdev *nd;
	static char buf[CHUNK];
	int server, fd, n;

	nd = boot_with_pipes(getenv("LKL_TEST_PIPES"), 2);
	server = lkl_sys_socket(LKL_AF_INET, LKL_SOCK_STREAM, 0);
	ck_assert_int_eq(lkl_sys_bind(server, (struct lkl_sockaddr *)&addr,
				      sizeof(addr)), 0);
	ck_assert_int_eq(lkl_sys_listen(server, 1), 0);
	fd = lkl_sys_accept(server, NULL, NULL);
	ck_assert_int_ge(fd, 0);
	while ((n = lkl_sys_read(fd, buf, sizeof(buf))) > 0)
		ck_assert_int_eq(lkl_sys_write(fd, buf, n), n);
	ck_assert_int_eq(n, 0);
	halt_with_pipes(nd);
}
END_TEST

static HANDLE start_other_process(void)
{
	STARTUPINFOW info = { .cb = sizeof(info) };
	PROCESS_INFORMATION process;
	wchar_t self[MAX_PATH], line[MAX_PATH + 16];

	ck_assert(GetModuleFileNameW(NULL, self, MAX_PATH));
	swprintf(line, MAX_PATH + 16, L"\"%ls\" echo", self);
	ck_assert(CreateProcessW(NULL, line, NULL, NULL, FALSE, 0, NULL, NULL,
				 &info, &process));
	CloseHandle(process.hThread);
	return process.hProcess;
}

static void exchange(int fd)
{
	static char out[CHUNK], in[CHUNK];
	int i, k, n, got;

	for (i = 0; i < CHUNKS; i++) {
		for (k = 0; k < CHUNK; k++)
			out[k] = i * 31 + k % 251;
		ck_assert_int_eq(lkl_sys_write(fd, out, CHUNK), CHUNK);
		for (got = 0; got < CHUNK; got += n) {
			n = lkl_sys_read(fd, in + got, CHUNK - got);
			ck_assert_int_gt(n, 0);
		}
		ck_assert_msg(!memcmp(in, out, CHUNK), "chunk %d differs", i);
	}
}

START_TEST(two_processes_talk_through_pipes)
{
	struct lkl_sockaddr_in addr = address(2);
	char names[128], reverse[128];
	DWORD pid = GetCurrentProcessId(), status = 1;
	struct lkl_netdev *nd;
	HANDLE other;
	int fd, ret;

	snprintf(names, sizeof(names), "lkl-%lu-a|lkl-%lu-b", pid, pid);
	snprintf(reverse, sizeof(reverse), "lkl-%lu-b|lkl-%lu-a", pid, pid);
	_putenv_s("LKL_TEST_PIPES", reverse);
	/* The results of this process are on stdout. */
	_putenv_s("CK_TAP_LOG_FILE_NAME", "NUL");
	nd = boot_with_pipes(names, 1);
	/* One process only can have the pipe. */
	ck_assert(!lkl_netdev_pipe_create(names, 0));
	other = start_other_process();
	do {
		/* The other process may not listen yet. */
		fd = lkl_sys_socket(LKL_AF_INET, LKL_SOCK_STREAM, 0);
		ret = lkl_sys_connect(fd, (struct lkl_sockaddr *)&addr,
				      sizeof(addr));
		if (ret)
			lkl_sys_close(fd);
		ck_assert_int_eq(WaitForSingleObject(other, 0), WAIT_TIMEOUT);
		ck_assert(!ret || ret == -LKL_ECONNREFUSED ||
			  ret == -LKL_EHOSTUNREACH);
	} while (ret);
	exchange(fd);
	ck_assert_int_eq(lkl_sys_close(fd), 0);
	WaitForSingleObject(other, INFINITE);
	ck_assert(GetExitCodeProcess(other, &status));
	ck_assert_uint_eq(status, 0);
	CloseHandle(other);
	halt_with_pipes(nd);
}
END_TEST

static char said[256];

static void keep_message(const char *str, int len)
{
	snprintf(said, sizeof(said), "%.*s", len, str);
}

/* As configuration files do */
START_TEST(back_ends_have_types)
{
	struct lkl_netdev *nd;
	char names[64];

	snprintf(names, sizeof(names), "lkl-%lu-c|lkl-%lu-d",
		 GetCurrentProcessId(), GetCurrentProcessId());
	nd = lkl_host_ops.netdev_create("pipe", names, 0);
	ck_assert(nd != NULL);
	lkl_netdev_free(nd);
	lkl_host_ops.print = keep_message;
	ck_assert(!lkl_host_ops.netdev_create("tap", "tap0", 0));
	ck_assert(strstr(said, "type tap: Windows does not support the type"));
}
END_TEST

START_TEST(names_of_pipes_are_checked)
{
	boot();
	ck_assert(!lkl_netdev_pipe_create(NULL, 0));
	ck_assert(!lkl_netdev_pipe_create("one", 0));
	ck_assert(!lkl_netdev_pipe_create("|two", 0));
	ck_assert(!lkl_netdev_pipe_create("one|", 0));
	halt();
}
END_TEST

int main(int argc, char **argv)
{
	TCase *tc = tcase_create("windows-net");

	if (argc > 1) {
		tcase_add_test(tc, echo);
		return run_case(tc, CK_NOFORK);
	}
	tcase_add_test(tc, frames_pass_between_back_ends_of_the_program);
	tcase_add_test(tc, two_processes_talk_through_pipes);
	tcase_add_test(tc, back_ends_have_types);
	tcase_add_test(tc, names_of_pipes_are_checked);
	return run_case(tc, CK_NOFORK);
}
