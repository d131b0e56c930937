// SPDX-License-Identifier: GPL-2.0
/*
 * Sends to the host through a tap that the configuration has added as eth0, and
 * ends at once.
 *
 * usage: sender OWN-ADDRESS PEER PORT BYTES HOW
 *
 * HOW is udp-HOW to send one datagram; thread-HOW when all of that is done by a
 * thread, and main() only waits.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static void set_address(const char *address)
{
	struct sockaddr_in *sin;
	struct ifreq r = { .ifr_name = "eth0" };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	sin = (struct sockaddr_in *)&r.ifr_addr;
	sin->sin_family = AF_INET;
	inet_pton(AF_INET, address, &sin->sin_addr);
	if (ioctl(fd, SIOCSIFADDR, &r))
		perror("SIOCSIFADDR");
	inet_pton(AF_INET, "255.255.255.0", &sin->sin_addr);
	if (ioctl(fd, SIOCSIFNETMASK, &r))
		perror("SIOCSIFNETMASK");
	r.ifr_flags = IFF_UP | IFF_RUNNING;
	if (ioctl(fd, SIOCSIFFLAGS, &r))
		perror("SIOCSIFFLAGS");
	close(fd);
}

static FILE *stream;

/* After main(), with what is still in a buffer. */
static void sender_say_goodbye(void)
{
	fputc('!', stream);
}

static void sender_end(const char *how)
{
	if (!strcmp(how, "_exit"))
		_exit(0);
	if (!strcmp(how, "quick_exit"))
		quick_exit(0);
	if (!strcmp(how, "exit_group"))
		syscall(SYS_exit_group, 0);
	if (!strcmp(how, "signal"))
		raise(SIGTERM);
	/* The host's kernel chooses the main thread. */
	if (!strcmp(how, "kill")) {
		kill(getpid(), SIGTERM);
		pause();
	}
	if (!strcmp(how, "stream"))
		atexit(sender_say_goodbye);
	exit(0);
}

static int sender_run(char **argv, const char *how)
{
	struct sockaddr_in to = { .sin_family = AF_INET };
	bool is_udp;
	size_t left;
	char *data;
	ssize_t n;
	int fd;

	set_address(argv[1]);
	inet_pton(AF_INET, argv[2], &to.sin_addr);
	to.sin_port = htons(atoi(argv[3]));
	left = atol(argv[4]);
	data = calloc(1, left + 1);
	is_udp = !strncmp(how, "udp-", 4);
	fd = socket(AF_INET, is_udp ? SOCK_DGRAM : SOCK_STREAM, 0);
	if (connect(fd, (struct sockaddr *)&to, sizeof(to))) {
		perror("connect");
		return 2;
	}
	while (left && (n = send(fd, data, left, 0)) > 0)
		left -= n;
	if (left) {
		perror("send");
		return 2;
	}
	if (!strcmp(how, "udp-close"))
		close(fd);
	else
		stream = fdopen(fd, "w");
	sender_end(is_udp ? how + 4 : how);
	return 0;
}

static void *sender_run_thread(void *arg)
{
	char **argv = arg;

	return (void *)(intptr_t)sender_run(argv, argv[5] + strlen("thread-"));
}

int main(int argc, char **argv)
{
	pthread_t t;
	void *ret;

	if (argc != 6)
		return 2;
	if (strncmp(argv[5], "thread-", strlen("thread-")))
		return sender_run(argv, argv[5]);
	if (pthread_create(&t, NULL, sender_run_thread, argv) ||
	    pthread_join(t, &ret))
		return 2;
	return (int)(intptr_t)ret;
}
