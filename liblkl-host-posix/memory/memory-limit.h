/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Limits of the memory of this process that are below the machine's memory.
 */
#ifndef LKL_POSIX_MEMORY_LIMIT_H
#define LKL_POSIX_MEMORY_LIMIT_H

#include <stdint.h>

/* Return the memory of the machine in bytes. */
uint64_t lkl_posix_machine_memory(void);

/*
 * Return the smallest memory limit of the control groups that the process is
 * in, and of all groups above these, in bytes; UINT64_MAX: no limit.  @root is
 * put before the paths of files, for tests.
 */
uint64_t lkl_posix_cgroup_limit(const char *root);

/*
 * Return the limit of the control groups.  The limit is read once, before the first
 * boot, as a process that has confined itself later can read no files.
 */
uint64_t lkl_posix_group_limit(void);

/*
 * Return the memory that resource limits ("ulimit -v", "ulimit -d") leave to
 * the process, in bytes; UINT64_MAX: no limit.
 */
uint64_t lkl_posix_rlimit_left(void);

#endif /* LKL_POSIX_MEMORY_LIMIT_H */
