// SPDX-License-Identifier: GPL-2.0
/*
 * Packet sockets that put packets into memory that the program maps
 * (PACKET_RX_RING), which libpcap insists on.  LKL cannot map memory into a
 * program, so this library provides the memory: the descriptor becomes a memfd,
 * which the host's mmap() takes.  Each wait of the program fills the memory with the
 * packets that the socket has received.
 *
 * Rings have version 2, with one frame for each packet.  Programs that know
 * version 3 ask for version 3 first, and use version 2 when version 3 is refused.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/if_packet.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "fd/fd-placeholder.h"
#include "fd/fd-table.h"
#include "fd/packet-ring.h"
#include "host/host-libc.h"
#include "state/kernel-call.h"
#include "state/thread-state.h"

#define RINGS		64
#define SIZE_MAX_RING	(1UL << 30)

/* The kernel puts the address at this offset of a frame. */
#define ADDRESS_AT	TPACKET_ALIGN(sizeof(struct tpacket2_hdr))

/**
 * struct ring - the ring of one packet socket
 * @fd:		the descriptor of the program
 * @k:		the socket
 * @map:	the memory, as this library has it mapped
 * @size:	its size in bytes
 * @req:	the parameters that the program set
 * @reserve:	room before each packet
 * @cooked:	the packets have no link header
 * @head:	the frame that is filled next
 */
struct ring {
	int fd;
	int k;
	char *map;
	size_t size;
	struct tpacket_req req;
	unsigned int reserve;
	bool cooked;
	unsigned int head;
};

static pthread_mutex_t rings_lock = PTHREAD_MUTEX_INITIALIZER;
static struct ring *rings[RINGS];
static unsigned int rings_count;

/*
 * Lock the rings, and run code of LKL: this puts off signal handlers, which may
 * wait for the rings as well.
 */
static bool rings_begin(void)
{
	bool was_inside = thread_enter();

	pthread_mutex_lock(&rings_lock);
	return was_inside;
}

static void rings_end(bool was_inside)
{
	pthread_mutex_unlock(&rings_lock);
	thread_leave(was_inside);
}

static struct tpacket2_hdr *ring_frame(const struct ring *r, unsigned int i)
{
	unsigned int per_block = r->req.tp_block_size / r->req.tp_frame_size;

	return (void *)(r->map + (size_t)(i / per_block) *
			r->req.tp_block_size +
			(size_t)(i % per_block) * r->req.tp_frame_size);
}

static unsigned int frame_status(const struct tpacket2_hdr *h)
{
	return __atomic_load_n(&h->tp_status, __ATOMIC_ACQUIRE);
}

/* Return the lowest offset of a packet in its frame. */
static unsigned int lowest_offset(const struct ring *r)
{
	return (r->cooked ? TPACKET_ALIGN(TPACKET2_HDRLEN) + 16 :
		TPACKET2_HDRLEN) + r->reserve;
}

/*
 * Return the offset that the kernel uses for a packet of @len bytes with a header
 * of @link bytes, such that the data after the header is aligned.  libpcap makes
 * frames just large enough for the longest packet that the user wants, without this
 * gap: then the packet goes nearer to the start of the frame, and is not cut off.
 */
static unsigned int packet_offset(const struct ring *r, unsigned int link,
				  unsigned int len)
{
	unsigned int at = lowest_offset(r), size = r->req.tp_frame_size;

	if (!r->cooked)
		at = TPACKET_ALIGN(TPACKET2_HDRLEN + (link < 16 ? 16 : link)) +
		     r->reserve - link;
	if (at + len > size)
		at = size - len;
	return at;
}

static void take_control(struct msghdr *m, struct tpacket_auxdata *aux,
			 struct timespec *ts)
{
	struct cmsghdr *c;

	for (c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c)) {
		if (c->cmsg_level == SOL_PACKET &&
		    c->cmsg_type == PACKET_AUXDATA)
			memcpy(aux, CMSG_DATA(c), sizeof(*aux));
		else if (c->cmsg_level == SOL_SOCKET &&
			 c->cmsg_type == SCM_TIMESTAMPNS)
			memcpy(ts, CMSG_DATA(c), sizeof(*ts));
	}
}

