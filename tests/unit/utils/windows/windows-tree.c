// SPDX-License-Identifier: GPL-2.0
/*
 * Files of Windows through the interface of the copy tools.  Some parts need
 * functions that wine does not have, and are skipped there.
 */
#include "copy/trees/windows/windows-handle.h"

#include <lkl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/path.h"
#include "common/windows/windows-name.h"
#include "copy/trees/windows/windows-reparse.h"
#include "shared/macros.h"

#define T (&host_tree)
#define GIB (1ULL << 30)

#define CHECK(condition) test_check(condition, #condition, __LINE__)
#define CHECK_INT(got, expected) test_check_int(got, expected, #got, __LINE__)

static bool test_failed;
static const char *test_skipped;
/* The directory of the current test */
static int root;

static void test_check(bool condition, const char *text, int line)
{
	if (condition)
		return;
	printf("# line %d: %s (error %lu)\n", line, text, GetLastError());
	test_failed = true;
}

static void test_check_int(int64_t got, int64_t expected, const char *text, int line)
{
	if (got == expected)
		return;
	printf("# line %d: %s is %lld, expected %lld\n", line, text, (long long)got,
	       (long long)expected);
	test_failed = true;
}

static int test_create(int dir, const char *name, const char *text)
{
	int fd = T->open(dir, name, TREE_CREATE, 0600);

	if (fd < 0)
		return fd;
	CHECK_INT(T->write(fd, text, strlen(text), 0), strlen(text));
	return T->close(fd);
}

static void test_check_contents(int dir, const char *name, const char *text)
{
	char buf[64];
	int fd = T->open(dir, name, TREE_READ, 0);
	long n;

	CHECK(fd >= 0);
	n = T->read(fd, buf, sizeof(buf), 0);
	CHECK_INT(n, strlen(text));
	CHECK(n > 0 && !memcmp(buf, text, n));
	CHECK_INT(T->read(fd, buf, sizeof(buf), strlen(text)), 0);
	CHECK_INT(T->close(fd), 0);
}

static int test_make_dir(int dir, const char *name)
{
	int fd;

	CHECK_INT(T->mkdir(dir, name, 0755), 0);
	fd = T->open(dir, name, TREE_DIR, 0);
	CHECK(fd >= 0);
	return fd;
}

/* Return the number of files in a directory, and whether @name is one. */
static int test_count(int dir, const char *name, bool *found)
{
	int err = 0, n = 0;
	struct tree_dir *d = T->dir_open(T->open(dir, ".", TREE_DIR, 0), &err);
	const char *entry;

	*found = false;
	while ((entry = T->dir_next(d, &err))) {
		if (path_is_dots(entry))
			continue;
		n++;
		*found |= name && !strcmp(entry, name);
	}
	CHECK_INT(err, 0);
	T->dir_close(d);
	return n;
}

/* Remove all files of a directory, and close the directory. */
static void test_clear(int dir)
{
	int err = 0;
	struct tree_dir *d = T->dir_open(T->open(dir, ".", TREE_DIR, 0), &err);
	const char *name;

	while ((name = T->dir_next(d, &err))) {
		if (path_is_dots(name) || T->unlink(dir, name) != -LKL_EISDIR)
			continue;
		test_clear(T->open(dir, name, TREE_DIR, 0));
		CHECK_INT(T->rmdir(dir, name), 0);
	}
	T->dir_close(d);
	T->close(dir);
}

static void test_causes_are_told_apart(void)
{
	T->close(test_make_dir(root, "dir"));
	CHECK_INT(T->open(root, "dir", TREE_READ, 0), -LKL_EISDIR);
	/* The file is deleted, but another program has opened it.  Wine opens such files. */
	CHECK_INT(windows_status(0xc0000056), -LKL_EBUSY);
	/* STATUS_ACCESS_DENIED */
	CHECK_INT(windows_status(0xc0000022), -LKL_EACCES);
}

/* Names */

