// SPDX-License-Identifier: GPL-2.0
/*
 * Names as an LKL instance resolves them: against a name server inside it, and
 * compared with libc, which gets the same server, files and addresses in a
 * network of its own.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <resolv.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <lkl_host.h>

#include "shared/macros.h"
#include "support/check-main.h"
#include "resolver-cases.h"
#include "resolver-net.h"
#include "resolver-server.h"
#include "resolver/resolver.h"
#include "state/kernel-call.h"

#define RESOLV_CONF	"/etc/resolv.conf"

/*
 * The answers of libc, from before this process had a kernel; NULL without a
 * private network.
 */
static FILE *said_by_libc;

/* Make the system calls of the library under test. */
long kernel_call6(long nr, long a, long b, long c, long d, long e, long f)
{
	lkl_long_t params[6] = { a, b, c, d, e, f };

	return lkl_syscall(nr, params);
}

/* The same addresses on both sides, so that what is sorted by them is comparable. */
static void run_all_cases(FILE *out)
{
	cases_run_timeouts(out);
	fprintf(out, "only loopback\n");
	cases_run(out);
	net_expect(net_add_address(1, AF_INET, "192.0.2.77", NULL, NULL, 24, NULL) == 0);
	fprintf(out, "with IPv4\n");
	cases_run(out);
	net_expect(net_add_address(1, AF_INET6, "2001:db8::77", NULL, NULL, 64, NULL) == 0);
	net_expect(net_add_address(1, AF_INET6, "2002:c000:204::77", NULL, NULL, 16, NULL) == 0);
	net_expect(net_add_address(1, AF_INET6, "fe80::77", NULL, NULL, 64, NULL) == 0);
	fprintf(out, "with IPv6\n");
	cases_run(out);
	fflush(out);
}

static bool replace_files(void)
{
	return net_replace_file(RESOLV_CONF, CASES_RESOLV_CONF) &&
	       net_replace_file("/etc/hosts", CASES_HOSTS) &&
	       net_replace_file("/etc/nsswitch.conf", CASES_NSSWITCH);
}

static bool ask_libc(FILE *out)
{
	if (!net_make_private() || !replace_files())
		return false;
	server_start();
	run_all_cases(out);
	server_stop();
	return true;
}

/*
 * libc has two answers for a server that fails: EAI_AGAIN when it asks for both
 * families, EAI_NONAME when it asks for one.  Here it is the first, always: a name
 * that could not be asked for is not one that does not exist.
 */
static bool is_meant(const char *theirs, const char *ours)
{
	static const char *const names[] = {
		"servfail", "refused.test", "notimp.test", "half.test",
	};
	size_t i, len = strlen(theirs);
	bool known = false;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		known |= !strncmp(theirs + strlen("getaddrinfo "), names[i], strlen(names[i]));
	return known && len > 5 && len == strlen(ours) && !strncmp(theirs, ours, len - 5) &&
	       !strcmp(theirs + len - 5, ": -2\n") && !strcmp(ours + len - 5, ": -3\n");
}

START_TEST(results_are_the_same_as_those_of_libc)
{
	FILE *out = fdopen(memfd_create("lkl", 0), "w+");
	char *theirs = NULL, *ours = NULL;
	size_t size1 = 0, size2 = 0;
	int lines = 0, different = 0;

	if (!said_by_libc)
		return;
	run_all_cases(out);
	rewind(out);
	while (getline(&theirs, &size1, said_by_libc) > 0) {
		ck_assert_int_gt(getline(&ours, &size2, out), 0);
		lines++;
		if (!strcmp(theirs, ours) || is_meant(theirs, ours))
			continue;
		if (different++ < 200)
			printf("# libc: %s# lkl:  %s", theirs, ours);
	}
	ck_assert_int_lt(getline(&ours, &size2, out), 0);
	free(theirs);
	free(ours);
	fclose(out);
	ck_assert_msg(!different, "%d of %d differ", different, lines);
	ck_assert_int_gt(lines, 5000);
}
END_TEST

static int look_up(const char *name)
{
	struct addrinfo *res;
	int ret = getaddrinfo(name, NULL, NULL, &res);

	if (!ret)
		freeaddrinfo(res);
	return ret;
}

