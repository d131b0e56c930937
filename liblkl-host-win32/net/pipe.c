// SPDX-License-Identifier: GPL-2.0
/*
 * A pair of named pipes to another process, usually another LKL.
 *
 * Each side creates the pipe that it reads from, and opens the other pipe when
 * it sends.  A packet is a message of a pipe.  While the other side is not there,
 * packets are lost, as on a wire that is not plugged in.
 *
 * This is a back end as programs have them: a thread of liblkl waits in
 * pipe_poll(), others call pipe_tx() and pipe_rx().
 */
#include <windows.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <lkl_host.h>

#include "base/host-report.h"
#include "net/pipe.h"

#define PIPE_CAPACITY	(1 << 20)
#define PIPE_PACKET_MAX	(65536 + 64)
#define PIPE_PREFIX	L"\\\\.\\pipe\\"
#define PIPE_NAME_MAX	256

/* States of the pipe to receive from */
enum pipe_state {
	PIPE_NEW,		/* nobody waits for the other side yet */
	PIPE_DISCONNECTED,	/* the other side has left */
	PIPE_CONNECTING,	/* the system waits for the other side */
	PIPE_CONNECTED,		/* no read is in progress */
	PIPE_READING,		/* the system waits for a packet */
	PIPE_READY,		/* a packet is in the buffer */
	PIPE_FAILED,		/* nothing is received any more */
};

/**
 * struct net_pipe - a back end
 * @nd:		what the program has; first
 * @ops:	what @nd.ops points to
 * @lock:	protects the members below
 * @hup:	event: pipe_poll() must end
 * @wake:	event: pipe_poll() must look again
 * @rx:		pipe to receive from
 * @state:	state of @rx
 * @rx_at:	operation of @rx in progress
 * @rx_len:	length of the packet in @rx_buf
 * @tx:		pipe to send to, or INVALID_HANDLE_VALUE
 * @tx_at:	write in progress
 * @tx_wanted:	pipe_poll() must report the end of the write
 * @tx_name:	name of the pipe to send to
 * @rx_buf:	packet that is received
 * @tx_buf:	packet that is sent
 */
struct net_pipe {
	struct lkl_netdev nd;
	struct lkl_dev_net_ops ops;
	SRWLOCK lock;
	HANDLE hup;
	HANDLE wake;
	HANDLE rx;
	enum pipe_state state;
	OVERLAPPED rx_at;
	DWORD rx_len;
	HANDLE tx;
	OVERLAPPED tx_at;
	bool tx_wanted;
	wchar_t tx_name[PIPE_NAME_MAX];
	char rx_buf[PIPE_PACKET_MAX];
	char tx_buf[PIPE_PACKET_MAX];
};

/* Return 0 or the error with which an operation begins, except "in progress". */
static DWORD pipe_begun(BOOL ok)
{
	return ok || GetLastError() == ERROR_IO_PENDING ? 0 : GetLastError();
}

static bool pipe_in_progress(const OVERLAPPED *at)
{
	return __atomic_load_n(&at->Internal, __ATOMIC_ACQUIRE) ==
	       STATUS_PENDING;
}

/* Receiving */

static void pipe_connect(struct net_pipe *p)
{
	DWORD error = pipe_begun(ConnectNamedPipe(p->rx, &p->rx_at));

	if (!error)
		p->state = PIPE_CONNECTING;
	else if (error == ERROR_PIPE_CONNECTED)
		p->state = PIPE_CONNECTED;
	else if (error == ERROR_NO_DATA)
		p->state = PIPE_DISCONNECTED;
	else
		p->state = PIPE_FAILED;
}

static void pipe_read(struct net_pipe *p)
{
	p->state = pipe_begun(ReadFile(p->rx, p->rx_buf, sizeof(p->rx_buf),
				       NULL, &p->rx_at)) ?
		   PIPE_DISCONNECTED : PIPE_READING;
}

/* Note the result of the operation that has ended. */
static void pipe_end_operation(struct net_pipe *p)
{
	bool ok = GetOverlappedResult(p->rx, &p->rx_at, &p->rx_len, FALSE);

	if (ok)
		p->state = p->state == PIPE_READING ? PIPE_READY :
						      PIPE_CONNECTED;
	else if (GetLastError() == ERROR_OPERATION_ABORTED &&
		 p->state == PIPE_READING)
		/* The thread that has started the read has ended. */
		p->state = PIPE_CONNECTED;
	else
		p->state = PIPE_DISCONNECTED;
}