static void test_names_are_converted(void)
{
	static const struct {
		const char *utf8;
		wchar_t utf16[8];
		int len;
	} names[] = {
		{ "plain", L"plain", 5 },
		{ "\xc3\xa4\xe2\x82\xac", { 0xe4, 0x20ac }, 2 },
		{ "\xf0\x9f\x98\x80!", { 0xd83d, 0xde00, '!' }, 3 },
		/* Halves of pairs, which Windows permits */
		{ "a\xed\xa0\xbd", { 'a', 0xd83d }, 2 },
		{ "\xed\xb8\x80\xed\xa0\xbdz", { 0xde00, 0xd83d, 'z' }, 3 },
	};
	static const char *const refused[] = {
		"latin\xe4", "\xc0\xaf", "\xed\xa0\xbd\xed\xb8\x80", "\xf4\x90\x80\x80", "\xe2\x82",
	};
	wchar_t wide[32];
	char narrow[96];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		CHECK_INT(windows_utf16(wide, 32, names[i].utf8), names[i].len);
		CHECK(!wcscmp(wide, names[i].utf16));
		windows_utf8(narrow, wide, names[i].len);
		CHECK(!strcmp(narrow, names[i].utf8));
	}
	for (i = 0; i < ARRAY_SIZE(refused); i++)
		CHECK_INT(windows_utf16(wide, 32, refused[i]), -WINDOWS_EUTF8);
	CHECK(strstr(windows_strerror(-WINDOWS_EUTF8), "UTF-8"));
}

static void test_forbidden_names_are_refused(void)
{
	static const char *const names[] = {
		"a<", "a>", "a:b", "a\"", "a|", "a?", "a*", "a\\b", "a\x01", "a\n", "a.", "a ",
		"con", "NUL", "nul.txt", "Aux.tar.gz", "com1", "LPT9.x", "prn .x", "conout$",
		"COM\xc2\xb2", "x\xff",
	};
	const struct tree_node fifo = { .mode = NODE_FIFO };
	struct tree_node node;
	bool found;
	size_t i;

	CHECK_INT(test_create(root, "source", "x"), 0);
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		CHECK(test_create(root, names[i], "lost") <= -WINDOWS_ENAME);
		CHECK(T->mkdir(root, names[i], 0755) <= -WINDOWS_ENAME);
		CHECK(T->symlink("source", root, names[i]) <= -WINDOWS_ENAME);
		CHECK(T->link(root, "source", root, names[i]) <= -WINDOWS_ENAME);
		CHECK(T->mknod(root, names[i], &fifo) <= -WINDOWS_ENAME);
	}
	CHECK_INT(test_count(root, NULL, &found), 1);
	/* Not a stream of an existing file */
	CHECK_INT(T->stat(root, "source:stream", &node), -WINDOWS_ENAME);
	CHECK_INT(T->open(TREE_CWD, "directory./file", TREE_DIR, 0), -WINDOWS_ENAME);
	CHECK_INT(T->open(TREE_CWD, "NUL", TREE_READ, 0), -WINDOWS_ENAME);
	CHECK(strstr(windows_strerror(-WINDOWS_ENAME), "name"));
}

static void test_other_names_are_kept(void)
{
	static const char *const names[] = {
		"plain", ".hidden", " first", "console", "com", "com10", "nul0", "aux-file", "a.b.c",
		"gr\xc3\xbc\xc3\x9f" "e", "\xe6\x96\x87\xe4\xbb\xb6", "\xf0\x9f\x90\xa7.txt", "a~1",
	};
	char longest[WINDOWS_NAME_MAX + 4];
	wchar_t units[WINDOWS_NAME_MAX + 1];
	bool found;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		CHECK_INT(test_create(root, names[i], names[i]), 0);
		CHECK_INT(test_count(root, names[i], &found), i + 1);
		CHECK(found);
		test_check_contents(root, names[i], names[i]);
	}
	memset(longest, 'n', sizeof(longest));
	longest[WINDOWS_NAME_MAX + 1] = 0;
	CHECK_INT(test_create(root, longest, "x"), -LKL_ENAMETOOLONG);
	longest[WINDOWS_NAME_MAX] = 0;
	CHECK_INT(test_create(root, longest, "x"), 0);
	/* A character of two units */
	strcpy(longest + WINDOWS_NAME_MAX - 1, "\xf0\x9f\x90\xa7");
	CHECK_INT(windows_name(units, longest, true), -LKL_ENAMETOOLONG);
	strcpy(longest + WINDOWS_NAME_MAX - 2, "\xf0\x9f\x90\xa7");
	CHECK_INT(windows_name(units, longest, true), WINDOWS_NAME_MAX);
	CHECK_INT(test_create(root, "PLAIN", "x"), -LKL_EEXIST);
}