START_TEST(one_lookup_asks_once_for_each_family)
{
	int before = server_questions();

	ck_assert_int_eq(look_up("a.test."), 0);
	ck_assert_int_eq(server_questions() - before, 2);
	ck_assert_int_eq(look_up("127.0.0.1"), 0);
	ck_assert_int_eq(look_up("::1"), 0);
	ck_assert_int_eq(look_up("localhost"), 0);
	ck_assert_int_eq(server_questions() - before, 2);
}
END_TEST

START_TEST(truncated_answer_comes_by_tcp)
{
	int before = server_tcp_questions(), n = 0;
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_family = AF_INET }, *res, *ai;

	ck_assert_int_eq(getaddrinfo("big.test", NULL, &hints, &res), 0);
	for (ai = res; ai; ai = ai->ai_next)
		n++;
	freeaddrinfo(res);
	ck_assert_int_eq(n, SERVER_BIG);
	ck_assert_int_eq(server_tcp_questions() - before, 1);
}
END_TEST

START_TEST(answer_that_does_not_fit_is_cut_and_marked)
{
	unsigned char answer[100];
	int len = res_query("big.test", ns_c_in, ns_t_a, answer, sizeof(answer));

	ck_assert_int_gt(len, 512);
	ck_assert(((HEADER *)answer)->tc);
}
END_TEST

START_TEST(use_vc_asks_by_tcp)
{
	int before = server_tcp_questions();

	net_write_lkl_file(RESOLV_CONF, "nameserver 127.0.0.1\noptions use-vc\n");
	ck_assert_int_eq(look_up("a.test"), 0);
	ck_assert_int_gt(server_tcp_questions(), before);
	net_write_lkl_file(RESOLV_CONF, CASES_RESOLV_CONF);
}
END_TEST

/* Store in @text what @look_up_all writes to standard error. */
static void resolver_capture(void (*look_up_all)(void), char *text, size_t size)
{
	int fd = memfd_create("stderr", 0), saved = dup(STDERR_FILENO);
	ssize_t len;

	dup2(fd, STDERR_FILENO);
	look_up_all();
	dup2(saved, STDERR_FILENO);
	close(saved);
	len = pread(fd, text, size - 1, 0);
	ck_assert_int_ge(len, 0);
	text[len] = '\0';
	close(fd);
}

static void without_a_server(void)
{
	char host[64];
	struct sockaddr_in sin = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(0xc0000201) };

	net_write_lkl_file(RESOLV_CONF, NULL);
	ck_assert_int_eq(look_up("127.0.0.1"), 0);
	ck_assert_int_eq(look_up("localhost"), 0);
	ck_assert_int_eq(look_up("a.test"), EAI_AGAIN);
	ck_assert_int_eq(look_up("a.test"), EAI_AGAIN);
	ck_assert_ptr_null(gethostbyname("a.test"));
	ck_assert_int_eq(h_errno, TRY_AGAIN);
	ck_assert_int_eq(getnameinfo((void *)&sin, sizeof(sin), host, sizeof(host), NULL, 0, 0),
			 EAI_AGAIN);
	net_write_lkl_file(RESOLV_CONF, CASES_RESOLV_CONF);
}

START_TEST(without_a_server_says_so_once)
{
	char text[4096];

	resolver_capture(without_a_server, text, sizeof(text));
	ck_assert_ptr_nonnull(strstr(text, "\"nameserver\""));
	ck_assert_ptr_eq(strchr(text, '\n'), strrchr(text, '\n'));
}
END_TEST

START_TEST(changed_configuration_is_seen)
{
	ck_assert_int_eq(look_up("only"), 0);
	net_write_lkl_file(RESOLV_CONF, "nameserver 127.0.0.1\n");
	ck_assert_int_eq(look_up("only"), EAI_NONAME);
	net_write_lkl_file(RESOLV_CONF, "nameserver 127.0.0.1\ndomain second.test\n");
	ck_assert_int_eq(look_up("only"), 0);
	net_write_lkl_file(RESOLV_CONF, "nameserver 127.0.0.1\nsearch second.test\n"
			   "options ndots:2 edns0 trust-ad rotate single-request\n");
	ck_assert_int_eq(look_up("only"), 0);
	ck_assert_int_eq(look_up("a.test"), 0);
	/* No server answers at the first address. */
	net_write_lkl_file(RESOLV_CONF, "nameserver 127.0.0.9\nnameserver ::1\n"
			   "nameserver 127.0.0.1\noptions timeout:1\n");
	ck_assert_int_eq(look_up("a.test"), 0);
	net_write_lkl_file(RESOLV_CONF, "nameserver 127.0.0.9\noptions timeout:1 attempts:1\n");
	ck_assert_int_eq(look_up("a.test"), EAI_AGAIN);
	net_write_lkl_file(RESOLV_CONF, CASES_RESOLV_CONF);
}
END_TEST

