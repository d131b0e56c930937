// SPDX-License-Identifier: GPL-2.0
/* Bytes that go between sockets, files and pipes: sendfile, splice, tee, stdio. */
#include "sockets.h"

#include <signal.h>
#include <sys/sendfile.h>
#include <sys/stat.h>

enum { SIZE = 300000 };

static char data[SIZE], copy[SIZE];

struct sink {
	int fd;
	long received;
};

static void *sock_copy_receive(void *arg)
{
	struct sink *sink = arg;
	ssize_t n;

	while ((n = must(read(sink->fd, copy + sink->received, SIZE - sink->received))))
		sink->received += n;
	return NULL;
}

static void report_copy(long received)
{
	fact("received %ld same %d", received, !memcmp(data, copy, SIZE));
	memset(copy, 0, SIZE);
}

TEST(sendfile_from_a_file)
{
	int pair[2], file;
	struct sink sink = { 0 };
	pthread_t thread;
	off_t at = 1000;
	long sum = 0, n;

	fill(data, SIZE, 3);
	file = temporary_file(data, SIZE);
	tcp_pair(AF_INET, pair);
	sink.fd = pair[1];
	thread = start_thread(sock_copy_receive, &sink);
	while ((n = must(sendfile(pair[0], file, NULL, SIZE))))
		sum += n;
	fact("sent %ld, file at %ld", sum, (long)lseek(file, 0, SEEK_CUR));
	must(shutdown(pair[0], SHUT_WR));
	join(thread);
	report_copy(sink.received);
	close(pair[0]);
	close(pair[1]);
	tcp_pair(AF_INET6, pair);
	report("sendfile", sendfile(pair[0], file, &at, 500));
	fact("offset %ld", (long)at);
	read_all(pair[1], copy, 500);
	fact("same %d", !memcmp(data + 1000, copy, 500));
	at = SIZE - 10;
	report("at the end", sendfile(pair[0], file, &at, 500));
	report("past it", sendfile(pair[0], file, &at, 500));
	report("none", sendfile(pair[0], file, &at, 0));
	report("from a socket", sendfile(file, pair[0], NULL, 10));
	report("closed", sendfile(pair[0], 1000, NULL, 10));
	report("closed", sendfile(1000, pair[0], NULL, 10));
	close(file);
	close(pair[0]);
	close(pair[1]);
}

/* Moves SIZE bytes from @in to @out through a pipe. */
static long splice_through(int in, int out)
{
	long sum = 0, n, m;
	int pipe_fd[2];

	must(pipe(pipe_fd));
	while ((n = must(splice(in, NULL, pipe_fd[1], NULL, 65536, SPLICE_F_MOVE)))) {
		while (n) {
			m = must(splice(pipe_fd[0], NULL, out, NULL, n, SPLICE_F_MORE));
			n -= m;
			sum += m;
		}
	}
	close(pipe_fd[0]);
	close(pipe_fd[1]);
	return sum;
}

TEST(splice_from_a_file_to_a_socket)
{
	struct sink sink = { 0 };
	int pair[2], file;
	pthread_t thread;

	fill(data, SIZE, 4);
	file = temporary_file(data, SIZE);
	tcp_pair(AF_INET, pair);
	sink.fd = pair[1];
	thread = start_thread(sock_copy_receive, &sink);
	fact("spliced %ld", splice_through(file, pair[0]));
	must(shutdown(pair[0], SHUT_WR));
	join(thread);
	report_copy(sink.received);
	close(file);
	close(pair[0]);
	close(pair[1]);
}

static void *send_data(void *arg)
{
	int fd = *(int *)arg;

	write_all(fd, data, SIZE);
	must(shutdown(fd, SHUT_WR));
	return NULL;
}

TEST(splice_from_a_socket_to_a_file)
{
	int pair[2], file = temporary_file("", 0);
	pthread_t thread;

	fill(data, SIZE, 5);
	tcp_pair(AF_INET, pair);
	thread = start_thread(send_data, &pair[0]);
	fact("spliced %ld", splice_through(pair[1], file));
	join(thread);
	must(lseek(file, 0, SEEK_SET));
	read_all(file, copy, SIZE);
	report_copy(SIZE);
	close(file);
	close(pair[0]);
	close(pair[1]);
}

