// SPDX-License-Identifier: GPL-2.0
/*
 * Stacks of one host thread, by ucontext.
 */
#include <stdlib.h>
#include <ucontext.h>

#include "context.h"

#define STACK_SIZE	(128 << 10)

struct context {
	ucontext_t context;
	struct context *next;
	char stack[STACK_SIZE] __attribute__((aligned(16)));
};

/* Contexts for later: the pages of a new stack would cost much time. */
static struct context *idle;

static struct context *context_alloc(void)
{
	struct context *c = idle;

	if (c)
		idle = c->next;
	else
		c = malloc(sizeof(*c));
	return c;
}

struct context *context_of_thread(void)
{
	static struct context home;

	return &home;
}

struct context *context_create(void (*fn)(void))
{
	struct context *c = context_alloc();

	if (!c)
		abort();
	getcontext(&c->context);
	c->context.uc_stack.ss_sp = c->stack;
	c->context.uc_stack.ss_size = STACK_SIZE;
	makecontext(&c->context, fn, 0);
	return c;
}

void context_free(struct context *c)
{
	c->next = idle;
	idle = c;
}

void context_switch(struct context *from, struct context *to)
{
	swapcontext(&from->context, &to->context);
}
