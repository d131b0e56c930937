// SPDX-License-Identifier: GPL-2.0
/*
 * Write data until a crash, and verify the data after the crash.
 *
 * 	crash-writer write DIR [ROUNDS] >REPORT
 * 	crash-writer verify DIR REPORT
 *
 * "write" writes until there is an error, as when the server of the file system
 * is killed.  After each sync, print to standard output which data the sync has
 * promised: records of logs, new files, and versions of a file that is replaced
 * by rename. "verify", after fsck and on any mount, checks that all promised
 * data are there and intact.  Data that were not promised may be there or not.
 *
 * Status of "write": 0 after an error that came later than the first promise,
 * or after ROUNDS.  Status of "verify": 1 if data are missing, or if nothing
 * was promised.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LOGS = 4, RECORD_MAX = 10000, BATCH = 5 };

struct header {
	char magic[8];
	uint32_t log, nr, size, sum;	/* @size includes the header */
};

static const char magic[8] = "lklcrash";

static bool reported;

static void report_promise(const char *format, ...)
{
	char line[64];
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	if (write(STDOUT_FILENO, line, len) != len) {
		perror("the report");
		exit(1);
	}
	reported = true;
}

/* Exit after an error of the file system. */
static void end_by_error(const char *what)
{
	fprintf(stderr, "crash-writer: %s: %s\n", what, strerror(errno));
	exit(reported ? 0 : 1);
}

static uint32_t record_checksum(const uint8_t *p, size_t len)
{
	uint32_t sum = 2166136261u;

	while (len--)
		sum = (sum ^ *p++) * 16777619;
	return sum;
}

/* Fill in record @nr of @log, and return the size of the record. */
static size_t make_record(uint8_t *record, uint32_t log, uint32_t nr)
{
	uint32_t x = (log * 7919 + nr + 1) * 2654435761u;
	struct header h = { .log = log, .nr = nr };

	h.size = sizeof(h) + (x >> 8) % (RECORD_MAX - sizeof(h));
	for (size_t i = sizeof(h); i < h.size; i++) {
		x = x * 1664525 + 1013904223;
		record[i] = x >> 24;
	}
	memcpy(h.magic, magic, sizeof(magic));
	h.sum = record_checksum(record + sizeof(h), h.size - sizeof(h));
	memcpy(record, &h, sizeof(h));
	return h.size;
}

static void write_record(int fd, uint32_t log, uint32_t nr)
{
	uint8_t record[RECORD_MAX];
	size_t len = make_record(record, log, nr), done = 0;

	while (done < len) {
		ssize_t n = write(fd, record + done, len - done);

		if (n <= 0)
			end_by_error("write");
		done += n;
	}
}

/*
 * Append a record to a log.  Each log has its own way to sync: fsync after each
 * record, fdatasync after each record, fsync after several records, O_DSYNC.
 */
static void append_to_log(const int *fds, uint32_t log, uint32_t nr)
{
	write_record(fds[log], log, nr);
	switch (log) {
	case 0:
		if (fsync(fds[log]))
			end_by_error("fsync");
		break;
	case 1:
		if (fdatasync(fds[log]))
			end_by_error("fdatasync");
		break;
	case 2:
		if (nr % BATCH != BATCH - 1)
			return;
		if (fsync(fds[log]))
			end_by_error("fsync");
	}
	report_promise("record %u %u\n", log, nr);
}

/* Write a new file; @log is LOGS, or LOGS + 1 for versions of "current". */
static void write_file(int dir, const char *name, uint32_t log, uint32_t nr)
{
	int fd = openat(dir, name, O_CREAT | O_EXCL | O_WRONLY, 0644);

	if (fd < 0)
		end_by_error("open");
	write_record(fd, log, nr);
	if (fsync(fd))
		end_by_error("fsync");
	if (close(fd))
		end_by_error("close");
}

static void make_new_file(int dir, uint32_t nr)
{
	char name[32];

	snprintf(name, sizeof(name), "new-%u", nr);
	write_file(dir, name, LOGS, nr);
	if (fsync(dir))
		end_by_error("fsync of the directory");
	report_promise("file %u\n", nr);
}

static void replace_current(int dir, uint32_t nr)
{
	write_file(dir, "current.new", LOGS + 1, nr);
	if (renameat(dir, "current.new", dir, "current"))
		end_by_error("rename");
	if (fsync(dir))
		end_by_error("fsync of the directory");
	report_promise("current %u\n", nr);
}

