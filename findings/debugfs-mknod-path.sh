#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The command "mknod" of debugfs with a path.
#
# One would guess: the commands of debugfs that create files take paths, because "mkdir",
# "write" and "symlink" do.
#
# In fact "mknod /dev/null c 1 3" of debugfs 1.47.0 creates an entry in the current
# directory of debugfs, the root directory, whose name is "/dev/null", with the slashes.
# debugfs prints no error, with status 0, and finds the entry neither by this path nor in
# the directory dev. e2fsck then says that the name has illegal characters. The command
# must be preceded by "cd /dev".
#
# Source: e2fsprogs 1.47.0, debugfs/debugfs.c, do_mknod(), and misc/create_inode.c,
# do_mknod_internal(), which passes the name to ext2fs_link(); do_write_internal(),
# do_symlink_internal() and do_mkdir_internal() split the path.
#
# Needs: apt-get, as an ordinary user.
set -eu

version=1.47.0-2+b2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get -q -q -o APT::Sandbox::User= download "e2fsprogs=$version" "libext2fs2=$version" \
	"libss2=$version" "libcom-err2=$version" >/dev/null
for package in *.deb; do
	dpkg-deb -x "$package" root
done
libraries=$(find "$work/root" -name '*.so.2' -printf '%h\n' | sort -u | tr '\n' ':')
LD_LIBRARY_PATH=${libraries%:}
export LD_LIBRARY_PATH
PATH=$work/root/sbin:$work/root/usr/sbin:$PATH

echo contents >file
truncate -s 8M image
mke2fs -q -F -t ext4 image

# Run a command of debugfs that changes the image; fail if debugfs does.
change()
{
	debugfs -w -R "$1" image >/dev/null 2>message || { echo "debugfs fails" >&2; exit 1; }
	sed -n '/^debugfs 1/!p' message
}
# Print the names in a directory of the image.
names()
{
	debugfs -R "ls -p $1" image 2>/dev/null | sed -n 's,^/\([^/]*/\)\{4\},,p' |
		sed 's,/[0-9]*/$,,' | grep -v -x -e . -e .. -e lost+found | LC_ALL=C sort | tr '\n' ' '
}

debugfs -V 2>&1 | head -n 1
change 'mkdir /dev'
change 'mkdir /dev/directory'
change 'write file /dev/file'
change 'symlink /dev/symlink target'
change 'mknod /dev/null c 1 3'
root=$(names /)
dev=$(names /dev)
echo "in the root directory: $root"
echo "in /dev:               $dev"
debugfs -R 'stat /dev/null' image 2>&1 | grep 'not found'
e2fsck -fn image >check 2>&1 && status=0 || status=$?
grep 'illegal characters' check

[ "$root" = '/dev/null dev ' ] || { echo "CHANGED: the root directory" >&2; exit 1; }
[ "$dev" = 'directory file symlink ' ] || { echo "CHANGED: the directory dev" >&2; exit 1; }
[ "$status" = 4 ] || { echo "CHANGED: the status of e2fsck" >&2; exit 1; }
echo "as recorded"