START_TEST(environment_changes_search_list_and_options)
{
	net_write_lkl_file(RESOLV_CONF, "nameserver 127.0.0.1\n");
	setenv("LOCALDOMAIN", "nosuch.test second.test", 1);
	ck_assert_int_eq(look_up("only"), 0);
	unsetenv("LOCALDOMAIN");
	ck_assert_int_eq(look_up("only"), EAI_NONAME);
	setenv("RES_OPTIONS", "no-aaaa", 1);
	ck_assert_int_eq(look_up("v6.test"), EAI_NODATA);
	unsetenv("RES_OPTIONS");
	ck_assert_int_eq(look_up("v6.test"), 0);
	net_write_lkl_file(RESOLV_CONF, CASES_RESOLV_CONF);
}
END_TEST

START_TEST(idn_is_encoded_on_request)
{
	struct addrinfo hints = { .ai_flags = AI_IDN, .ai_family = AF_INET }, *res;
	int ret = getaddrinfo("m\xc3\xbcnchen.test", NULL, &hints, &res);

	ck_assert(!ret || ret == EAI_IDN_ENCODE);
	if (!ret)
		freeaddrinfo(res);
}
END_TEST

#define THREADS		8
#define LOOKUPS		100

static atomic_int wrong;

static void *look_up_often(void *arg)
{
	static const struct {
		const char *name;
		int ret;
	} list[] = {
		{ "a.test", 0 }, { "many.test", 0 }, { "nx.test", EAI_NONAME }, { "host", 0 },
		{ "text.test", EAI_NODATA }, { "localhost", 0 }, { "alias.test", 0 },
	};
	struct hostent *h;
	int i;

	for (i = 0; i < LOOKUPS; i++) {
		size_t n = (i + (long)arg) % ARRAY_SIZE(list);

		wrong += look_up(list[n].name) != list[n].ret;
		h = gethostbyname(i % 2 ? "a.test" : "host");
		wrong += !h || strcmp(h->h_name, i % 2 ? "a.test" : "host.example.test");
	}
	return NULL;
}

START_TEST(threads_do_not_disturb_each_other)
{
	pthread_t t[THREADS];
	long i;

	for (i = 0; i < THREADS; i++)
		pthread_create(&t[i], NULL, look_up_often, (void *)i);
	for (i = 0; i < THREADS; i++)
		pthread_join(t[i], NULL);
	ck_assert_int_eq(wrong, 0);
}
END_TEST

static void *look_up_for_ever(void *arg)
{
	while (!atomic_load((atomic_bool *)arg))
		wrong += look_up("a.test");
	return NULL;
}

START_TEST(child_of_fork_uses_the_host)
{
	atomic_bool stop = false;
	pthread_t t;
	int i, status;

	pthread_create(&t, NULL, look_up_for_ever, &stop);
	for (i = 0; i < 20; i++) {
		pid_t pid = fork();

		/* The child has no kernel, so libc answers. */
		if (!pid)
			_exit(look_up("127.0.0.1") || look_up("localhost"));
		ck_assert_int_eq(waitpid(pid, &status, 0), pid);
		ck_assert_int_eq(status, 0);
	}
	stop = true;
	pthread_join(t, NULL);
	ck_assert_int_eq(wrong, 0);
}
END_TEST

/* Where libc would ask, in the network of this process. */
static int open_host_server(void)
{
	struct sockaddr_in sin = { .sin_family = AF_INET, .sin_port = htons(NS_DEFAULTPORT) };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	ck_assert_int_eq(bind(fd, (void *)&sin, sizeof(sin)), 0);
	return fd;
}

static bool was_asked(int fd)
{
	return poll(&(struct pollfd){ .fd = fd, .events = POLLIN }, 1, 0) == 1;
}

