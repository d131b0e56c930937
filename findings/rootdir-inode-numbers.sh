#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Source trees of mkfs.btrfs and genext2fs that span several file systems.
#
# One would guess: a program that copies a tree into an image knows hard links by the
# pair of device and inode number, as tar, cp, mke2fs and mksquashfs do. So it does not
# matter if a part of the tree is a mount point.
#
# In fact mkfs.btrfs --rootdir 6.2 and genext2fs 1.5.0 compare only inode numbers, and
# each tmpfs counts its inodes from 1. With two tmpfs in the tree, mkfs.btrfs takes the
# second mounted directory for a hard link of the first: both get all entries of the
# directory that comes first, and the other entries are lost. genext2fs takes a file
# with two names on one tmpfs for the file with the same number on the other. Both
# programs print no error, with status 0. "btrfs check" finds errors afterwards; e2fsck
# finds none.
#
# Source: btrfs-progs 6.2, mkfs/rootdir.c, traverse_directory() (cur_inum, and the
# branch for -EEXIST); genext2fs 1.5.0, genext2fs.c, is_hardlink() and
# add2fs_from_dir().
#
# Needs: apt-get, unshare -rm; debugfs, e2fsck.
set -eu
PATH=$PATH:/usr/sbin:/sbin

btrfs_version=6.2-1+deb12u2
genext2fs_version=1.5.0-3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get -q -q -o APT::Sandbox::User= download "btrfs-progs=$btrfs_version" \
	"genext2fs=$genext2fs_version" liblzo2-2 libarchive13 >/dev/null
for package in *.deb; do
	dpkg-deb -x "$package" root
done
LIBRARIES=$(dirname "$(find "$work/root" -name 'libarchive.so.13')"):$(dirname "$(find "$work/root" -name 'liblzo2.so.2')")
export LIBRARIES

cat >build <<'END'
set -eu
mkdir tree tree/a tree/b
mount -t tmpfs tmpfs tree/a
mount -t tmpfs tmpfs tree/b
echo contents of a >tree/a/in-a
echo contents of b >tree/b/in-b
ln tree/a/in-a tree/a/in-a-2
ln tree/b/in-b tree/b/in-b-2
stat -c '%n: inode %i' tree/a tree/b tree/a/in-a tree/b/in-b
truncate -s 128M btrfs.img
PATH=$PWD/root/bin:$PWD/root/usr/bin:$PWD/root/sbin:$PWD/root/usr/sbin:$PATH
LD_LIBRARY_PATH=$LIBRARIES mkfs.btrfs -q --rootdir tree btrfs.img >/dev/null
LD_LIBRARY_PATH=$LIBRARIES genext2fs -b 1024 -N 64 -d tree ext2.img 2>/dev/null
END
unshare -rm sh build

btrfs()
{
	LD_LIBRARY_PATH=$LIBRARIES "$(find "$work/root" -path '*bin/btrfs')" "$@"
}
echo
btrfs version
mkdir out
btrfs restore btrfs.img out >/dev/null
btrfs_tree=$(cd out && find . -type f | LC_ALL=C sort | tr '\n' ' ')
echo "files in the btrfs: $btrfs_tree"
btrfs check btrfs.img >check 2>&1 && checked=0 || checked=$?
echo "btrfs check: status $checked"
grep 'link count' check

echo
echo "genext2fs $genext2fs_version"
in_a=$(debugfs -R 'cat /a/in-a' ext2.img 2>/dev/null)
in_b=$(debugfs -R 'cat /b/in-b' ext2.img 2>/dev/null)
echo "a/in-a in the ext2: $in_a"
echo "b/in-b in the ext2: $in_b"
e2fsck -fn ext2.img >/dev/null 2>&1 && e2fsck_status=0 || e2fsck_status=$?
echo "e2fsck: status $e2fsck_status"

case $btrfs_tree in
'./a/in-a ./a/in-a-2 ./b/in-a ./b/in-a-2 ' | './a/in-b ./a/in-b-2 ./b/in-b ./b/in-b-2 ') ;;
*) echo "CHANGED: the files in the btrfs" >&2; exit 1 ;;
esac
[ "$checked" != 0 ] || { echo "CHANGED: btrfs check finds no error" >&2; exit 1; }
[ "$in_a" = "$in_b" ] || { echo "CHANGED: the files in the ext2" >&2; exit 1; }
[ "$e2fsck_status" = 0 ] || { echo "CHANGED: e2fsck finds an error" >&2; exit 1; }
echo "as recorded"