static void test_half_pairs_are_kept(void)
{
	static const char name[] = "half\xed\xa0\xbd";
	bool found;
	int ret = test_create(root, name, "x");

	if (ret == -WINDOWS_ENAME || ret == -LKL_ENOENT) {
		test_skipped = "the system permits no half of a surrogate pair";
		return;
	}
	CHECK_INT(ret, 0);
	CHECK_INT(test_count(root, name, &found), 1);
	CHECK(found);
}

static void test_check_path(const char *path, const wchar_t *expected)
{
	wchar_t *got = NULL;

	CHECK_INT(windows_path(&got, path), wcslen(expected));
	CHECK(got && !wcscmp(got, expected));
	free(got);
}

static void test_paths_become_absolute(void)
{
	wchar_t *got = NULL;
	int len = windows_path(&got, "a/../b/./c");

	CHECK(len > 0 && !wcsncmp(got, L"\\??\\", 4));
	CHECK(len > 4 && !wcscmp(got + len - 4, L"\\b\\c"));
	free(got);
	test_check_path("C:\\x/y", L"\\??\\C:\\x\\y");
	test_check_path("C:/x/../../z/", L"\\??\\C:\\z\\");
	test_check_path("//server/share/f", L"\\??\\UNC\\server\\share\\f");
	test_check_path("\\\\?\\C:\\x", L"\\??\\C:\\x");
	test_check_path("\\\\.\\PhysicalDrive1", L"\\??\\PhysicalDrive1");
	CHECK_INT(windows_path(&got, ""), -LKL_ENOENT);
	CHECK_INT(windows_path(&got, "C:/a|b"), -WINDOWS_ENAME);
}

static void test_check_host_path(const char *path, const char *expected)
{
	char *got = path_from_host(path);

	CHECK(!strcmp(got, expected));
	free(got);
}

static void test_paths_of_users_get_slashes(void)
{
	test_check_host_path("a\\b/c", "a/b/c");
	test_check_host_path("C:\\", "C:/.");
	test_check_host_path("c:\\\\", "c:/.");
	test_check_host_path("C:\\x", "C:/x");
	test_check_host_path("C:", "C:./.");
	test_check_host_path("C:x\\y", "C:./x/y");
	test_check_host_path("\\x", "/x");
	test_check_host_path("\\\\server\\share", "//server/share");
	test_check_host_path("\\\\?\\C:\\", "//?/C:/.");
	test_check_host_path("\\\\?\\C:\\x", "//?/C:/x");
	test_check_path("//?/C:/.", L"\\??\\C:\\");
	test_check_path("//?/C:/x", L"\\??\\C:\\x");
}

static void test_roots_keep_their_slash(void)
{
	CHECK_INT(path_root_length("x/y"), 0);
	CHECK_INT(path_root_length("/x"), 1);
	CHECK_INT(path_root_length("C:/x"), 3);
	CHECK_INT(path_root_length("C:./x"), 2);
	CHECK_INT(path_root_length("//server/share/x"), 15);
	CHECK_INT(path_root_length("//server/share"), 14);
	CHECK_INT(path_root_length("//?/C:/x"), 7);
	CHECK_INT(path_root_length("//?/UNC/server/share/x"), 21);
}

static void test_paths_may_be_long(void)
{
	static const char part[] = "a-directory-with-a-name-of-fifty-characters-in-all";
	struct path_buf path = { };
	struct tree_node node;
	char base[64];
	int i, fd, dir = T->open(root, ".", TREE_DIR, 0);

	snprintf(base, sizeof(base), "windows-tree-%lu", GetCurrentProcessId());
	path_set(&path, base);
	for (i = 0; i < 12; i++) {
		fd = test_make_dir(dir, part);
		T->close(dir);
		dir = fd;
		path_push(&path, part);
	}
	CHECK(path.len > 600);
	CHECK_INT(test_create(dir, "file", "deep"), 0);
	T->close(dir);
	dir = T->open(TREE_CWD, path.str, TREE_DIR, 0);
	CHECK(dir >= 0);
	test_check_contents(dir, "file", "deep");
	T->close(dir);
	path_push(&path, "file");
	CHECK_INT(T->stat(TREE_CWD, path.str, &node), 0);
	test_check_contents(TREE_CWD, path.str, "deep");
	path_free(&path);
}

