/* SPDX-License-Identifier: GPL-2.0 */
/* The environment of the process, and files for a test. */
#ifndef LKL_TESTS_ENVIRONMENT_H
#define LKL_TESTS_ENVIRONMENT_H

/* Set a variable of the environment, or remove it if @value is NULL. */
void set_variable(const char *name, const char *value);

/*
 * Make a directory with a unique name, which is not ASCII, and store the name in
 * @path, which has room for @size bytes.
 */
void make_directory(char *path, int size);

/* Remove the file or the empty directory @path. */
void remove_file(const char *path);
void remove_directory(const char *path);

/* Write @text to the file @path. */
void write_text_file(const char *path, const char *text);

#endif /* LKL_TESTS_ENVIRONMENT_H */
