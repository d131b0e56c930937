#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# "tar --sparse" of files on a FUSE mount of an ISO 9660 image.
#
# One would guess: GNU tar asks the file system for holes with SEEK_HOLE, or searches
# the data for zeros. So --sparse is at worst useless, if a file system does not report
# how many blocks a file has.
#
# In fact GNU tar reads nothing of a file that has zero blocks and at least 512 bytes,
# also with --hole-detection=raw. The archive contains only a hole, and the status is 0.
# fuseiso reports one block for each 2048 bytes, and rounds down. So all files from 512
# to 2047 bytes are archived as zeros. bsdtar and cp archive and copy the contents.
#
# Source: GNU tar 1.34, src/sparse.c, sparse_scan_file_wholesparse(), and lib/system.h,
# ST_IS_SPARSE(); fuseiso 20070708, src/isofs.c, isofs_direntry2stat().
#
# Needs: root, /dev/fuse, apt-get, umount.
set -eu

tar_version=1.34+dfsg-1.2+deb12u1
fuseiso_version=20070708-3.2+b1
libarchive_version=3.6.2-1+deb12u5
work=$(mktemp -d)
cleanup()
{
	umount "$work/mnt" 2>/dev/null || :
	rm -rf "$work"
}
trap cleanup EXIT
cd "$work"
apt-get -q -q -o APT::Sandbox::User= download "tar=$tar_version" "fuseiso=$fuseiso_version" \
	"libarchive-tools=$libarchive_version" "libarchive13=$libarchive_version" \
	libfuse2 libglib2.0-0 >/dev/null
for package in *.deb; do
	dpkg-deb -x "$package" root
done
libraries=$(dirname "$(find "$work/root" -name 'libfuse.so.2')"):$(dirname "$(find "$work/root" -name 'libarchive.so.13')")
run()
{
	LD_LIBRARY_PATH=$libraries "$@"
}
gnu_tar()
{
	run root/bin/tar "$@"
}
bsdtar()
{
	run root/usr/bin/bsdtar "$@"
}

# Extract an archive; print which files are other than the originals.
different()
{
	mkdir extracted
	gnu_tar -x -f "$1" -C extracted
	for size in 511 512 2047 2048; do
		cmp -s "in/$size" "extracted/$size" || printf '%s ' "$size"
	done
	rm -rf extracted
}

mkdir in mnt
for size in 511 512 2047 2048; do
	head -c "$size" /dev/zero | tr '\0' x >"in/$size"
done
bsdtar -c --format=iso9660 -f image.iso -C in 511 512 2047 2048
run root/usr/bin/fuseiso image.iso mnt
gnu_tar --version | head -n 1
bsdtar --version
echo "fuseiso $fuseiso_version"
blocks=$(cd mnt && stat -c '%n:%b' 511 512 2047 2048 | tr '\n' ' ')
for size in 511 512 2047 2048; do
	cmp "in/$size" "mnt/$size"
done

gnu_tar -c -f plain.tar -C mnt 511 512 2047 2048
gnu_tar -c -S -f sparse.tar -C mnt 511 512 2047 2048
gnu_tar -c -S --hole-detection=raw -f raw.tar -C mnt 511 512 2047 2048
bsdtar -c --format=pax -f bsd.tar -C mnt 511 512 2047 2048
cp -r --sparse=always mnt copy
plain=$(different plain.tar)
sparse=$(different sparse.tar)
raw=$(different raw.tar)
bsd=$(different bsd.tar)
echo "size:blocks on the mount:                      $blocks"
echo "different, GNU tar:                            $plain"
echo "different, GNU tar --sparse:                   $sparse"
echo "different, GNU tar -S --hole-detection=raw:    $raw"
echo "different, bsdtar:                             $bsd"
for size in 511 512 2047 2048; do
	cmp "in/$size" "copy/$size" || { echo "CHANGED: copies of cp are different" >&2; exit 1; }
done

[ "$blocks" = '511:0 512:0 2047:0 2048:1 ' ] || { echo "CHANGED: numbers of blocks" >&2; exit 1; }
case "$plain/$sparse/$raw/$bsd" in
'/512 2047 /512 2047 /') ;;
*) echo "CHANGED: the contents of the archives" >&2; exit 1 ;;
esac
echo "as recorded"
