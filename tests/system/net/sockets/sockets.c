// SPDX-License-Identifier: GPL-2.0
/*
 * The behaviour of sockets, printed line by line so that two stacks can be compared.
 *
 * The suite is run in an empty network namespace and under lkl-hijack. Each case
 * prints one line of TAP with the facts that it observed: results, names of errors,
 * counts, events; nothing that depends on time, on port numbers or on the numbers of
 * descriptors. The two outputs must be the same. A case is "not ok" only where it
 * cannot continue. All addresses are of the loopback interface.
 *
 * usage: sockets [NAME]	runs all cases, or those with NAME in their names
 */
#include "sockets.h"
#include "shared/macros.h"

#include <net/if.h>
#include <netinet/ip.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>

static struct {
	const char *file, *name;
	void (*run)(void);
} cases[300];

static int count, number, failed;
static const char *current;
static char facts[8192];
static jmp_buf next_case;
static pthread_t main_thread;

void sockets_add(const char *file, const char *name, void (*run)(void))
{
	if (count == ARRAY_SIZE(cases))
		abort();
	cases[count].file = file;
	cases[count].name = name;
	cases[count++].run = run;
}

void fact(const char *format, ...)
{
	size_t len = strlen(facts);
	va_list args;

	len += snprintf(facts + len, sizeof(facts) - len, "%s", len ? ", " : "");
	va_start(args, format);
	vsnprintf(facts + len, sizeof(facts) - len, format, args);
	va_end(args);
}

static const char *name_of_error(int error)
{
	const char *name = strerrorname_np(error);

	return name ? name : "an unknown error";
}

void report_result(const char *what, long result)
{
	if (result < 0)
		fact("%s %s", what, name_of_error(errno));
	else
		fact("%s %ld", what, result);
}

void give_up(const char *what, int error)
{
	printf("not ok %d - %s: %s: %s%s%s\n", number, current, what,
	       name_of_error(error), *facts ? " after " : "", facts);
	fflush(stdout);
	failed++;
	if (!pthread_equal(pthread_self(), main_thread)) {
		printf("Bail out! a thread of %s cannot go on\n", current);
		fflush(stdout);
		_exit(1);
	}
	longjmp(next_case, 1);
}

union address loopback(int family, int port)
{
	union address a = { 0 };

	a.sa.sa_family = family;
	if (family == AF_INET6) {
		a.in6.sin6_addr = in6addr_loopback;
		a.in6.sin6_port = htons(port);
	} else {
		a.in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		a.in.sin_port = htons(port);
	}
	return a;
}

socklen_t length_of(const union address *a)
{
	return a->sa.sa_family == AF_INET6 ? sizeof(a->in6) : sizeof(a->in);
}

int port_of(const union address *a)
{
	return ntohs(a->sa.sa_family == AF_INET6 ? a->in6.sin6_port : a->in.sin_port);
}

union address name_of(int fd)
{
	union address a = { 0 };
	socklen_t len = sizeof(a);

	must(getsockname(fd, &a.sa, &len));
	return a;
}

void report_address(const char *what, const union address *a)
{
	char text[INET6_ADDRSTRLEN] = "?";

	if (a->sa.sa_family == AF_INET6)
		inet_ntop(AF_INET6, &a->in6.sin6_addr, text, sizeof(text));
	else
		inet_ntop(AF_INET, &a->in.sin_addr, text, sizeof(text));
	fact("%s %s", what, text);
}

int tcp_listener(int family, int backlog)
{
	union address a = loopback(family, 0);
	int fd = must(socket(family, SOCK_STREAM, 0));

	must(bind(fd, &a.sa, length_of(&a)));
	must(listen(fd, backlog));
	return fd;
}

int tcp_connect(const union address *to)
{
	int fd = must(socket(to->sa.sa_family, SOCK_STREAM, 0));

	must(connect(fd, &to->sa, length_of(to)));
	return fd;
}

void tcp_pair(int family, int pair[2])
{
	int listener = tcp_listener(family, 1);
	union address a = name_of(listener);

	pair[0] = tcp_connect(&a);
	pair[1] = must(accept(listener, NULL, NULL));
	must(close(listener));
}

int udp_socket(int family)
{
	union address a = loopback(family, 0);
	int fd = must(socket(family, SOCK_DGRAM, 0));

	must(bind(fd, &a.sa, length_of(&a)));
	return fd;
}

short wait_for(int fd, short events)
{
	struct pollfd p = { .fd = fd, .events = events };

	if (!must(poll(&p, 1, 30000)))
		give_up("poll: nothing happens", ETIMEDOUT);
	return p.revents;
}

