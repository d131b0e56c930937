// SPDX-License-Identifier: GPL-2.0
/* Special files, inode flags, ioctls and inotify. */
#include "posix.h"

#include <linux/fs.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/sysmacros.h>
#include <sys/un.h>

/* FIFOs, devices and sockets */

TEST(mkfifo_makes_a_fifo_with_mode_and_owner)
{
	ok(chmod(".", 0777));
	AS(&alice)
		ok(mkfifo("p", 0666));
	ck_assert_int_eq(stat_of("p").st_mode, S_IFIFO | 0644);
	ck_assert_int_eq(stat_of("p").st_uid, ALICE);
	ck_assert_int_eq(stat_of("p").st_size, 0);
}

TEST(mkfifo_with_bad_paths_fails)
{
	put_text("f", "");
	ok(symlink("nowhere", "l"));
	fails(mkfifo("f", 0644), EEXIST);
	fails(mkfifo("l", 0644), EEXIST);
	fails(mkfifo("none/p", 0644), ENOENT);
	fails(mkfifo("f/p", 0644), ENOTDIR);
	fails(mkfifo("p/", 0644), ENOENT);
	AS(&alice)
		fails(mkfifo("p", 0644), EACCES);
}

TEST(fifo_carries_data_between_processes)
{
	uint8_t data[200000], got[200000];
	size_t n = 0;
	pid_t pid;
	int fd;

	fill(data, sizeof(data), 1);
	ok(mkfifo("p", 0644));
	pid = ok(fork());
	if (!pid) {
		fd = ok(open("p", O_WRONLY));
		while (n < sizeof(data))
			n += ok(write(fd, data + n, sizeof(data) - n));
		_exit(0);
	}
	fd = ok(open("p", O_RDONLY));
	while (n < sizeof(got)) {
		ssize_t part = ok(read(fd, got + n, sizeof(got) - n));

		ck_assert_int_gt(part, 0);
		n += part;
	}
	ck_assert_int_eq(ok(read(fd, got, 1)), 0);
	reap(pid);
	ck_assert(!memcmp(data, got, sizeof(data)));
	ck_assert_int_eq(stat_of("p").st_size, 0);
}

TEST(fifo_without_reader_is_enxio_for_a_writer_that_does_not_wait)
{
	char c;
	int fd;

	ok(mkfifo("p", 0644));
	fails(open("p", O_WRONLY | O_NONBLOCK), ENXIO);
	fd = ok(open("p", O_RDONLY | O_NONBLOCK));
	ck_assert_int_eq(ok(read(fd, &c, 1)), 0);
	ok(open("p", O_WRONLY | O_NONBLOCK));
	fails(read(fd, &c, 1), EAGAIN);
	fails(lseek(fd, 0, SEEK_SET), ESPIPE);
}

TEST(fifo_goes_by_its_permissions)
{
	ok(mkfifo("p", 0644));
	AS(&alice) {
		fails(open("p", O_WRONLY | O_NONBLOCK), EACCES);
		ok(open("p", O_RDONLY | O_NONBLOCK));
	}
}

TEST(mknod_devices_keep_their_numbers)
{
	static const unsigned int numbers[][2] = {
		{ 1, 3 }, { 8, 255 }, { 259, 0 }, { 511, 262143 }, { 0, 1 },
		{ 240, 256 }
	};	/* the largest numbers that XFS can store */
	char name[16];
	struct stat st;

	for (int i = 0; i < 6; i++) {
		dev_t dev = makedev(numbers[i][0], numbers[i][1]);

		snprintf(name, sizeof(name), "c%d", i);
		ok(mknod(name, S_IFCHR | 0640, dev));
		st = stat_of(name);
		ck_assert_int_eq(st.st_mode, S_IFCHR | 0640);
		ck_assert_int_eq(st.st_rdev, dev);
		snprintf(name, sizeof(name), "b%d", i);
		ok(mknod(name, S_IFBLK | 0640, dev));
		st = stat_of(name);
		ck_assert_int_eq(st.st_mode, S_IFBLK | 0640);
		ck_assert_int_eq(st.st_rdev, dev);
	}
}

