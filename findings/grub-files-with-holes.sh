#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Files with holes, read by GRUB's file systems (grub-fstest, grub-mount).
#
# One would guess: GRUB reads a hole as zeros in each file system that it knows. Its
# drivers have code for holes.
#
# In fact GRUB 2.06 of Debian 12 does so only sometimes.
# - ext4: a file that begins with a hole is an error ("something wrong with extent").
# - btrfs with the feature no-holes, which mkfs.btrfs and btrfs-convert set since
#   version 5.15: each file with a hole is an error ("extent not found").
# - NTFS: the first cluster of a hole is not read as zeros, but as the first cluster of
#   the data before the hole, without an error and with status 0. A hole at the start is
#   read well.
#
# Source: GRUB 2.06, grub-core/fs/ext2.c, grub_ext2_read_block(); grub-core/fs/btrfs.c,
# grub_btrfs_extent_read(); grub-core/fs/ntfs.c, grub_ntfs_read_block(), which returns
# curr_lcn after grub_ntfs_read_run_list() without a look at GRUB_NTFS_RF_BLNK.
#
# Needs: root, /dev/fuse, apt-get, umount.
set -eu

grub_version=2.06-13+deb12u2
e2fsprogs_version=1.47.0-2+b2
btrfs_version=6.2-1+deb12u2
ntfs_version=1:2022.10.3-1+deb12u4
work=$(mktemp -d)
cleanup()
{
	umount "$work/mnt" 2>/dev/null || :
	rm -rf "$work"
}
trap cleanup EXIT
cd "$work"
apt-get -q -q -o APT::Sandbox::User= download "grub-common=$grub_version" \
	libdevmapper1.02.1 "e2fsprogs=$e2fsprogs_version" "libext2fs2=$e2fsprogs_version" \
	"btrfs-progs=$btrfs_version" liblzo2-2 "ntfs-3g=$ntfs_version" \
	"libntfs-3g89=$ntfs_version" >/dev/null
for package in *.deb; do
	dpkg-deb -x "$package" root
done
libraries=$(find "$work/root" -name 'lib*.so.*' -printf '%h\n' | sort -u | tr '\n' ':')
LD_LIBRARY_PATH=${libraries%:}
PATH=$work/root/bin:$work/root/sbin:$work/root/usr/bin:$work/root/usr/sbin:$PATH
export LD_LIBRARY_PATH

# Print a number of bytes of one character.
fill()
{
	head -c "$1" /dev/zero | tr '\0' "$2"
}

mkdir in mnt
{ fill 131072 '\0'; fill 65536 x; } >data
cp --sparse=always data in/start
{ fill 65536 x; fill 131072 '\0'; fill 65536 y; } >data
cp --sparse=always data in/middle
{ fill 65536 x; fill 131072 y; } >in/no-holes

truncate -s 128M ext4
mke2fs -q -F -t ext4 -b 4096 -O ^has_journal -d in ext4
cp ext4 btrfs
btrfs-convert --no-progress btrfs >/dev/null 2>&1
truncate -s 16M ntfs
mkntfs -q -F -c 4096 ntfs >/dev/null 2>&1
ntfs-3g ntfs mnt
cp --sparse=always in/start in/middle mnt
cp --sparse=never in/no-holes mnt
umount mnt
for file in start middle no-holes; do
	ntfscat -q ntfs "$file" | cmp - "in/$file"
done

grub-fstest --version
for type in ext4 btrfs ntfs; do
	for file in start middle no-holes; do
		if ! grub-fstest "$work/$type" cat "/$file" >got 2>message; then
			result=$(sed 's/.*: //' message)
		elif cmp -s got "in/$file"; then
			result=right
		else
			result="wrong from byte $(cmp got "in/$file" | sed 's/.* \([0-9]*\),.*/\1/')"
			tail -c +65537 got | head -c 4096 >cluster
		fi
		printf '%s\t%s: %s\n' "$type" "$file" "$result"
	done
done | tee results
fill 4096 x | cmp - cluster || { echo "CHANGED: the wrong cluster of the NTFS" >&2; exit 1; }
echo "the wrong cluster is the first cluster of the data before the hole"

cat >wanted <<'END'
ext4	start: something wrong with extent.
ext4	middle: right
ext4	no-holes: right
btrfs	start: extent not found.
btrfs	middle: extent not found.
btrfs	no-holes: right
ntfs	start: right
ntfs	middle: wrong from byte 65537
ntfs	no-holes: right
END
diff wanted results >&2 || { echo "CHANGED: what GRUB reads" >&2; exit 1; }
echo "as recorded"