/* Go on until a packet is there (true) or the system has to wait (false). */
static bool pipe_advance(struct net_pipe *p)
{
	for (;;) {
		switch (p->state) {
		case PIPE_DISCONNECTED:
			DisconnectNamedPipe(p->rx);
			pipe_connect(p);
			break;
		case PIPE_NEW:
			pipe_connect(p);
			break;
		case PIPE_CONNECTED:
			pipe_read(p);
			break;
		case PIPE_CONNECTING:
		case PIPE_READING:
			if (pipe_in_progress(&p->rx_at))
				return false;
			pipe_end_operation(p);
			break;
		case PIPE_READY:
			return true;
		case PIPE_FAILED:
			return false;
		}
	}
}

static int pipe_rx(struct lkl_netdev *nd, struct iovec *iov, int cnt)
{
	struct net_pipe *p = (struct net_pipe *)nd;
	DWORD done = 0, n;
	int i, ret = -1;

	AcquireSRWLockExclusive(&p->lock);
	if (pipe_advance(p)) {
		for (i = 0; i < cnt && done < p->rx_len; i++, done += n) {
			n = iov[i].iov_len < p->rx_len - done ?
			    iov[i].iov_len : p->rx_len - done;
			memcpy(iov[i].iov_base, p->rx_buf + done, n);
		}
		ret = done;
		p->state = PIPE_CONNECTED;
		pipe_advance(p);
	}
	ReleaseSRWLockExclusive(&p->lock);
	return ret;
}

/* Sending */

static void pipe_close_tx(struct net_pipe *p)
{
	if (p->tx == INVALID_HANDLE_VALUE)
		return;
	CloseHandle(p->tx);
	p->tx = INVALID_HANDLE_VALUE;
}

/* Open the pipe, unless it is open; false: the other side is not there. */
static bool pipe_open_tx(struct net_pipe *p)
{
	DWORD n;

	/* A write that has failed: the other side has left. */
	if (p->tx != INVALID_HANDLE_VALUE &&
	    !GetOverlappedResult(p->tx, &p->tx_at, &n, FALSE))
		pipe_close_tx(p);
	if (p->tx != INVALID_HANDLE_VALUE)
		return true;
	/* Do not let a process that is not the other side act as this user. */
	p->tx = CreateFileW(p->tx_name, GENERIC_WRITE, 0, NULL, OPEN_EXISTING,
			    FILE_FLAG_OVERLAPPED | SECURITY_SQOS_PRESENT |
			    SECURITY_ANONYMOUS, NULL);
	return p->tx != INVALID_HANDLE_VALUE;
}

static void pipe_write(struct net_pipe *p, const struct iovec *iov, int cnt)
{
	DWORD len = 0;
	int i;

	for (i = 0; i < cnt; i++) {
		if (iov[i].iov_len > sizeof(p->tx_buf) - len)
			return;
		memcpy(p->tx_buf + len, iov[i].iov_base, iov[i].iov_len);
		len += iov[i].iov_len;
	}
	if (pipe_begun(WriteFile(p->tx, p->tx_buf, len, NULL, &p->tx_at)))
		pipe_close_tx(p);
}

static int pipe_tx(struct lkl_netdev *nd, struct iovec *iov, int cnt)
{
	struct net_pipe *p = (struct net_pipe *)nd;
	int ret = 0;

	AcquireSRWLockExclusive(&p->lock);
	if (p->tx != INVALID_HANDLE_VALUE && pipe_in_progress(&p->tx_at)) {
		p->tx_wanted = true;
		SetEvent(p->wake);
		ret = -1;
	} else if (pipe_open_tx(p)) {
		pipe_write(p, iov, cnt);
	}
	ReleaseSRWLockExclusive(&p->lock);
	return ret;
}

/* Waiting */

/* Return the events, and whether the end of the write is an event. */
static int pipe_events(struct net_pipe *p, bool *tx_wanted)
{
	int events = 0;

	AcquireSRWLockExclusive(&p->lock);
	if (pipe_advance(p))
		events |= LKL_DEV_NET_POLL_RX;
	if (p->tx_wanted && !pipe_in_progress(&p->tx_at)) {
		p->tx_wanted = false;
		events |= LKL_DEV_NET_POLL_TX;
	}
	*tx_wanted = p->tx_wanted;
	ReleaseSRWLockExclusive(&p->lock);
	return events;
}

static int pipe_poll(struct lkl_netdev *nd)
{
	struct net_pipe *p = (struct net_pipe *)nd;
	HANDLE handles[] = { p->hup, p->wake, p->rx_at.hEvent,
			     p->tx_at.hEvent };
	bool tx_wanted;
	int events;

	for (;;) {
		if (!WaitForSingleObject(p->hup, 0))
			return LKL_DEV_NET_POLL_HUP;
		events = pipe_events(p, &tx_wanted);
		if (events)
			return events;
		WaitForMultipleObjects(tx_wanted ? 4 : 3, handles, FALSE,
				       INFINITE);
	}
}