TEST(mknod_of_devices_by_users_is_eperm)
{
	ok(chmod(".", 0777));
	AS(&alice) {
		fails(mknod("c", S_IFCHR | 0644, makedev(1, 3)), EPERM);
		fails(mknod("b", S_IFBLK | 0644, makedev(7, 0)), EPERM);
		ok(mknod("p", S_IFIFO | 0644, 0));
		ok(mknod("s", S_IFSOCK | 0644, 0));
	}
	ck_assert(S_ISSOCK(stat_of("s").st_mode));
}

static struct sockaddr_un unix_address(const char *path)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };

	strcpy(a.sun_path, path);
	return a;
}

TEST(unix_socket_is_bound_and_connected_to)
{
	struct sockaddr_un a = unix_address("s");
	int fd = ok(socket(AF_UNIX, SOCK_STREAM, 0)), peer;
	char buf[8];

	ok(bind(fd, (void *)&a, sizeof(a)));
	ck_assert(S_ISSOCK(stat_of("s").st_mode));
	ok(listen(fd, 5));
	AS(NULL) {
		peer = ok(socket(AF_UNIX, SOCK_STREAM, 0));
		ok(connect(peer, (void *)&a, sizeof(a)));
		ok(write(peer, "hello", 5));
	}
	ck_assert_int_eq(ok(read(ok(accept(fd, NULL, NULL)), buf, 8)), 5);
	fails(open("s", O_RDONLY), ENXIO);
}

TEST(unix_socket_name_is_bound_once)
{
	struct sockaddr_un a = unix_address("s");
	int fd = ok(socket(AF_UNIX, SOCK_STREAM, 0)), other;

	ok(bind(fd, (void *)&a, sizeof(a)));
	other = ok(socket(AF_UNIX, SOCK_STREAM, 0));
	fails(bind(other, (void *)&a, sizeof(a)), EADDRINUSE);
	ok(close(fd));
	fails(connect(other, (void *)&a, sizeof(a)), ECONNREFUSED);
	ok(unlink("s"));
	fails(connect(other, (void *)&a, sizeof(a)), ENOENT);
	ok(bind(other, (void *)&a, sizeof(a)));
}

TEST(unix_socket_needs_write_permission)
{
	struct sockaddr_un a = unix_address("s");
	int fd = ok(socket(AF_UNIX, SOCK_STREAM, 0));

	ok(bind(fd, (void *)&a, sizeof(a)));
	ok(listen(fd, 5));
	ok(chmod("s", 0755));
	AS(&alice)
		fails(connect(ok(socket(AF_UNIX, SOCK_STREAM, 0)), (void *)&a,
			      sizeof(a)), EACCES);
	ok(chmod("s", 0777));
	AS(&alice)
		ok(connect(ok(socket(AF_UNIX, SOCK_STREAM, 0)), (void *)&a,
			   sizeof(a)));
}

/* Inode flags */

static bool get_flags(int fd, int *flags)
{
	if (!ioctl(fd, FS_IOC_GETFLAGS, flags))
		return true;
	ck_assert_msg(errno == ENOTTY || errno == EOPNOTSUPP,
		      "FS_IOC_GETFLAGS: %s", strerror(errno));
	skip_part("FS_IOC_GETFLAGS");
	return false;
}

/* Return false if the file system has no inode flags. */
static bool add_flags(int fd, int add)
{
	int flags, now;

	if (!get_flags(fd, &flags))
		return false;
	flags |= add;
	if (ioctl(fd, FS_IOC_SETFLAGS, &flags)) {
		ck_assert_int_eq(errno, EOPNOTSUPP);
		skip_part("FS_IOC_SETFLAGS");
		return false;
	}
	ck_assert(get_flags(fd, &now));
	ck_assert_int_eq(now & add, add);
	return true;
}

static void remove_flags(int fd, int remove)
{
	int flags;

	ck_assert(get_flags(fd, &flags));
	flags &= ~remove;
	ok(ioctl(fd, FS_IOC_SETFLAGS, &flags));
}

