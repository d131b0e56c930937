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
 * @path: its path
 * @err: receives the error when NULL is returned
 *
 * Context: any thread, kernel running; a directory is used by one at a time.
 * Return: to be freed by lkl_closedir(), or NULL.
 * Since: 1.0
 */
LKL_API struct lkl_dir *lkl_opendir(const char *path, int *err);

/**
 * lkl_fdopendir - the same from a descriptor, which lkl_closedir() closes
 * @fd: LKL descriptor of a directory
 * @err: receives the error when NULL is returned
 *
 * Context: as lkl_opendir().
 * Return: as lkl_opendir().
 * Since: 1.0
 */
LKL_API struct lkl_dir *lkl_fdopendir(int fd, int *err);

/**
 * lkl_rewinddir - start again
 * @dir: the directory
 *
 * Since: 1.0
 */
LKL_API void lkl_rewinddir(struct lkl_dir *dir);

/**
 * lkl_closedir - close and free
 * @dir: the directory
 *
 * Return: 0 or a negative error.
 * Since: 1.0
 */
LKL_API int lkl_closedir(struct lkl_dir *dir);

/**
 * lkl_readdir - the next entry
 * @dir: the directory
 *
 * Return: an entry, valid until the next call; NULL at the end or after an
 * error, which lkl_errdir() tells: -LKL_EUCLEAN for a damaged directory that
 * goes in circles.
 * Since: 1.0
 */
LKL_API struct lkl_linux_dirent64 *lkl_readdir(struct lkl_dir *dir);

/**
 * lkl_errdir - the last error of lkl_readdir()
 * @dir: the directory
 *
 * Return: 0 or a negative error.
 * Since: 1.0
 */
LKL_API int lkl_errdir(struct lkl_dir *dir);

/**
 * lkl_dirfd - the descriptor of a directory, which stays its own
 * @dir: the directory
 *
 * Return: an LKL descriptor.
 * Since: 1.0
 */
LKL_API int lkl_dirfd(struct lkl_dir *dir);

#ifdef __cplusplus
}
#endif

#endif /* LKL_DIR_H */