/* Attributes */

static void test_modes_are_mapped(void)
{
	struct tree_node node, times = { .mtime = { 1, 0 }, .atime = { 1, 0 } };
	int fd;

	CHECK_INT(test_create(root, "file", "x"), 0);
	CHECK_INT(T->stat(root, "file", &node), 0);
	CHECK_INT(node.mode, NODE_FILE | 0644);
	CHECK_INT(T->stat(root, ".", &node), 0);
	CHECK_INT(node.mode, NODE_DIR | 0755);
	CHECK_INT(T->chmod(root, "file", 0444), 0);
	CHECK_INT(T->stat(root, "file", &node), 0);
	CHECK_INT(node.mode, NODE_FILE | 0444);
	test_check_contents(root, "file", "x");
	CHECK_INT(T->chmod(root, "file", 0644), 0);
	CHECK_INT(T->stat(root, "file", &node), 0);
	CHECK_INT(node.mode, NODE_FILE | 0644);

	CHECK_INT(T->chmod(root, "file", 04750), -WINDOWS_EMODE);
	CHECK_INT(T->chmod(root, NULL, 0755), 0);
	CHECK_INT(T->chmod(root, NULL, 0555), -WINDOWS_EMODE);
	CHECK(T->is_unsupported(-WINDOWS_EMODE));

	/* A new file becomes read-only while it is open, as in a copy. */
	fd = T->open(root, "new", TREE_CREATE, 0600);
	CHECK_INT(T->chmod(fd, NULL, 0400), -WINDOWS_EMODE);
	CHECK_INT(T->write(fd, "more", 4, 0), 4);
	CHECK_INT(T->set_times(fd, NULL, &times), 0);
	CHECK_INT(T->close(fd), 0);
	CHECK_INT(T->stat(root, "new", &node), 0);
	CHECK_INT(node.mode, NODE_FILE | 0444);
	CHECK_INT(node.mtime.sec, 1);
	CHECK_INT(T->unlink(root, "new"), 0);
	CHECK_INT(T->stat(root, "new", &node), -LKL_ENOENT);
}

static void test_check_time(const char *name, struct tree_time set, struct tree_time expected)
{
	struct tree_node node = { .atime = set, .mtime = set };

	CHECK_INT(T->set_times(root, name, &node), 0);
	CHECK_INT(T->stat(root, name, &node), 0);
	CHECK_INT(node.mtime.sec, expected.sec);
	CHECK_INT(node.mtime.nsec, expected.nsec);
	CHECK_INT(node.atime.sec, expected.sec);
	CHECK_INT(node.atime.nsec, expected.nsec);
}

#define TIME(...) ((struct tree_time) { __VA_ARGS__ })

static void test_times_are_mapped(void)
{
	struct tree_node node = { .mtime = { 1, 0 }, .atime = { 2, 0 } };
	int fd;

	CHECK_INT(test_create(root, "file", "x"), 0);
	test_check_time("file", TIME(1234567890, 123456700), TIME(1234567890, 123456700));
	/* Down to 100 ns */
	test_check_time("file", TIME(1234567890, 999999999), TIME(1234567890, 999999900));
	test_check_time("file", TIME(0, 0), TIME(0, 0));
	test_check_time("file", TIME(-1, 500000000), TIME(-1, 500000000));
	/* 1950, and 2300: beyond the range of 64-bit nanoseconds */
	test_check_time("file", TIME(-631152000, 100), TIME(-631152000, 100));
	test_check_time("file", TIME(10413792000, 200), TIME(10413792000, 200));

	fd = T->open(root, "new", TREE_CREATE, 0600);
	CHECK_INT(T->write(fd, "x", 1, 0), 1);
	CHECK_INT(T->set_times(fd, NULL, &node), 0);
	CHECK_INT(T->close(fd), 0);
	CHECK_INT(T->stat(root, "new", &node), 0);
	CHECK_INT(node.mtime.sec, 1);
	CHECK_INT(node.atime.sec, 2);
	node.mtime.sec = 3;
	CHECK_INT(T->set_times(root, NULL, &node), 0);
	CHECK_INT(T->stat(root, NULL, &node), 0);
	CHECK_INT(node.mtime.sec, 3);
}