START_TEST(only_a_child_asks_the_servers_of_the_host)
{
	char bytes[] = { 192, 0, 2, 1 };
	int fd, status;
	pid_t pid;

	if (!said_by_libc)
		return;
	fd = open_host_server();
	ck_assert_int_eq(look_up("nx.test"), EAI_NONAME);
	ck_assert_int_eq(look_up("a.test"), 0);
	ck_assert_ptr_null(gethostbyname("nx.test"));
	ck_assert_ptr_nonnull(gethostbyaddr(bytes, 4, AF_INET));
	/* Calls inside libc are not interposed. */
	ck_assert_ptr_null(getnetbyname("nosuch"));
	ck_assert_ptr_null(resolver_libc()->gethostbyname("a.test"));
	ck_assert(!was_asked(fd));
	pid = fork();
	if (!pid)
		_exit(!!gethostbyname("a.test"));
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	ck_assert(was_asked(fd));
	close(fd);
}
END_TEST

static atomic_int signals;
static pthread_t interrupted;
static struct lkl_thread *interrupted_thread;

static void resolver_on_signal(int sig)
{
	signals++;
	/* The hijack library does the same on a signal. */
	lkl_thread_interrupt(lkl_thread_self());
}

static void *send_signals(void *arg)
{
	while (!atomic_load((atomic_bool *)arg)) {
		pthread_kill(interrupted, SIGUSR1);
		lkl_thread_interrupt(interrupted_thread);
		sched_yield();
	}
	return NULL;
}

START_TEST(lookup_goes_on_after_signals)
{
	struct sigaction sa = { .sa_handler = resolver_on_signal }, old;
	atomic_bool stop = false;
	pthread_t t;
	int i;

	interrupted = pthread_self();
	interrupted_thread = lkl_thread_self();
	sigaction(SIGUSR1, &sa, &old);
	pthread_create(&t, NULL, send_signals, &stop);
	for (i = 0; i < 50 || signals < 10; i++)
		ck_assert_int_eq(look_up("many.test"), 0);
	stop = true;
	pthread_join(t, NULL);
	sigaction(SIGUSR1, &old, NULL);
}
END_TEST

START_TEST(damaged_answers_give_an_error_or_an_answer)
{
	unsigned char answer[512], bytes[4] = { 192, 0, 2, 40 };
	int i, len;

	net_write_lkl_file(RESOLV_CONF, "nameserver 127.0.0.1\noptions timeout:1 attempts:1\n");
	server_set_seed(1);
	for (i = 0; i < 200; i++) {
		look_up("x.fuzz.test");
		look_up("y.fuzz.test");
		gethostbyname("y.fuzz.test");
		gethostbyaddr(bytes, 4, AF_INET);
		len = res_query("x.fuzz.test", ns_c_in, ns_t_a, answer, sizeof(answer));
		ck_assert_int_le(len, 65535);
	}
	server_set_seed(0);
	net_write_lkl_file(RESOLV_CONF, CASES_RESOLV_CONF);
	ck_assert_int_eq(look_up("x.fuzz.test"), 0);
}
END_TEST

/* In a block of exactly its size, for the sanitizer. */
static void parse_damaged(const unsigned char *answer, int len, int type)
{
	struct resolver_query q = { .answer_len = 1 + random() % len };
	struct hostent *host = NULL;
	int n, ret;

	q.answer = malloc(q.answer_len);
	memcpy(q.answer, answer, q.answer_len);
	for (n = random() % 6; n; n--)
		q.answer[random() % q.answer_len] = random();
	if (type == ns_t_ptr)
		ret = resolver_parse_pointer(&q, "\300\0\2\1", AF_INET, &host);
	else
		ret = resolver_parse_addresses(&q, type, &host);
	ck_assert_int_ne(ret, NETDB_INTERNAL);
	ck_assert(!host == (ret != NETDB_SUCCESS));
	resolver_hosts_free(host);
	free(q.answer);
}

START_TEST(damaged_answers_are_parsed_within_bounds)
{
	static const struct {
		const char *name;
		int type;
	} list[] = {
		{ "alias.test", ns_t_a }, { "alias.test", ns_t_aaaa }, { "circle.test", ns_t_a },
		{ "3.2.0.192.in-addr.arpa", ns_t_ptr }, { "2.2.0.192.in-addr.arpa", ns_t_ptr },
	};
	unsigned char answer[4096];
	size_t i;
	int n, len;

	srandom(1);
	for (i = 0; i < ARRAY_SIZE(list); i++) {
		len = res_query(list[i].name, ns_c_in, list[i].type, answer, sizeof(answer));
		ck_assert_int_gt(len, 0);
		for (n = 0; n < 20000; n++)
			parse_damaged(answer, len, list[i].type);
	}
}
END_TEST

