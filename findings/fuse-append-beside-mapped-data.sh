#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# An append to a file on FUSE whose last page is dirty through a shared mapping.
#
# One would guess: on a FUSE mount without the writeback cache, a write() is stored in
# the page cache and sent to the server before it returns, so that the same program
# reads the appended bytes back.
#
# In fact, with Linux 6.18.44, the bytes often read back as zeros. The page cache gets
# the bytes first, and the size of the file grows when the server has answered. If the
# kernel writes the mapped page back in between, it zeroes the part of the page behind
# the end of the file.
#
# Source: Linux 6.17 and later, fs/fuse/file.c, fuse_writepages() calls
# iomap_writepages(); fs/iomap/buffered-io.c, iomap_writeback_handle_eof(); and
# fs/fuse/file.c, fuse_fill_write_pages() and fuse_perform_write().
#
# Needs: root, /dev/fuse, apt-get, a C compiler, mke2fs.
set -eu

version=1.47.0-2+b2
work=$(mktemp -d)
cleanup()
{
	umount "$work/mnt" 2>/dev/null || :
	rm -rf "$work"
}
trap cleanup EXIT
cd "$work"
apt-get download -q "fuse2fs=$version" libfuse2 libext2fs2 libcom-err2 >/dev/null 2>&1
for package in *.deb; do
	dpkg-deb -x "$package" root
done

cat >append.c <<'EOF'
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define TRIES	5000
#define END	0x20153
#define MAPPED	0x1c000

static int fd;
static volatile int stop;

static void *write_back(void *arg)
{
	while (!stop)
		sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER);
	return arg;
}

/* Append to a file with a dirty last page; return whether the bytes read back differ. */
static int append(char *map, const char *data, size_t len)
{
	char got[512];

	if (ftruncate(fd, END))
		err(2, "ftruncate");
	memset(map + MAPPED, 'm', END - MAPPED);
	if (pwrite(fd, data, len, END) != (ssize_t)len)
		err(2, "pwrite");
	if (pread(fd, got, len, END) != (ssize_t)len)
		err(2, "pread");
	return memcmp(got, data, len) != 0;
}

int main(int argc, char **argv)
{
	int i, wrong = 0;
	char data[300], *map;
	pthread_t thread;

	fd = open(argv[argc - 1], O_RDWR | O_CREAT | O_TRUNC, 0644);
	if (fd < 0)
		err(2, "open");
	map = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED || pthread_create(&thread, NULL, write_back, NULL))
		err(2, "mmap or pthread_create");
	memset(data, 'a', sizeof(data));
	for (i = 0; i < TRIES; i++)
		wrong += append(map, data, sizeof(data));
	stop = 1;
	pthread_join(thread, NULL);
	printf("%d\n", wrong);
	return 0;
}
EOF
cc -O2 -pthread -o append append.c

truncate -s 64M image
mke2fs -q -F -t ext4 image
mkdir mnt native
LD_LIBRARY_PATH=$(dirname "$(find "$work/root" -name 'libfuse.so.2')"):$(dirname "$(find "$work/root" -name 'libext2fs.so.2')")
export LD_LIBRARY_PATH
root/usr/bin/fuse2fs image mnt
unset LD_LIBRARY_PATH
on_fuse=$(./append mnt/file)
natively=$(./append native/file)
echo "Linux $(uname -r), fuse2fs $version"
echo "appends of 5000 that read back wrong, on FUSE:    $on_fuse"
echo "the same on the file system of the host:           $natively"

[ "$natively" = 0 ] || { echo "CHANGED: appends are wrong without FUSE" >&2; exit 1; }
[ "$on_fuse" != 0 ] || { echo "CHANGED: appended bytes read back right" >&2; exit 1; }