static void test_times_out_of_range_are_limited(void)
{
	struct tree_node node = { .atime = { INT64_MIN, 0 }, .mtime = { INT64_MAX, 999999999 } };

	CHECK_INT(test_create(root, "file", "x"), 0);
	CHECK_INT(T->set_times(root, "file", &node), 0);
	CHECK_INT(T->stat(root, "file", &node), 0);
	/* The file system below may limit the times further. */
	CHECK(node.atime.sec < 0 && node.atime.sec >= -11644473600);
	CHECK(node.mtime.sec > INT32_MAX);
}

static void test_unsupported_attributes_are_told(void)
{
	const struct tree_node fifo = { .mode = NODE_FIFO | 0644 };
	char buf[16];

	CHECK_INT(test_create(root, "file", "x"), 0);
	CHECK_INT(T->chown(root, "file", UINT32_MAX, UINT32_MAX), 0);
	CHECK_INT(T->chown(root, "file", 1000, 1000), -WINDOWS_EOWNER);
	CHECK_INT(T->set_xattr(root, "file", "user.a", "b", 1), -WINDOWS_EXATTR);
	CHECK_INT(T->set_flags(root, "file", 0x10), -WINDOWS_EFLAGS);
	CHECK_INT(T->list_xattr(root, "file", buf, sizeof(buf)), 0);
	CHECK(T->is_unsupported(-WINDOWS_EOWNER) && T->is_unsupported(-WINDOWS_EXATTR));
	CHECK_INT(T->mknod(root, "fifo", &fifo), -WINDOWS_ETYPE);
}

/* Data */

static void test_check_blocks(const struct tree_node *node)
{
	if (node->blocks * 512 >= node->size)
		test_skipped = "the system does not mark files as sparse";
	else
		CHECK(node->blocks * 512 < GIB);
}

static void test_check_extents(int fd)
{
	if (T->seek_hole(fd, 0) == 3 * (int64_t)GIB + 1) {
		test_skipped = "the system does not tell where holes are";
		return;
	}
	CHECK(T->seek_data(fd, 0) > 2 * (int64_t)GIB);
	CHECK_INT(T->seek_data(fd, 3 * GIB), 3 * GIB);
	CHECK_INT(T->seek_hole(fd, 0), 0);
	CHECK_INT(T->seek_hole(fd, 3 * GIB), 3 * GIB + 1);
}

static void test_sparse_files(void)
{
	struct tree_node node;
	int fd = T->open(root, "sparse", TREE_CREATE, 0600);
	char c = 'y';

	CHECK_INT(T->write(fd, "x", 1, 3 * GIB), 1);
	CHECK_INT(T->close(fd), 0);
	CHECK_INT(T->stat(root, "sparse", &node), 0);
	CHECK_INT(node.size, 3 * GIB + 1);
	test_check_blocks(&node);

	fd = T->open(root, "sparse", TREE_READ, 0);
	CHECK_INT(T->read(fd, &c, 1, GIB), 1);
	CHECK_INT(c, 0);
	CHECK_INT(T->read(fd, &c, 1, 3 * GIB), 1);
	CHECK_INT(c, 'x');
	CHECK(T->is_no_data(T->seek_data(fd, 3 * GIB + 1)));
	test_check_extents(fd);
	CHECK_INT(T->close(fd), 0);
}

static void test_files_end_in_a_hole(void)
{
	struct tree_node node;
	int fd = T->open(root, "tail", TREE_CREATE, 0600);

	CHECK_INT(T->write(fd, "head", 4, 0), 4);
	CHECK_INT(T->truncate(fd, 2 * GIB), 0);
	CHECK_INT(T->close(fd), 0);
	CHECK_INT(T->stat(root, "tail", &node), 0);
	CHECK_INT(node.size, 2 * GIB);
	test_check_blocks(&node);
}

