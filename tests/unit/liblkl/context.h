/* SPDX-License-Identifier: GPL-2.0 */
/* Stacks of one host thread, between which a test switches. */
#ifndef LKL_TESTS_CONTEXT_H
#define LKL_TESTS_CONTEXT_H

struct context;

/* Return the context of the calling host thread. */
struct context *context_of_thread(void);

/* Return a new context, in which @fn runs; @fn must not return. */
struct context *context_create(void (*fn)(void));

/* Free a context of context_create(), in which nothing runs. */
void context_free(struct context *c);

/* Continue @to, and come back when something continues @from. */
void context_switch(struct context *from, struct context *to);

#endif /* LKL_TESTS_CONTEXT_H */