TEST(immutable_file_is_not_changed_even_by_root)
{
	int fd = make("f", 0644);
	struct stat st;

	if (!add_flags(fd, FS_IMMUTABLE_FL))
		return;
	fails(open("f", O_WRONLY), EPERM);
	fails(open("f", O_RDWR | O_TRUNC), EPERM);
	fails(truncate("f", 0), EPERM);
	fails(chmod("f", 0600), EPERM);
	fails(chown("f", ALICE, -1), EPERM);
	fails(unlink("f"), EPERM);
	fails(rename("f", "g"), EPERM);
	fails(link("f", "g"), EPERM);
	fails(utimensat(AT_FDCWD, "f", NULL, 0), EPERM);
	ok(open("f", O_RDONLY));
	ok(stat("f", &st));
	remove_flags(fd, FS_IMMUTABLE_FL);
	put_text("f", "again");
	ok(unlink("f"));
}

TEST(immutable_directory_keeps_its_entries)
{
	int fd;

	ok(mkdir("d", 0755));
	put_text("d/f", "");
	fd = ok(open("d", O_RDONLY));
	if (!add_flags(fd, FS_IMMUTABLE_FL))
		return;
	fails(open("d/g", O_CREAT | O_RDWR, 0644), EPERM);
	fails(mkdir("d/e", 0755), EPERM);
	fails(unlink("d/f"), EPERM);
	fails(rename("d/f", "f"), EPERM);
	fails(rmdir("d"), EPERM);
	put_text("d/f", "its files can be written");
	remove_flags(fd, FS_IMMUTABLE_FL);
	ok(unlink("d/f"));
}

TEST(append_only_file_is_appended_to_alone)
{
	int fd = make("f", 0644), append;

	write_at(fd, "one", 3, 0);
	if (!add_flags(fd, FS_APPEND_FL))
		return;
	fails(open("f", O_WRONLY), EPERM);
	fails(open("f", O_WRONLY | O_APPEND | O_TRUNC), EPERM);
	fails(truncate("f", 0), EPERM);
	fails(unlink("f"), EPERM);
	fails(rename("f", "g"), EPERM);
	append = ok(open("f", O_WRONLY | O_APPEND));
	ok(write(append, "two", 3));
	/* FUSE does not know append-only inodes. */
	if (on_fuse())
		skip_part("O_APPEND of an append-only file stays");
	else
		fails(fcntl(append, F_SETFL, 0), EPERM);
	expect_text("f", "onetwo");
	remove_flags(fd, FS_APPEND_FL);
	ok(unlink("f"));
}

TEST(append_only_directory_only_grows)
{
	int fd;

	ok(mkdir("d", 0755));
	fd = ok(open("d", O_RDONLY));
	if (!add_flags(fd, FS_APPEND_FL))
		return;
	put_text("d/f", "");
	fails(unlink("d/f"), EPERM);
	fails(rename("d/f", "d/g"), EPERM);
	remove_flags(fd, FS_APPEND_FL);
	ok(unlink("d/f"));
}

TEST(flags_are_set_by_the_owner_and_immutable_by_root)
{
	make_for(&alice, "a", 0666);
	make_for(&bob, "b", 0666);
	AS(&alice) {
		int fd = ok(open("a", O_RDWR)), flags;

		if (!add_flags(fd, FS_NODUMP_FL))
			posix_leave();
		ck_assert(get_flags(fd, &flags));
		flags |= FS_IMMUTABLE_FL;
		fails(ioctl(fd, FS_IOC_SETFLAGS, &flags), EPERM);
		fd = ok(open("b", O_RDWR));
		ck_assert(get_flags(fd, &flags));
		flags |= FS_NODUMP_FL;
		ck_assert_int_eq(ioctl(fd, FS_IOC_SETFLAGS, &flags), -1);
		ck_assert(errno == EPERM || errno == EACCES);
	}
}

