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
 * @path: path of the directory in the kernel
 * @err: receives the negative error when the function returns NULL
 *
 * Context: any thread, kernel running.  Only one thread at a time may use the
 * result.
 * Return: an open directory, which lkl_closedir() frees; NULL on failure.
 * Since: 1.0
 */
LKL_API struct lkl_dir *lkl_opendir(const char *path, int *err);

/**
 * lkl_fdopendir - open a directory for reading by its descriptor
 * @fd: LKL descriptor of the directory.  On success, lkl_closedir() closes @fd;
 *	on failure, @fd still belongs to the caller
 * @err: receives the negative error when the function returns NULL
 *
 * Context: as lkl_opendir().
 * Return: as lkl_opendir(); *@err is -LKL_ENOMEM on failure.
 * Since: 1.0
 */
LKL_API struct lkl_dir *lkl_fdopendir(int fd, int *err);

/**
 * lkl_rewinddir - start again at the first entry
 * @dir: the directory
 *
 * lkl_errdir() returns the error of the function, if there is one.
 *
 * Context: as lkl_opendir().
 * Since: 1.0
 */
LKL_API void lkl_rewinddir(struct lkl_dir *dir);

/**
 * lkl_closedir - close and free a directory
 * @dir: the directory, which is freed also after an error
 *
 * Context: as lkl_opendir(), but also after a halt; before lkl_cleanup().
 * Return: 0, or the error of closing the descriptor.
 * Since: 1.0
 */
LKL_API int lkl_closedir(struct lkl_dir *dir);

/**
 * lkl_readdir - read the next entry
 * @dir: the directory
 *
 * Context: as lkl_opendir().
 * Return: an entry, which belongs to @dir and is valid until the next call of a
 * function for @dir; NULL at the end of the directory: then lkl_errdir()
 * returns 0; or NULL after an error: then lkl_errdir() returns the error.  The
 * error is -LKL_EUCLEAN for a damaged directory whose entries repeat endlessly.
 * Since: 1.0
 */
LKL_API struct lkl_linux_dirent64 *lkl_readdir(struct lkl_dir *dir);

/**
 * lkl_errdir - get the last error of lkl_readdir() or lkl_rewinddir()
 * @dir: the directory
 *
 * Context: as lkl_opendir().
 * Return: the negative error; 0 when there was none.
 * Since: 1.0
 */
LKL_API int lkl_errdir(struct lkl_dir *dir);

/**
 * lkl_dirfd - get the descriptor of a directory
 * @dir: the directory, which keeps the descriptor
 *
 * Context: as lkl_opendir().
 * Return: an LKL descriptor, which lkl_closedir() closes.
 * Since: 1.0
 */
LKL_API int lkl_dirfd(struct lkl_dir *dir);

#ifdef __cplusplus
}
#endif

#endif /* LKL_DIR_H */