/* Links */

static void test_check_reparse_link(ULONG tag, const void *data, USHORT size, const char *expected)
{
	struct reparse_data point = { .tag = tag, .size = size };
	char buf[64] = "";

	memcpy(point.all, data, size);
	CHECK_INT(windows_reparse_link(&point, buf, sizeof(buf) - 1), strlen(expected));
	CHECK(!strcmp(buf, expected));
}

#define VOLUME	L"\\??\\Volume{9f1c0a52-0000-0000-0000-100000000000}"

static void test_check_mount(const wchar_t *target, bool expected)
{
	USHORT size = wcslen(target) * sizeof(*target);
	struct reparse_data point = {
		.tag = IO_REPARSE_TAG_MOUNT_POINT, .size = 8 + size, .link.name_size = size,
	};

	memcpy(point.link.rest, target, size);
	CHECK_INT(windows_reparse_is_mount(&point), expected);
	point.tag = IO_REPARSE_TAG_SYMLINK;
	CHECK(!windows_reparse_is_mount(&point));
}

/* Use data as other programs write them: wine lets no test make reparse points. */
static void test_reparse_points_are_read(void)
{
	const struct {
		USHORT name_at, name_size, print_at, print_size;
		ULONG flags;
		wchar_t names[16];
	} link = { 4, 12, 0, 4, 1, L"xy..\\a\xe9z" };
	const struct {
		USHORT name_at, name_size, print_at, print_size;
		wchar_t names[32];
	} junction = { 0, 20, 22, 0, L"\\??\\D:\\dir" }, share = { 0, 26, 28, 0, L"\\??\\UNC\\nas\\x" },
	  plain = { 0, 14, 16, 0, L"UNC\\nas" };
	struct reparse_data bad = { .tag = IO_REPARSE_TAG_SYMLINK, .size = sizeof(link) };
	char buf[16];

	test_check_reparse_link(IO_REPARSE_TAG_SYMLINK, &link, sizeof(link), "../a\xc3\xa9z");
	test_check_reparse_link(IO_REPARSE_TAG_MOUNT_POINT, &junction, sizeof(junction), "D:/dir");
	test_check_reparse_link(IO_REPARSE_TAG_MOUNT_POINT, &share, sizeof(share), "//nas/x");
	test_check_reparse_link(IO_REPARSE_TAG_MOUNT_POINT, &plain, sizeof(plain), "UNC/nas");
	test_check_reparse_link(TAG_LX_SYMLINK, "\2\0\0\0/usr/\xff", 10, "/usr/\xff");

	/* Where a volume is mounted, and a directory of a volume */
	test_check_mount(VOLUME L"\\", true);
	test_check_mount(VOLUME, true);
	test_check_mount(VOLUME L"\\Users", false);
	test_check_mount(L"\\??\\Volume{1}\\", false);
	test_check_mount(L"\\??\\D:\\", false);

	memcpy(bad.all, &link, sizeof(link));
	bad.link.name_size = 0xfffe;
	CHECK_INT(windows_reparse_link(&bad, buf, sizeof(buf)), -LKL_EIO);
	bad.tag = 0x80000017;
	CHECK_INT(windows_reparse_link(&bad, buf, sizeof(buf)), -LKL_EINVAL);
}

static void test_hard_links(void)
{
	struct tree_node first, second;
	int dir = test_make_dir(root, "dir");

	CHECK_INT(test_create(root, "first", "shared"), 0);
	CHECK_INT(T->link(root, "first", dir, "second"), 0);
	CHECK_INT(T->stat(root, "first", &first), 0);
	CHECK_INT(T->stat(dir, "second", &second), 0);
	CHECK_INT(first.nlink, 2);
	CHECK(first.ino == second.ino && first.dev == second.dev);
	test_check_contents(dir, "second", "shared");
	CHECK_INT(T->link(root, "first", dir, "second"), -LKL_EEXIST);
	CHECK_INT(T->link(root, "nothing", dir, "third"), -LKL_ENOENT);
	CHECK_INT(T->unlink(root, "first"), 0);
	CHECK_INT(T->stat(dir, "second", &second), 0);
	CHECK_INT(second.nlink, 1);
	T->close(dir);
}

