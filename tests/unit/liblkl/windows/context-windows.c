// SPDX-License-Identifier: GPL-2.0
/*
 * Stacks of one host thread: fibers.
 */
#include <windows.h>
#include <stdlib.h>

#include "context.h"

#define STACK_SIZE	(128 << 10)

struct context {
	void *fiber;
	void (*fn)(void);
};

struct context *context_of_thread(void)
{
	static struct context home;

	if (!home.fiber)
		home.fiber = ConvertThreadToFiber(NULL);
	if (!home.fiber)
		abort();
	return &home;
}

static void WINAPI context_main(void *arg)
{
	((struct context *)arg)->fn();
}

struct context *context_create(void (*fn)(void))
{
	struct context *c = malloc(sizeof(*c));

	if (!c)
		abort();
	c->fn = fn;
	c->fiber = CreateFiber(STACK_SIZE, context_main, c);
	if (!c->fiber)
		abort();
	return c;
}

void context_free(struct context *c)
{
	DeleteFiber(c->fiber);
	free(c);
}

void context_switch(struct context *from, struct context *to)
{
	SwitchToFiber(to->fiber);
}
