/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A doubly linked list whose links are members of its elements.  The list head
 * is a link as well, so that adding and removing need no special case.
 */
#ifndef SHARED_LIST_H
#define SHARED_LIST_H

#include <stdbool.h>

#include "shared/macros.h"

/**
 * struct list - a list head, or the link of an element
 * @next:	the next element's link, or the head's
 * @prev:	the previous element's link, or the head's
 */
struct list {
	struct list *next;
	struct list *prev;
};

#define LIST_INIT(head)	{ &(head), &(head) }

static inline void list_init(struct list *head)
{
	head->next = head;
	head->prev = head;
}

static inline bool list_is_empty(const struct list *head)
{
	return head->next == head;
}

/* Add @link before @next.  If @next is the head, @link becomes the last one. */
static inline void list_add_before(struct list *next, struct list *link)
{
	link->next = next;
	link->prev = next->prev;
	next->prev->next = link;
	next->prev = link;
}

static inline void list_add_head(struct list *head, struct list *link)
{
	list_add_before(head->next, link);
}

static inline void list_add_tail(struct list *head, struct list *link)
{
	list_add_before(head, link);
}

/* Remove @link from its list.  Removing @link again does nothing. */
static inline void list_remove(struct list *link)
{
	link->next->prev = link->prev;
	link->prev->next = link->next;
	list_init(link);
}

/* Return the element of type @type whose member @member is link @ptr. */
#define list_entry(ptr, type, member) container_of(ptr, type, member)

/* Visit each element of list @head, oldest first. */
#define list_for_each(pos, head, member)				      \
	for ((pos) = list_entry((head)->next, __typeof__(*(pos)), member);    \
	     &(pos)->member != (head);					      \
	     (pos) = list_entry((pos)->member.next, __typeof__(*(pos)),	      \
				member))

/* As list_for_each(), but the body may remove @pos.  @tmp has the type of @pos. */
#define list_for_each_safe(pos, tmp, head, member)			      \
	for ((pos) = list_entry((head)->next, __typeof__(*(pos)), member),    \
	     (tmp) = list_entry((pos)->member.next, __typeof__(*(pos)),	      \
				member);				      \
	     &(pos)->member != (head);					      \
	     (pos) = (tmp),						      \
	     (tmp) = list_entry((tmp)->member.next, __typeof__(*(tmp)),	      \
				member))

#endif /* SHARED_LIST_H */
