/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Lists in one string, such as "name=value;name=value".
 */
#ifndef LKL_GUEST_STRING_LIST_H
#define LKL_GUEST_STRING_LIST_H

/**
 * struct lkl_list_entry - an entry of such a list
 * @name:	the text in front of the separator
 * @value:	the text behind the separator; NULL without a separator
 */
struct lkl_list_entry {
	char *name;
	char *value;
};

/*
 * Call @each for the entries of @list, which are separated by @end, until @each
 * returns a value other than 0; return this value.  Blanks around names and
 * values, and empty entries, are left out.  @between separates name and value,
 * 0: entries have no value.
 */
int lkl_list_each(const char *list, char end, char between,
		  int (*each)(const struct lkl_list_entry *entry, void *arg),
		  void *arg);

#endif /* LKL_GUEST_STRING_LIST_H */