TEST(flags_last_after_close)
{
	int fd = make("f", 0644), flags;

	if (!add_flags(fd, FS_NODUMP_FL | FS_NOATIME_FL))
		return;
	ok(close(fd));
	fd = ok(open("f", O_RDONLY));
	ck_assert(get_flags(fd, &flags));
	ck_assert_int_eq(flags & (FS_NODUMP_FL | FS_NOATIME_FL),
			 FS_NODUMP_FL | FS_NOATIME_FL);
	remove_flags(fd, FS_NODUMP_FL);
	ck_assert(get_flags(fd, &flags));
	ck_assert_int_eq(flags & FS_NODUMP_FL, 0);
}

TEST(fsxattr_shows_the_flags)
{
	int fd = make("f", 0644);
	struct fsxattr fa;

	if (!add_flags(fd, FS_NODUMP_FL))
		return;
	if (ioctl(fd, FS_IOC_FSGETXATTR, &fa)) {
		ck_assert_int_eq(errno, ENOTTY);
		skip_part("FS_IOC_FSGETXATTR");
		return;
	}
	ck_assert_int_eq(fa.fsx_xflags & FS_XFLAG_NODUMP, FS_XFLAG_NODUMP);
	fa.fsx_xflags &= ~FS_XFLAG_NODUMP;
	fa.fsx_xflags |= FS_XFLAG_NOATIME;
	ok(ioctl(fd, FS_IOC_FSSETXATTR, &fa));
	ok(ioctl(fd, FS_IOC_FSGETXATTR, &fa));
	ck_assert_int_eq(fa.fsx_xflags & FS_XFLAG_NODUMP, 0);
	ck_assert_int_ne(fa.fsx_xflags & FS_XFLAG_NOATIME, 0);
}

TEST(statx_shows_immutable_and_append_only)
{
	int fd = make("f", 0644);
	struct statx x;

	if (!add_flags(fd, FS_IMMUTABLE_FL))
		return;
	ok(statx(AT_FDCWD, "f", 0, STATX_BASIC_STATS, &x));
	remove_flags(fd, FS_IMMUTABLE_FL);
	if (!(x.stx_attributes_mask & STATX_ATTR_IMMUTABLE))
		skip_part("STATX_ATTR_IMMUTABLE");
	else
		ck_assert(x.stx_attributes & STATX_ATTR_IMMUTABLE);
}

TEST(fitrim_works_for_root_alone)
{
	struct fstrim_range range = { .len = UINT64_MAX };
	int fd = ok(open(".", O_RDONLY));

	AS(&alice) {
		int own = ok(open(".", O_RDONLY));

		ck_assert_int_eq(ioctl(own, FITRIM, &range), -1);
		ck_assert(errno == EPERM || errno == ENOTTY);
	}
	if (ioctl(fd, FITRIM, &range)) {
		ck_assert(errno == EOPNOTSUPP || errno == ENOTTY);
		skip_part("FITRIM");
	}
}

TEST(unknown_ioctl_is_enotty)
{
	int fd = make("f", 0644);

	fails(ioctl(fd, _IO('~', 0xee), 0), ENOTTY);
	fails(ioctl(ok(open(".", O_RDONLY)), _IO('~', 0xee), 0), ENOTTY);
	fails(ioctl(fd, 0x5401 /* TCGETS */, NULL), ENOTTY);
	ck_assert_int_eq(isatty(fd), 0);
}

TEST(fionread_tells_what_is_left)
{
	int fd = make("f", 0644), n = -1;

	write_at(fd, "text", 4, 0);
	ok(lseek(fd, 1, SEEK_SET));
	ok(ioctl(fd, FIONREAD, &n));
	ck_assert_int_eq(n, 3);
}

/* Waiting for files */

TEST(poll_says_that_files_are_always_ready)
{
	struct pollfd p = {
		.fd = make("f", 0644), .events = POLLIN | POLLOUT
	};

	ck_assert_int_eq(ok(poll(&p, 1, 0)), 1);
	ck_assert_int_eq(p.revents, POLLIN | POLLOUT);
}

TEST(select_says_that_files_are_always_ready)
{
	int fd = make("f", 0644);
	struct timeval none = { 0 };
	fd_set in, out;

	FD_ZERO(&in);
	FD_ZERO(&out);
	FD_SET(fd, &in);
	FD_SET(fd, &out);
	ck_assert_int_eq(ok(select(fd + 1, &in, &out, NULL, &none)), 2);
}