TEST(splice_from_a_socket_to_a_socket)
{
	int in[2], out[2];
	struct sink sink = { 0 };
	pthread_t sender, receiver;

	fill(data, SIZE, 6);
	tcp_pair(AF_INET, in);
	tcp_pair(AF_INET6, out);
	sink.fd = out[1];
	sender = start_thread(send_data, &in[0]);
	receiver = start_thread(sock_copy_receive, &sink);
	fact("spliced %ld", splice_through(in[1], out[0]));
	must(shutdown(out[0], SHUT_WR));
	join(sender);
	join(receiver);
	report_copy(sink.received);
	for (int i = 0; i < 2; i++) {
		close(in[i]);
		close(out[i]);
	}
}

TEST(splice_with_wrong_arguments)
{
	int pair[2], pipe_fd[2];
	off_t at = 0;

	tcp_pair(AF_INET, pair);
	must(pipe(pipe_fd));
	report("no pipe", splice(pair[0], NULL, pair[1], NULL, 10, 0));
	report("offset", splice(pipe_fd[0], NULL, pair[1], &at, 10, 0));
	report("flags", splice(pipe_fd[0], NULL, pair[1], NULL, 10, 0x100));
	must(fcntl(pair[0], F_SETFL, O_NONBLOCK));
	report("nothing", splice(pair[0], NULL, pipe_fd[1], NULL, 10, SPLICE_F_NONBLOCK));
	report("empty", splice(pipe_fd[0], NULL, pair[1], NULL, 10, SPLICE_F_NONBLOCK));
	report("closed", splice(1000, NULL, pipe_fd[1], NULL, 10, 0));
	report("closed", splice(1000, NULL, pair[1], NULL, 10, 0));
	report("from the wrong end", splice(pipe_fd[1], NULL, pair[1], NULL, 10, 0));
	report("to the wrong end", splice(pair[0], NULL, pipe_fd[0], NULL, 10, 0));
	close(pair[1]);
	report("end", splice(pair[0], NULL, pipe_fd[1], NULL, 10, 0));
	close(pair[0]);
	close(pipe_fd[0]);
	close(pipe_fd[1]);
}

TEST(splice_into_a_pipe_that_nobody_reads)
{
	void (*old)(int) = signal(SIGPIPE, SIG_IGN);
	int pair[2], pipe_fd[2];
	char c;

	tcp_pair(AF_INET, pair);
	must(pipe(pipe_fd));
	close(pipe_fd[0]);
	/* Neither waits for data, nor takes it. */
	report("empty", splice(pair[1], NULL, pipe_fd[1], NULL, 10, 0));
	write_all(pair[0], "x", 1);
	wait_for(pair[1], POLLIN);
	report("splice", splice(pair[1], NULL, pipe_fd[1], NULL, 10, 0));
	report("read", recv(pair[1], &c, 1, MSG_DONTWAIT));
	signal(SIGPIPE, old);
	close(pair[0]);
	close(pair[1]);
	close(pipe_fd[1]);
}

TEST(tee_and_vmsplice_to_sockets)
{
	int pair[2], a[2], b[2];
	struct iovec iov = { (void *)"abcdefgh", 8 };
	char text[20] = "";

	tcp_pair(AF_INET, pair);
	must(pipe(a));
	must(pipe(b));
	report("vmsplice", vmsplice(a[1], &iov, 1, 0));
	report("tee", tee(a[0], b[1], 5, 0));
	report("splice", splice(a[0], NULL, pair[0], NULL, 8, 0));
	report("splice", splice(b[0], NULL, pair[0], NULL, 8, 0));
	read_all(pair[1], text, 13);
	fact("'%s'", text);
	report("tee of a socket", tee(pair[0], b[1], 5, 0));
	report("vmsplice to one", vmsplice(pair[0], &iov, 1, 0));
	for (int i = 0; i < 2; i++) {
		close(pair[i]);
		close(a[i]);
		close(b[i]);
	}
}