/* Receive one packet into frame @h.  Return false when there is no packet. */
static bool ring_receive(const struct ring *r, struct tpacket2_hdr *h)
{
	unsigned int at = lowest_offset(r), mac, len;
	struct iovec iov = { (char *)h + at, r->req.tp_frame_size - at };
	struct sockaddr_ll from = { 0 };
	struct tpacket_auxdata aux = { 0 };
	char control[256];
	struct msghdr m = {
		.msg_name = &from, .msg_namelen = sizeof(from),
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control),
	};
	struct timespec ts;
	long n;

	n = lkl_sys_recvmsg(r->k, (struct lkl_user_msghdr *)&m,
			    MSG_DONTWAIT | MSG_TRUNC);
	if (n < 0)
		return false;
	clock_gettime(CLOCK_REALTIME, &ts);
	take_control(&m, &aux, &ts);
	len = (size_t)n < iov.iov_len ? (size_t)n : iov.iov_len;
	mac = packet_offset(r, aux.tp_net, len);
	memmove((char *)h + mac, (char *)h + at, len);
	h->tp_len = aux.tp_len ? aux.tp_len : (size_t)n;
	h->tp_snaplen = len;
	h->tp_mac = mac;
	h->tp_net = mac + (r->cooked ? 0 : aux.tp_net);
	h->tp_sec = ts.tv_sec;
	h->tp_nsec = ts.tv_nsec;
	h->tp_vlan_tci = aux.tp_vlan_tci;
	h->tp_vlan_tpid = aux.tp_vlan_tpid;
	memcpy((char *)h + ADDRESS_AT, &from, sizeof(from));
	__atomic_store_n(&h->tp_status, aux.tp_status | TP_STATUS_USER,
			 __ATOMIC_RELEASE);
	return true;
}

static void ring_fill(struct ring *r)
{
	struct tpacket2_hdr *h = ring_frame(r, r->head);

	while (frame_status(h) == TP_STATUS_KERNEL && ring_receive(r, h)) {
		r->head = (r->head + 1) % r->req.tp_frame_nr;
		h = ring_frame(r, r->head);
	}
}

/* Return true if the descriptor is open, and still the socket of the ring. */
static bool ring_is_alive(const struct ring *r)
{
	return fd_slots[r->fd].ring && fd_lkl(r->fd) == r->k;
}

static void ring_free(unsigned int i)
{
	munmap(rings[i]->map, rings[i]->size);
	free(rings[i]);
	rings[i] = NULL;
	__atomic_sub_fetch(&rings_count, 1, __ATOMIC_RELAXED);
}

/* Fill all rings; free the ring of @but, and rings whose descriptor was closed. */
static void rings_fill_except(int but)
{
	unsigned int i;

	for (i = 0; i < RINGS; i++) {
		if (!rings[i])
			continue;
		if (!ring_is_alive(rings[i]) || rings[i]->fd == but)
			ring_free(i);
		else
			ring_fill(rings[i]);
	}
}

void packet_rings_fill(void)
{
	bool was_inside;

	if (!__atomic_load_n(&rings_count, __ATOMIC_RELAXED) || !thread_uses_lkl())
		return;
	was_inside = rings_begin();
	rings_fill_except(-1);
	rings_end(was_inside);
}

bool packet_ring_has_some(int fd)
{
	struct fd_slot *slot = fd_slot(fd);
	bool found = false, was_inside;
	unsigned int i;
	struct ring *r;

	if (!slot || !slot->ring || !thread_uses_lkl())
		return false;
	was_inside = rings_begin();
	for (i = 0; i < RINGS; i++) {
		r = rings[i];
		if (r && r->fd == fd && ring_is_alive(r))
			found = frame_status(ring_frame(r, (r->head ? r->head :
						r->req.tp_frame_nr) - 1)) !=
			       TP_STATUS_KERNEL;
	}
	rings_end(was_inside);
	return found;
}

/* Making a ring */

static int get_option(int k, int level, int name)
{
	int val = 0, len = sizeof(val);

	lkl_sys_getsockopt(k, level, name, (char *)&val, &len);
	return val;
}

static void set_int_option(int k, int level, int name, int val)
{
	lkl_sys_setsockopt(k, level, name, (char *)&val, sizeof(val));
}

