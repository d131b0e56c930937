// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fuzz.h"

/* Ends endless loops */
#define HANG_S	120

/**
 * struct progress - memory that is shared with the parent process
 * @seed:	seed in progress
 * @count:	see struct fuzz
 * @done:	all seeds were tried
 */
static struct progress {
	uint64_t seed;
	uint64_t count[FUZZ_COUNTS];
	bool done;
} *progress;

uint64_t *fuzz_count;
static uint64_t state;

uint64_t random64(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state * 0x2545f4914f6cdd1dULL;
}

unsigned int below(unsigned int n)
{
	return (random64() >> 32) % n;
}

bool one_in(unsigned int n)
{
	return !below(n);
}

static void set_seed(uint64_t seed)
{
	state = seed * 0x9e3779b97f4a7c15ULL + 1;
	for (int i = 0; i < 8; i++)
		random64();
}

static void try_seeds(const struct fuzz *f, uint64_t first, uint64_t last)
{
	for (progress->seed = first; progress->seed <= last;
	     progress->seed++) {
		alarm(HANG_S);
		set_seed(progress->seed);
		f->try_seed();
	}
	progress->done = true;
	/* The sanitizers' own end, for leaks. */
	exit(EXIT_SUCCESS);
}

static uint64_t fuzz_number(const struct fuzz *f, const char *s)
{
	char *end;
	uint64_t n = strtoull(s, &end, 0);

	if (!n || *end) {
		fprintf(stderr, "%s: '%s' is no number of seeds\n", f->name, s);
		exit(EXIT_FAILURE);
	}
	return n;
}

static int fuzz_report(const struct fuzz *f, bool ok, int status)
{
	bool used = true;

	for (int i = 0; i < FUZZ_COUNTS; i++) {
		printf("# %s: %llu\n", f->counts[i],
		       (unsigned long long)progress->count[i]);
		used = used && progress->count[i];
	}
	if (!ok && progress->done)
		printf("# status %#x after the last seed\n", status);
	else if (!ok)
		printf("# status %#x; to see it again: %s %llu\n", status,
		       f->name, (unsigned long long)progress->seed);
	printf("%sok 1 - random_input_does_no_harm\n", ok ? "" : "not ");
	/* The program is at fault if it did not get anywhere. */
	printf("%sok 2 - the_tested_code_was_reached\n", used ? "" : "not ");
	return ok && used ? EXIT_SUCCESS : EXIT_FAILURE;
}

int fuzz_main(const struct fuzz *f, int argc, char **argv)
{
	const char *env = getenv("SEEDS");
	uint64_t first = 1, last = env ? fuzz_number(f, env) : f->seeds;
	int status;
	pid_t pid;

	if (argc > 1)
		first = last = fuzz_number(f, argv[1]);
	progress = mmap(NULL, sizeof(*progress), PROT_READ | PROT_WRITE,
			MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (progress == MAP_FAILED)
		return EXIT_FAILURE;
	fuzz_count = progress->count;
	printf("1..2\n");
	fflush(stdout);
	pid = fork();
	if (!pid)
		try_seeds(f, first, last);
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return EXIT_FAILURE;
	return fuzz_report(f, status == 0 && progress->done, status);
}
