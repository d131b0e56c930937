/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Calls of the resolver and what came of them as text, for a comparison of two
 * resolvers that have the same servers, files and addresses.
 */
#ifndef LKL_TESTS_RESOLVER_CASES_H
#define LKL_TESTS_RESOLVER_CASES_H

#include <stdio.h>

#define CASES_HOSTS \
	"127.0.0.1\tlocalhost\n" \
	"::1\tlocalhost ip6-localhost\n" \
	"192.0.2.50\tonly4.hosts first.alias second.alias\n" \
	"2001:db8::50\tonly6.hosts\n" \
	"192.0.2.51\tboth.hosts\n" \
	"2001:db8::51\tboth.hosts\n" \
	"192.0.2.52\ttwice.hosts\n" \
	"192.0.2.53\ttwice.hosts\n"
#define CASES_RESOLV_CONF \
	"# a comment\n" \
	"nameserver 127.0.0.1\n" \
	"search example.test second.test\n" \
	"options timeout:1 attempts:1\n"
#define CASES_NSSWITCH	"hosts: files dns\nservices: files\nprotocols: files\n"

/* One line for each. */
void cases_run(FILE *out);
/* With a server that does not answer, which takes some seconds. */
void cases_run_timeouts(FILE *out);

#endif /* LKL_TESTS_RESOLVER_CASES_H */