START_TEST(address_of_wrong_length_is_none)
{
	unsigned char answer[512];
	struct resolver_query q = { };
	struct hostent *host;
	int len = res_query("a.test", ns_c_in, ns_t_a, answer, sizeof(answer));

	/* At the end: type, class, time to live, length, and four bytes. */
	ck_assert_int_gt(len, 14);
	ck_assert_int_eq(answer[len - 13], ns_t_a);
	answer[len - 13] = ns_t_aaaa;
	q.answer_len = len;
	q.answer = malloc(len);
	memcpy(q.answer, answer, len);
	ck_assert_int_eq(resolver_parse_addresses(&q, ns_t_aaaa, &host), NO_DATA);
	free(q.answer);
}
END_TEST

START_TEST(own_domain_is_left_out_on_request)
{
	struct sockaddr_in sin = { .sin_family = AF_INET };
	char host[64];

	sin.sin_addr.s_addr = inet_addr("192.0.2.2");
	ck_assert_int_eq(getnameinfo((void *)&sin, sizeof(sin), host, sizeof(host), NULL, 0,
				     NI_NOFQDN), 0);
	ck_assert_str_eq(host, "two");
	ck_assert_int_eq(getnameinfo((void *)&sin, sizeof(sin), host, sizeof(host), NULL, 0, 0), 0);
	ck_assert_str_eq(host, "two.example.test");
}
END_TEST

static int count_descriptors(void)
{
	int n = 0, fd;

	for (fd = 0; fd < 256; fd++)
		n += lkl_sys_fcntl(fd, LKL_F_GETFD, 0) >= 0;
	return n;
}

START_TEST(no_descriptor_is_left)
{
	int before = count_descriptors();

	look_up("many.test");
	look_up("big.test");
	look_up("refused.test");
	gethostbyname("a.test");
	ck_assert_int_eq(count_descriptors(), before);
}
END_TEST

static void resolver_boot(void)
{
	net_boot_lkl();
	net_write_lkl_file(RESOLV_CONF, CASES_RESOLV_CONF);
	server_start();
}

static void resolver_halt(void)
{
	server_stop();
	net_halt_lkl();
}

static int resolver_run_tests(void)
{
	TCase *tc = tcase_create("resolver");

	tcase_set_timeout(tc, 0);
	tcase_add_unchecked_fixture(tc, resolver_boot, resolver_halt);
	tcase_add_test(tc, results_are_the_same_as_those_of_libc);
	tcase_add_test(tc, one_lookup_asks_once_for_each_family);
	tcase_add_test(tc, truncated_answer_comes_by_tcp);
	tcase_add_test(tc, answer_that_does_not_fit_is_cut_and_marked);
	tcase_add_test(tc, use_vc_asks_by_tcp);
	tcase_add_test(tc, without_a_server_says_so_once);
	tcase_add_test(tc, changed_configuration_is_seen);
	tcase_add_test(tc, environment_changes_search_list_and_options);
	tcase_add_test(tc, idn_is_encoded_on_request);
	tcase_add_test(tc, threads_do_not_disturb_each_other);
	tcase_add_test(tc, child_of_fork_uses_the_host);
	tcase_add_test(tc, only_a_child_asks_the_servers_of_the_host);
	tcase_add_test(tc, lookup_goes_on_after_signals);
	tcase_add_test(tc, damaged_answers_give_an_error_or_an_answer);
	tcase_add_test(tc, damaged_answers_are_parsed_within_bounds);
	tcase_add_test(tc, address_of_wrong_length_is_none);
	tcase_add_test(tc, own_domain_is_left_out_on_request);
	tcase_add_test(tc, no_descriptor_is_left);
	return run_case(tc, CK_NOFORK);
}

int main(void)
{
	said_by_libc = net_ask_libc(ask_libc);
	/* The same files as for libc; the network must not be used. */
	if (said_by_libc && (!net_make_private() || !replace_files()))
		return EXIT_FAILURE;
	return resolver_run_tests();
}