static bool ring_is_valid(const struct ring *r)
{
	const struct tpacket_req *q = &r->req;
	unsigned long page = sysconf(_SC_PAGESIZE);

	return q->tp_block_size && q->tp_block_size % page == 0 &&
	       q->tp_frame_size % TPACKET_ALIGNMENT == 0 &&
	       q->tp_frame_size > lowest_offset(r) &&
	       q->tp_frame_size <= q->tp_block_size &&
	       q->tp_frame_nr && q->tp_frame_nr == q->tp_block_nr *
	       (q->tp_block_size / q->tp_frame_size) &&
	       r->size <= SIZE_MAX_RING;
}

static int ring_allocate(struct ring *r)
{
	int fd = HOST(memfd_create)("lkl-packets", MFD_CLOEXEC), ret = -ENOMEM;

	if (fd < 0)
		return -errno;
	if (HOST(ftruncate)(fd, r->size) == 0)
		r->map = mmap(NULL, r->size, PROT_READ | PROT_WRITE, MAP_SHARED,
			      fd, 0);
	if (r->map && r->map != MAP_FAILED)
		ret = fd_set_file(r->fd, fd);
	if (ret < 0 && r->map && r->map != MAP_FAILED)
		munmap(r->map, r->size);
	HOST(close)(fd);
	return ret;
}

/* Let the socket keep as much as the ring holds, between two waits. */
static void prepare_socket(const struct ring *r)
{
	set_int_option(r->k, SOL_PACKET, PACKET_AUXDATA, 1);
	set_int_option(r->k, SOL_SOCKET, SO_TIMESTAMPNS, 1);
	set_int_option(r->k, SOL_SOCKET, SO_RCVBUFFORCE, r->size);
}

static int ring_add(const struct ring *new)
{
	unsigned int i = 0;
	struct ring *r;
	int ret;

	while (i < RINGS && rings[i])
		i++;
	r = i < RINGS ? malloc(sizeof(*r)) : NULL;
	if (!r)
		return -ENOMEM;
	*r = *new;
	ret = ring_allocate(r);
	if (ret < 0) {
		free(r);
		return ret;
	}
	prepare_socket(r);
	rings[i] = r;
	fd_slots[r->fd].ring = true;
	__atomic_add_fetch(&rings_count, 1, __ATOMIC_RELAXED);
	return 0;
}

static int packet_set_ring(int fd, int k, const void *val, socklen_t len)
{
	struct ring r = { .fd = fd, .k = k };
	int ret = 0;
	bool was_inside;

	if (len < sizeof(r.req))
		return -EINVAL;
	memcpy(&r.req, val, sizeof(r.req));
	r.size = (size_t)r.req.tp_block_size * r.req.tp_block_nr;
	was_inside = rings_begin();
	if (r.size && get_option(k, SOL_PACKET, PACKET_VERSION) != TPACKET_V2)
		ret = -EOPNOTSUPP;
	r.reserve = get_option(k, SOL_PACKET, PACKET_RESERVE);
	r.cooked = get_option(k, SOL_SOCKET, SO_TYPE) == SOCK_DGRAM;
	if (!ret && r.size && !ring_is_valid(&r))
		ret = -EINVAL;
	if (!ret)
		rings_fill_except(fd);
	if (!ret && r.size)
		ret = ring_add(&r);
	rings_end(was_inside);
	return ret;
}

bool packet_is_refused(int level, int name, const void *val, socklen_t len)
{
	int version;

	if (level != SOL_PACKET || len < sizeof(version) ||
	    (name != PACKET_VERSION && name != PACKET_HDRLEN))
		return false;
	memcpy(&version, val, sizeof(version));
	return version == TPACKET_V3;
}

int packet_setsockopt(int fd, int k, int name, const void *val, socklen_t len)
{
	if (name == PACKET_RX_RING)
		return to_errno(packet_set_ring(fd, k, val, len));
	if (name == PACKET_TX_RING)
		return to_errno(-EOPNOTSUPP);
	if (packet_is_refused(SOL_PACKET, name, val, len))
		return to_errno(-EINVAL);
	return KCALL_ERRNO(setsockopt, k, SOL_PACKET, name, val, len);
}