static int write_until_error(const char *path, unsigned long rounds)
{
	int dir = open(path, O_RDONLY | O_DIRECTORY), fds[LOGS];
	char name[32];

	if (dir < 0)
		end_by_error(path);
	for (int i = 0; i < LOGS; i++) {
		snprintf(name, sizeof(name), "log-%d", i);
		fds[i] = openat(dir, name, O_CREAT | O_EXCL | O_WRONLY |
				O_APPEND | (i == 3 ? O_DSYNC : 0), 0644);
		if (fds[i] < 0)
			end_by_error(name);
	}
	if (fsync(dir))
		end_by_error("fsync of the directory");
	for (uint32_t nr = 0; !rounds || nr < rounds; nr++) {
		for (int i = 0; i < LOGS; i++)
			append_to_log(fds, i, nr);
		if (nr % 3 == 0)
			make_new_file(dir, nr / 3);
		if (nr % 3 == 1)
			replace_current(dir, nr / 3);
	}
	return 0;
}

/* The check */

static int missing;

static void __attribute__((format(printf, 1, 2)))
report_missing(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fputs("MISSING: ", stdout);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
	missing++;
}

/* Return true if record @nr of @log comes next in @f. */
static bool next_is(FILE *f, uint32_t log, uint32_t nr)
{
	uint8_t want[RECORD_MAX], got[RECORD_MAX];
	size_t len = make_record(want, log, nr);

	return fread(got, 1, len, f) == len && !memcmp(want, got, len);
}

static FILE *open_in(const char *dir, const char *name)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return fopen(path, "r");
}

static void verify_log(const char *dir, uint32_t log, long last)
{
	char name[32];
	long nr = 0;
	FILE *f;

	snprintf(name, sizeof(name), "log-%u", log);
	f = open_in(dir, name);
	if (!f) {
		report_missing("%s: %s", name, strerror(errno));
		return;
	}
	while (next_is(f, log, nr))
		nr++;
	if (nr <= last)
		report_missing("%s: record %ld, at most %ld, of those until %ld", name,
			       nr, ftell(f), last);
	printf("%s: %ld records promised, %ld there\n", name, last + 1, nr);
	fclose(f);
}

static void verify_new_file(const char *dir, uint32_t nr)
{
	char name[32];
	FILE *f;

	snprintf(name, sizeof(name), "new-%u", nr);
	f = open_in(dir, name);
	if (!f) {
		report_missing("%s: %s", name, strerror(errno));
		return;
	}
	if (!next_is(f, LOGS, nr) || getc(f) != EOF)
		report_missing("%s: contents", name);
	fclose(f);
}

/* Check that "current" is complete and not older than version @last. */
static void verify_current(const char *dir, long last)
{
	FILE *f = open_in(dir, "current");
	struct header h;

	if (!f) {
		report_missing("current: %s", strerror(errno));
		return;
	}
	if (fread(&h, sizeof(h), 1, f) != 1 || memcmp(h.magic, magic, 8)) {
		report_missing("current: contents");
	} else if (h.nr < last) {
		report_missing("current: version %u of %ld", h.nr, last);
	} else {
		rewind(f);
		if (!next_is(f, LOGS + 1, h.nr) || getc(f) != EOF)
			report_missing("current: contents of version %u", h.nr);
	}
	fclose(f);
}

static int verify_report(const char *dir, const char *path)
{
	long last[LOGS] = { -1, -1, -1, -1 }, current = -1, files = 0, lines = 0;
	FILE *f = fopen(path, "r");
	char line[64];
	unsigned int log;
	long nr;

	if (!f) {
		perror(path);
		return 2;
	}
	/* A last line without newline is incomplete, so it promises nothing. */
	while (fgets(line, sizeof(line), f) && strchr(line, '\n')) {
		lines++;
		if (sscanf(line, "record %u %ld", &log, &nr) == 2 && log < LOGS)
			last[log] = nr;
		else if (sscanf(line, "file %ld", &nr) == 1)
			files = nr + 1;
		else if (sscanf(line, "current %ld", &nr) == 1)
			current = nr;
	}
	fclose(f);
	if (!lines)
		report_missing("the report: nothing was promised");
	for (int i = 0; i < LOGS; i++)
		if (last[i] >= 0)
			verify_log(dir, i, last[i]);
	for (nr = 0; nr < files; nr++)
		verify_new_file(dir, nr);
	if (current >= 0)
		verify_current(dir, current);
	printf("%ld promises, %ld new files, %d missing\n", lines, files,
	       missing);
	return missing ? 1 : 0;
}

int main(int argc, char **argv)
{
	if ((argc == 3 || argc == 4) && !strcmp(argv[1], "write"))
		return write_until_error(argv[2], argc == 4 ?
					 strtoul(argv[3], NULL, 0) : 0);
	if (argc == 4 && !strcmp(argv[1], "verify"))
		return verify_report(argv[2], argv[3]);
	fprintf(stderr, "usage: crash-writer write DIR [ROUNDS] | verify DIR REPORT\n");
	return 2;
}