static void test_check_link(const char *name, const char *target)
{
	struct tree_node node;
	char buf[64] = "";
	int err = T->symlink(target, root, name);

	CHECK_INT(err, 0);
	CHECK_INT(T->stat(root, name, &node), 0);
	CHECK_INT(node.mode & NODE_TYPE, NODE_SYMLINK);
	CHECK_INT(T->readlink(root, name, buf, sizeof(buf) - 1), strlen(target));
	CHECK(!strcmp(buf, target));
	CHECK_INT(T->open(root, name, TREE_READ, 0), -LKL_ELOOP);
	CHECK_INT(T->unlink(root, name), 0);
}

static void test_symbolic_links(void)
{
	int err;

	T->close(test_make_dir(root, "dir"));
	CHECK_INT(T->symlink("c:x", root, "link"), -WINDOWS_ETARGET);
	CHECK_INT(T->symlink("back\\slash", root, "link"), -WINDOWS_ETARGET);
	err = T->symlink("target", root, "probe");
	if (err == -LKL_EOPNOTSUPP || err == -WINDOWS_ESYMLINK) {
		test_skipped = windows_strerror(err);
		return;
	}
	CHECK_INT(err, 0);
	test_check_link("relative", "dir/../nothing");
	test_check_link("absolute", "/usr/lib/x");
	test_check_link("to-dir", "dir");
}

/* A junction to @target, as mklink /j makes it */
static int test_make_junction(int dir, const char *name, const wchar_t *target)
{
	size_t size = wcslen(target) * sizeof(*target);
	struct {
		ULONG tag;
		USHORT size, reserved, name_at, name_size, print_at, print_size;
		wchar_t name[64];
	} data = {
		IO_REPARSE_TAG_MOUNT_POINT, 8 + size + 2 * sizeof(*target), 0, 0, size,
		size + sizeof(*target), 0, { 0 },
	};
	int fd, err = T->mkdir(dir, name, 0755);
	DWORD n;

	if (err < 0)
		return err;
	wcscpy(data.name, target);
	fd = windows_open_node(dir, name, GENERIC_WRITE);
	if (!DeviceIoControl(windows_handle(fd), 0x900a4, &data, 8 + data.size, NULL, 0, &n, NULL))
		err = windows_last_error();
	T->close(fd);
	return err;
}

static void test_junctions_are_links(void)
{
	struct tree_node node;
	char buf[64] = "";
	int err = test_make_junction(root, "junction", L"\\??\\C:\\windows");

	if (err == -LKL_EOPNOTSUPP) {
		test_skipped = windows_strerror(err);
		return;
	}
	CHECK_INT(err, 0);
	CHECK_INT(T->stat(root, "junction", &node), 0);
	CHECK_INT(node.mode & NODE_TYPE, NODE_SYMLINK);
	CHECK_INT(T->readlink(root, "junction", buf, sizeof(buf) - 1), 10);
	CHECK(!strcmp(buf, "C:/windows"));
	CHECK_INT(T->open(root, "junction", TREE_DIR, 0), -LKL_ELOOP);
	CHECK_INT(T->unlink(root, "junction"), 0);
}

/* Removal and errors */

static void test_files_know_their_volume(void)
{
	int dir = test_make_dir(root, "dir"), below = test_make_dir(dir, "below");
	struct tree_node top, node, file;

	/* The system answers for the first directory only. */
	CHECK_INT(T->stat(root, NULL, &top), 0);
	CHECK_INT(T->stat(below, NULL, &node), 0);
	CHECK(top.dev && top.dev == node.dev && top.ino != node.ino);
	CHECK_INT(test_create(below, "file", "x"), 0);
	CHECK_INT(T->stat(below, "file", &file), 0);
	CHECK(file.dev == top.dev && file.ino != node.ino);
	T->close(below);
	T->close(dir);
}

