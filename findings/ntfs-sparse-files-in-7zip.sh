#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Sparse files of ntfs-3g, read by 7-Zip.
#
# One would guess: a program that reads compressed files of NTFS can also read sparse
# files, which are simpler. Holes are runs without a cluster number in both, and a flag
# of the attribute says whether the rest is compressed.
#
# In fact 7-Zip 26.02 ignores the flag. If a unit of 16 clusters has both data and a
# hole, 7-Zip decompresses the data, which are not compressed, reports "Data Error", and
# ends the file there. Windows allocates whole units, but ntfs-3g allocates single
# clusters. So 7-Zip reads files whose data fill whole units, and most other sparse
# files of ntfs-3g seem to be damaged, although they are valid.
#
# Source: 7-Zip 26.02, CPP/7zip/Archive/NtfsHandler.cpp, CInStream::Read(), isCompressed;
# ntfs-3g 2022.10.3, include/ntfs-3g/layout.h, ATTR_IS_COMPRESSED and ATTR_IS_SPARSE.
#
# Needs: root, /dev/fuse, apt-get, umount.
set -eu

ntfs_version=1:2022.10.3-1+deb12u4
zip_version=22.01+really26.02+dfsg-0+deb12u1
work=$(mktemp -d)
cleanup()
{
	umount "$work/mnt" 2>/dev/null || :
	rm -rf "$work"
}
trap cleanup EXIT
cd "$work"
apt-get -q -q -o APT::Sandbox::User= download "ntfs-3g=$ntfs_version" \
	"libntfs-3g89=$ntfs_version" "7zip=$zip_version" >/dev/null
for package in *.deb; do
	dpkg-deb -x "$package" root
done
LD_LIBRARY_PATH=$(dirname "$(find "$work/root" -name 'libntfs-3g.so.89')")
export LD_LIBRARY_PATH
PATH=$work/root/bin:$work/root/sbin:$work/root/usr/bin:$work/root/usr/sbin:$PATH

# Write a file whose first 16 clusters and last cluster are holes.
make_file()
{
	tr '\0' x </dev/zero | dd of="mnt/$1" bs=4096 count="$1" seek=16 iflag=fullblock 2>/dev/null
	truncate -s 196608 "mnt/$1"
}

truncate -s 16M image
mkntfs -q -F -c 4096 image >/dev/null 2>&1
mkdir mnt
ntfs-3g image mnt
make_file 1
make_file 15
make_file 16
sums=$(cd mnt && md5sum 1 15 16)
umount mnt

ntfs-3g --version 2>&1 | head -n 1
7zz | head -n 2 | tail -n 1
ntfsinfo -F 15 image 2>/dev/null |
	grep -A 3 'attribute $DATA' | grep -q 'Attribute flags:.*0x8000' ||
	{ echo "CHANGED: the attribute is not only sparse" >&2; exit 1; }
for file in 1 15 16; do
	ntfscat -q image "$file" >"$file"
done
echo "$sums" | md5sum --quiet -c || { echo "CHANGED: ntfscat reads other data" >&2; exit 1; }
echo "ntfscat reads what was written"

7zz x -y -oout image 1 15 16 >log 2>&1 && status=0 || status=$?
echo "7-Zip: status $status"
grep 'Data Error' log
sizes=$(cd out && stat -c '%n:%s' 1 15 16 | tr '\n' ' ')
echo "clusters of data:size of the file: $sizes"
cmp out/16 16 || { echo "CHANGED: 7-Zip reads other data of whole units" >&2; exit 1; }

[ "$status" = 2 ] || { echo "CHANGED: the status of 7-Zip" >&2; exit 1; }
[ "$sizes" = '1:65536 15:65536 16:196608 ' ] || { echo "CHANGED: the sizes" >&2; exit 1; }
echo "as recorded"