static void pipe_poll_hup(struct lkl_netdev *nd)
{
	SetEvent(((struct net_pipe *)nd)->hup);
}

/* Start and end */

/* End an operation, so that the system does not write to @at later. */
static void pipe_cancel(HANDLE pipe, OVERLAPPED *at)
{
	DWORD n;

	if (pipe == INVALID_HANDLE_VALUE || !pipe_in_progress(at))
		return;
	CancelIoEx(pipe, at);
	while (pipe_in_progress(at))
		GetOverlappedResult(pipe, at, &n, TRUE);
}

static void pipe_free(struct lkl_netdev *nd)
{
	struct net_pipe *p = (struct net_pipe *)nd;
	HANDLE events[] = { p->hup, p->wake, p->rx_at.hEvent,
			    p->tx_at.hEvent };
	int i;

	pipe_cancel(p->rx, &p->rx_at);
	pipe_cancel(p->tx, &p->tx_at);
	if (p->rx != INVALID_HANDLE_VALUE)
		CloseHandle(p->rx);
	pipe_close_tx(p);
	for (i = 0; i < 4; i++)
		if (events[i])
			CloseHandle(events[i]);
	free(p);
}

static bool pipe_create_events(struct net_pipe *p)
{
	p->hup = CreateEventW(NULL, TRUE, FALSE, NULL);
	p->wake = CreateEventW(NULL, FALSE, FALSE, NULL);
	/* Auto-reset: a packet that waits for the kernel wakes nobody again. */
	p->rx_at.hEvent = CreateEventW(NULL, FALSE, FALSE, NULL);
	p->tx_at.hEvent = CreateEventW(NULL, FALSE, FALSE, NULL);
	return p->hup && p->wake && p->rx_at.hEvent && p->tx_at.hEvent;
}

/* Store the name of a pipe, of which @len bytes at @name are given. */
static bool pipe_store_name(wchar_t *to, const char *name, int len)
{
	static const char prefix[] = "\\\\.\\pipe\\";
	int used = 0, n;

	if (strncmp(name, prefix, sizeof(prefix) - 1)) {
		wcscpy(to, PIPE_PREFIX);
		used = wcslen(to);
	}
	n = MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, name, len,
				to + used, PIPE_NAME_MAX - 1 - used);
	to[used + (n > 0 ? n : 0)] = 0;
	return n > 0;
}

/* Nobody else can have the pipe: only one process receives the packets. */
static bool pipe_create_rx(struct net_pipe *p, const wchar_t *name)
{
	p->rx = CreateNamedPipeW(name, PIPE_ACCESS_INBOUND |
				 FILE_FLAG_OVERLAPPED |
				 FILE_FLAG_FIRST_PIPE_INSTANCE,
				 PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE |
				 PIPE_REJECT_REMOTE_CLIENTS, 1, PIPE_CAPACITY,
				 PIPE_CAPACITY, 0, NULL);
	return p->rx != INVALID_HANDLE_VALUE;
}

struct lkl_netdev *lkl_host_win32_pipe_create(const char *names)
{
	const char *bar = names ? strchr(names, '|') : NULL;
	struct net_pipe *p = calloc(1, sizeof(*p));
	wchar_t rx_name[PIPE_NAME_MAX];

	if (!p)
		return NULL;
	p->ops = (struct lkl_dev_net_ops) {
		.tx = pipe_tx,
		.rx = pipe_rx,
		.poll = pipe_poll,
		.poll_hup = pipe_poll_hup,
		.free = pipe_free,
	};
	p->nd.ops = &p->ops;
	p->rx = INVALID_HANDLE_VALUE;
	p->tx = INVALID_HANDLE_VALUE;
	InitializeSRWLock(&p->lock);
	if (!bar || !pipe_store_name(rx_name, names, bar - names) ||
	    !pipe_store_name(p->tx_name, bar + 1, strlen(bar + 1)))
		lkl_host_win32_report("lkl: cannot open the named pipes \"%s\": two names are needed, \"RX|TX\"\n",
				      names ? names : "");
	else if (!pipe_create_events(p) || !pipe_create_rx(p, rx_name))
		lkl_host_win32_report("lkl: cannot create the named pipe %.*s: error %lu; use another name if another program has the pipe\n",
				      (int)(bar - names), names,
				      GetLastError());
	else
		return &p->nd;
	pipe_free(&p->nd);
	return NULL;
}