static void test_files_are_removed(void)
{
	int dir = test_make_dir(root, "dir"), fd;
	struct tree_node node;

	CHECK_INT(test_create(dir, "file", "x"), 0);
	CHECK_INT(T->mkdir(root, "dir", 0755), -LKL_EEXIST);
	CHECK_INT(T->mkdir(root, ".", 0755), -LKL_EEXIST);
	CHECK_INT(test_create(dir, "file", "y"), -LKL_EEXIST);
	CHECK_INT(T->unlink(root, "dir"), -LKL_EISDIR);
	CHECK_INT(T->rmdir(dir, "file"), -LKL_ENOTDIR);
	CHECK_INT(T->rmdir(root, "dir"), -LKL_ENOTEMPTY);
	CHECK_INT(T->open(dir, "file", TREE_DIR, 0), -LKL_ENOTDIR);
	CHECK_INT(T->unlink(dir, "nothing"), -LKL_ENOENT);
	/* The name is free at once, although the file is open. */
	fd = T->open(dir, "file", TREE_READ, 0);
	CHECK_INT(T->unlink(dir, "file"), 0);
	CHECK_INT(test_create(dir, "file", "new"), 0);
	test_check_contents(dir, "file", "new");
	T->close(fd);
	CHECK_INT(T->unlink(dir, "file"), 0);
	T->close(dir);
	CHECK_INT(T->rmdir(root, "dir"), 0);
	CHECK_INT(T->stat(root, "dir", &node), -LKL_ENOENT);
}

static void test_many_files_are_listed(void)
{
	char name[128];
	bool found;
	int i;

	for (i = 0; i < 600; i++) {
		snprintf(name, sizeof(name), "%0100d", i);
		CHECK_INT(T->close(T->open(root, name, TREE_CREATE, 0600)), 0);
	}
	CHECK_INT(test_count(root, name, &found), 600);
	CHECK(found);
}

static const struct {
	const char *name;
	void (*run)(void);
} tests[] = {
	{ "causes are told apart", test_causes_are_told_apart },
	{ "names are converted", test_names_are_converted },
	{ "forbidden names are refused", test_forbidden_names_are_refused },
	{ "other names are kept", test_other_names_are_kept },
	{ "half pairs are kept", test_half_pairs_are_kept },
	{ "paths become absolute", test_paths_become_absolute },
	{ "paths of users get slashes", test_paths_of_users_get_slashes },
	{ "roots keep their slash", test_roots_keep_their_slash },
	{ "paths may be long", test_paths_may_be_long },
	{ "modes are mapped", test_modes_are_mapped },
	{ "times are mapped", test_times_are_mapped },
	{ "times out of range are limited", test_times_out_of_range_are_limited },
	{ "unsupported attributes are told", test_unsupported_attributes_are_told },
	{ "sparse files", test_sparse_files },
	{ "files end in a hole", test_files_end_in_a_hole },
	{ "hard links", test_hard_links },
	{ "reparse points are read", test_reparse_points_are_read },
	{ "symbolic links", test_symbolic_links },
	{ "junctions are links", test_junctions_are_links },
	{ "files know their volume", test_files_know_their_volume },
	{ "files are removed", test_files_are_removed },
	{ "many files are listed", test_many_files_are_listed },
};

/* Run a test in an empty directory.  Return true if the test has not failed. */
static bool test_run(size_t i, const char *directory)
{
	test_failed = false;
	test_skipped = NULL;
	CHECK_INT(T->mkdir(TREE_CWD, directory, 0755), 0);
	root = T->open(TREE_CWD, directory, TREE_DIR, 0);
	CHECK(root >= 0);
	if (!test_failed)
		tests[i].run();
	test_clear(root);
	CHECK_INT(T->rmdir(TREE_CWD, directory), 0);
	printf("%sok %d - %s%s%s\n", test_failed ? "not " : "", (int)i + 1, tests[i].name,
	       test_skipped ? " # SKIP " : "", test_skipped ? test_skipped : "");
	fflush(stdout);
	return !test_failed;
}

int main(void)
{
	bool good = true;
	char directory[64];
	size_t i;

	snprintf(directory, sizeof(directory), "windows-tree-%lu", GetCurrentProcessId());
	printf("1..%d\n", (int)ARRAY_SIZE(tests));
	for (i = 0; i < ARRAY_SIZE(tests); i++)
		good &= test_run(i, directory);
	return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