void report_events(const char *what, int events)
{
	static const struct {
		int bit;
		const char *name;
	} names[] = {
		{ POLLIN, "IN" }, { POLLPRI, "PRI" }, { POLLOUT, "OUT" },
		{ POLLERR, "ERR" }, { POLLHUP, "HUP" }, { POLLNVAL, "NVAL" },
		{ POLLRDNORM, "RDNORM" }, { POLLRDBAND, "RDBAND" },
		{ POLLWRNORM, "WRNORM" }, { POLLWRBAND, "WRBAND" },
		{ POLLRDHUP, "RDHUP" },
	};
	char text[100] = "";

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (events & names[i].bit) {
			strcat(text, *text ? "|" : "");
			strcat(text, names[i].name);
		}
	}
	fact("%s %s", what, *text ? text : "none");
}

void read_all(int fd, void *data, size_t len)
{
	char *at = data;

	while (len) {
		ssize_t n = must(read(fd, at, len));

		if (!n)
			give_up("read: the end, too early", ENODATA);
		at += n;
		len -= n;
	}
}

void write_all(int fd, const void *data, size_t len)
{
	const char *at = data;

	while (len) {
		ssize_t n = must(write(fd, at, len));

		at += n;
		len -= n;
	}
}

long drain(int fd)
{
	static __thread char buffer[65536];
	long sum = 0;
	ssize_t n;

	while ((n = must(read(fd, buffer, sizeof(buffer)))))
		sum += n;
	return sum;
}

void fill(void *data, size_t len, unsigned int seed)
{
	unsigned char *p = data;

	while (len--) {
		seed = seed * 1103515245 + 12345;
		*p++ = seed >> 16;
	}
}

pthread_t start_thread(void *(*run)(void *), void *arg)
{
	pthread_t thread;
	int error = pthread_create(&thread, NULL, run, arg);

	if (error)
		give_up("pthread_create", error);
	return thread;
}

void join(pthread_t thread)
{
	int error = pthread_join(thread, NULL);

	if (error)
		give_up("pthread_join", error);
}

void until_asleep(pid_t tid)
{
	char path[64], text[512], *state;

	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", tid);
	for (int same = 0; same < 20;) {
		struct timespec moment = { .tv_nsec = 1000000 };
		FILE *f = fopen(path, "r");

		if (!f)
			return;
		state = fgets(text, sizeof(text), f) ? strrchr(text, ')') : NULL;
		fclose(f);
		same = state && state[2] == 'S' ? same + 1 : 0;
		nanosleep(&moment, NULL);
	}
}

int temporary_file(const void *data, size_t len)
{
	char name[] = "/tmp/lkl-sockets-XXXXXX";
	int fd = must(mkstemp(name));

	must(unlink(name));
	write_all(fd, data, len);
	must(lseek(fd, 0, SEEK_SET));
	return fd;
}

static void sockets_hangs(int signal)
{
	static const char text[] = "\nBail out! a case hangs: ";

	(void)signal;
	if (write(1, text, sizeof(text) - 1) < 0 ||
	    write(1, current, strlen(current)) < 0 || write(1, "\n", 1) < 0)
		_exit(2);
	_exit(1);
}

/* An empty namespace has it down. */
static void sockets_loopback_up(void)
{
	struct ifreq r = { .ifr_name = "lo" };
	int fd = must(socket(AF_INET, SOCK_DGRAM, 0));

	must(ioctl(fd, SIOCGIFFLAGS, &r));
	r.ifr_flags |= IFF_UP;
	must(ioctl(fd, SIOCSIFFLAGS, &r));
	must(close(fd));
}

static void run_case(int i)
{
	const char *base = strrchr(cases[i].file, '-');
	static char name[200];

	snprintf(name, sizeof(name), "%.*s: %s", (int)strcspn(base + 1, "."), base + 1,
		 cases[i].name);
	current = name;
	facts[0] = 0;
	number++;
	alarm(100);
	if (!setjmp(next_case)) {
		cases[i].run();
		printf("ok %d - %s: %s\n", number, name, facts);
	}
	alarm(0);
	fflush(stdout);
}

int main(int argc, char **argv)
{
	main_thread = pthread_self();
	current = "loopback_up";
	signal(SIGALRM, sockets_hangs);
	if (setjmp(next_case))
		return 1;
	sockets_loopback_up();
	for (int i = 0; i < count; i++) {
		if (argc < 2 || strstr(cases[i].name, argv[1]))
			run_case(i);
	}
	printf("1..%d\n", number);
	return failed ? 1 : 0;
}