TEST(positions_do_not_exist)
{
	char text[20];
	struct iovec iov = { text, 1 };
	int pair[2];

	tcp_pair(AF_INET, pair);
	report("pread", pread(pair[0], text, 1, 0));
	report("pwrite", pwrite(pair[0], text, 1, 0));
	report("preadv", preadv(pair[0], &iov, 1, 0));
	report("pwritev", pwritev(pair[0], &iov, 1, 0));
	report("lseek", lseek(pair[0], 0, SEEK_SET));
	report("ftruncate", ftruncate(pair[0], 0));
	report("fallocate", fallocate(pair[0], 0, 0, 10));
	report("posix_fallocate", -(errno = posix_fallocate(pair[0], 0, 10)));
	report("fsync", fsync(pair[0]));
	report("fdatasync", fdatasync(pair[0]));
	report("preadv2", preadv2(pair[0], &iov, 1, -1, RWF_NOWAIT));
	report("pwritev2", pwritev2(pair[0], &iov, 1, -1, 0));
	report("copy_file_range", copy_file_range(pair[0], NULL, pair[1], NULL, 1, 0));
	close(pair[0]);
	close(pair[1]);
}

TEST(kind_of_descriptor)
{
	char path[64], target[64] = "";
	struct stat st;
	struct statx stx;
	int fd = must(socket(AF_INET, SOCK_STREAM, 0));

	report("fstat", fstat(fd, &st));
	fact("socket %d mode %o size %ld", S_ISSOCK(st.st_mode), st.st_mode & 07777,
	     (long)st.st_size);
	report("fstatat", fstatat(fd, "", &st, AT_EMPTY_PATH));
	fact("socket %d", S_ISSOCK(st.st_mode));
	report("statx", statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &stx));
	fact("socket %d", S_ISSOCK(stx.stx_mode));
	report("isatty", isatty(fd) ? 1 : -1);
	report("fchdir", fchdir(fd));
	report("openat", openat(fd, "name", O_RDONLY));
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	must(readlink(path, target, sizeof(target) - 1));
	fact("link '%.8s'", target);
	close(fd);
}

TEST(stdio_on_sockets)
{
	char line[100] = "";
	FILE *in, *out;
	int pair[2];

	tcp_pair(AF_INET, pair);
	out = fdopen(pair[0], "r+");
	in = fdopen(dup(pair[1]), "r");
	fact("streams %d %d", !!out, !!in);
	fact("fprintf %d", fprintf(out, "number %d\nsecond\n", 42));
	fact("fflush %d", fflush(out));
	fact("fgets '%.9s'", fgets(line, sizeof(line), in));
	fact("fgets '%.6s'", fgets(line, sizeof(line), in));
	must(write(pair[1], "answer\n", 7));
	fact("fgets '%.6s'", fgets(line, sizeof(line), out));
	fact("fileno %d", fileno(out) == pair[0]);
	fact("fclose %d", fclose(out));
	fact("getc %d", getc(in));
	fact("feof %d ferror %d", !!feof(in), !!ferror(in));
	fact("fclose %d", fclose(in));
	report("closed", fcntl(pair[0], F_GETFD));
	close(pair[1]);
}

TEST(large_output_by_stdio)
{
	int pair[2];
	struct sink sink = { 0 };
	pthread_t thread;
	FILE *out;

	fill(data, SIZE, 7);
	tcp_pair(AF_INET, pair);
	sink.fd = pair[1];
	thread = start_thread(sock_copy_receive, &sink);
	out = fdopen(pair[0], "w");
	fact("fwrite %zu", fwrite(data, 1, SIZE, out));
	fact("fclose %d", fclose(out));
	join(thread);
	report_copy(sink.received);
	close(pair[1]);
}

TEST(dprintf_and_getline)
{
	char *line = NULL;
	size_t size = 0;
	int pair[2];
	FILE *in;

	must(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	fact("dprintf %d", dprintf(pair[0], "%s %d\n", "text", 7));
	in = fdopen(pair[1], "r");
	fact("getline %zd", getline(&line, &size, in));
	fact("'%.6s'", line);
	close(pair[0]);
	fact("end %zd", getline(&line, &size, in));
	free(line);
	fclose(in);
}