TEST(epoll_of_a_file_is_eperm)
{
	struct epoll_event e = { .events = EPOLLIN };
	int epoll = ok(epoll_create1(0)), fd = make("f", 0644);

	if (on_fuse()) {
		skip_part("epoll of a file, which FUSE allows for all");
		return;
	}
	fails(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &e), EPERM);
	fails(epoll_ctl(epoll, EPOLL_CTL_ADD, ok(open(".", O_RDONLY)), &e),
	      EPERM);
}

/* inotify */

/* Check that the next event is @mask for @name. */
static void expect_event(int fd, uint32_t mask, const char *name)
{
	static char buf[PAGE] __attribute__((aligned(8)));
	static size_t at, len;
	struct inotify_event *e;

	if (at == len) {
		len = ok(read(fd, buf, sizeof(buf)));
		at = 0;
	}
	e = (void *)(buf + at);
	at += sizeof(*e) + e->len;
	ck_assert_msg((e->mask & mask) == mask, "event %#x of %s, not %#x of %s",
		      e->mask, e->len ? e->name : "", mask, name);
	ck_assert_str_eq(e->len ? e->name : "", name);
}

TEST(inotify_tells_of_entries_of_a_directory)
{
	int fd = ok(inotify_init1(IN_NONBLOCK));

	ok(mkdir("d", 0755));
	ok(inotify_add_watch(fd, "d", IN_CREATE | IN_DELETE | IN_MOVE |
			     IN_MOVE_SELF | IN_DELETE_SELF));
	put_text("d/f", "");
	ok(mkdir("d/e", 0755));
	ok(rename("d/f", "d/g"));
	ok(rename("d/g", "g"));
	ok(link("g", "d/h"));
	ok(unlink("d/h"));
	ok(rmdir("d/e"));
	ok(rename("d", "x"));
	ok(rmdir("x"));
	expect_event(fd, IN_CREATE, "f");
	expect_event(fd, IN_CREATE | IN_ISDIR, "e");
	expect_event(fd, IN_MOVED_FROM, "f");
	expect_event(fd, IN_MOVED_TO, "g");
	expect_event(fd, IN_MOVED_FROM, "g");
	expect_event(fd, IN_CREATE, "h");
	expect_event(fd, IN_DELETE, "h");
	expect_event(fd, IN_DELETE | IN_ISDIR, "e");
	expect_event(fd, IN_MOVE_SELF, "");
	expect_event(fd, IN_DELETE_SELF, "");
}

TEST(inotify_tells_of_changes_of_a_file)
{
	int fd = ok(inotify_init1(IN_NONBLOCK)), file = make("f", 0644);
	char c;

	ok(inotify_add_watch(fd, "f", IN_MODIFY | IN_ATTRIB | IN_ACCESS |
			     IN_CLOSE_WRITE | IN_OPEN));
	write_at(file, "x", 1, 0);
	ok(pread(file, &c, 1, 0));
	ok(fchmod(file, 0600));
	ok(ftruncate(file, 0));
	ok(close(file));
	ok(open("f", O_RDONLY));
	expect_event(fd, IN_MODIFY, "");
	expect_event(fd, IN_ACCESS, "");
	expect_event(fd, IN_ATTRIB, "");
	expect_event(fd, IN_MODIFY, "");
	expect_event(fd, IN_CLOSE_WRITE, "");
	expect_event(fd, IN_OPEN, "");
}

TEST(inotify_tells_when_the_last_name_of_a_file_goes)
{
	int fd = ok(inotify_init1(IN_NONBLOCK));

	put_text("f", "");
	ok(link("f", "g"));
	ok(inotify_add_watch(fd, "f", IN_ATTRIB | IN_DELETE_SELF));
	ok(unlink("f"));
	ok(unlink("g"));
	/* inotify merges two equal events. */
	expect_event(fd, IN_ATTRIB, "");
	expect_event(fd, IN_DELETE_SELF, "");
	expect_event(fd, IN_IGNORED, "");
}
