/* SPDX-License-Identifier: GPL-2.0 */
/*
 * lkl_dir.h - reading directories
 *
 * Included by <lkl.h>.
 */
#ifndef LKL_DIR_H
#define LKL_DIR_H

#include <lkl_base.h>

#ifdef __cplusplus
extern "C" {
#endif

struct lkl_dir;
struct lkl_linux_dirent64;

/**
 * lkl_opendir - open a directory for reading
 * @path: path of the directory
 * @err: receives the error when the result is NULL
 *
 * Context: any thread, kernel running; one thread at a time uses a directory.
 * Return: a directory, to be freed by lkl_closedir(), or NULL.
 * Since: 1.0
 */
LKL_API struct lkl_dir *lkl_opendir(const char *path, int *err);

/**
 * lkl_fdopendir - open a directory for reading by its descriptor
 * @fd: LKL descriptor of the directory, which lkl_closedir() closes
 * @err: receives the error when the result is NULL
 *
 * Context: as lkl_opendir().
 * Return: as lkl_opendir().
 * Since: 1.0
 */
LKL_API struct lkl_dir *lkl_fdopendir(int fd, int *err);

/**
 * lkl_rewinddir - start again at the first entry
 * @dir: the directory
 *
 * Since: 1.0
 */
LKL_API void lkl_rewinddir(struct lkl_dir *dir);

/**
 * lkl_closedir - close and free a directory
 * @dir: the directory
 *
 * Return: 0 or a negative error.
 * Since: 1.0
 */
LKL_API int lkl_closedir(struct lkl_dir *dir);

/**
 * lkl_readdir - read the next entry
 * @dir: the directory
 *
 * Return: an entry, valid until the next call; NULL at the end, and after an
 * error, which lkl_errdir() returns: -LKL_EUCLEAN for a damaged directory whose
 * entries repeat without an end.
 * Since: 1.0
 */
LKL_API struct lkl_linux_dirent64 *lkl_readdir(struct lkl_dir *dir);

/**
 * lkl_errdir - get the last error of lkl_readdir()
 * @dir: the directory
 *
 * Return: 0 or a negative error.
 * Since: 1.0
 */
LKL_API int lkl_errdir(struct lkl_dir *dir);

/**
 * lkl_dirfd - get the descriptor of a directory
 * @dir: the directory, which keeps the descriptor
 *
 * Return: an LKL descriptor.
 * Since: 1.0
 */
LKL_API int lkl_dirfd(struct lkl_dir *dir);

#ifdef __cplusplus
}
#endif

#endif /* LKL_DIR_H */
