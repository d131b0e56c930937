#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Extended attributes whose names contain "%" or "=", in pax archives.
#
# One would guess: the name is encoded in the archive, because "=" ends a keyword of
# pax, and a program that encodes names also decodes them. So a round trip through one
# program keeps the names, whatever other programs do.
#
# In fact bsdtar (libarchive 3.6.2) writes each attribute twice, both times with the
# encoded name, and decodes only the name of LIBARCHIVE.xattr. So each round trip through
# bsdtar alone adds attributes: user.100% also becomes user.100%25, and the next time
# user.100%2525. From an archive of GNU tar, which writes only SCHILY.xattr, bsdtar
# extracts nothing but the encoded name. "mksquashfs -tar" 4.5.1 decodes no names, not
# even of bsdtar's archive. GNU tar reads both archives well. The status is always 0.
#
# Source: libarchive 3.6.2, libarchive/archive_write_set_format_pax.c,
# archive_write_pax_header_xattrs(), and archive_read_support_format_tar.c,
# pax_attribute_schily_xattr(); GNU tar 1.34, src/xheader.c, xattr_encode_keyword();
# squashfs-tools 4.5.1, squashfs-tools/tar_xattr.c, read_tar_xattr().
#
# Needs: apt-get, as an ordinary user; setfattr, getfattr; a directory for temporary
# files whose file system has user attributes.
set -eu

tar_version=1.34+dfsg-1.2+deb12u1
libarchive_version=3.6.2-1+deb12u5
squashfs_version=1:4.5.1-1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get -q -q -o APT::Sandbox::User= download "tar=$tar_version" \
	"libarchive-tools=$libarchive_version" "libarchive13=$libarchive_version" \
	"squashfs-tools=$squashfs_version" liblzo2-2 >/dev/null
for package in *.deb; do
	dpkg-deb -x "$package" root
done
LD_LIBRARY_PATH=$(dirname "$(find "$work/root" -name 'libarchive.so.13')"):$(dirname "$(find "$work/root" -name 'liblzo2.so.2')")
export LD_LIBRARY_PATH
PATH=$work/root/bin:$work/root/usr/bin:$PATH

# Print the attributes of a file, in the same order everywhere.
attributes()
{
	getfattr --absolute-names -d "$1" | sed -n 's/\\075/=/g; s/^user\.//p' |
		LC_ALL=C sort | tr '\n' ' '
}

# Extract an archive with a command that takes its name as the last argument; print the
# attributes of the file.
extract()
{
	archive=$work/$1
	shift
	mkdir out
	(cd out && "$@" "$archive" >/dev/null 2>&1) || { echo "$* fails" >&2; exit 1; }
	attributes out/file
	rm -rf out
}

# Make a squashfs from the archive that is the last argument, and extract it.
through_squashfs()
{
	mksquashfs - ../image.squashfs -tar -noappend -quiet -no-progress <"$1"
	unsquashfs -quiet -no-progress -force -user-xattrs -dest . ../image.squashfs
}

mkdir in again
echo contents >in/file
setfattr -n 'user.100%' -v one in/file
setfattr -n 'user.a=b' -v two in/file
tar --version | head -n 1
bsdtar --version
mksquashfs -version | head -n 1

tar -c --xattrs -f gnu.tar -C in file
bsdtar -c --format=pax --xattrs -f bsd.tar -C in file
(cd again && bsdtar -x -p --xattrs -f ../bsd.tar)
bsdtar -c --format=pax --xattrs -f bsd-again.tar -C again file

original=$(attributes in/file)
gnu_of_gnu=$(extract gnu.tar tar -x --xattrs -f)
gnu_of_bsd=$(extract bsd.tar tar -x --xattrs -f)
bsd_of_gnu=$(extract gnu.tar bsdtar -x -p --xattrs -f)
bsd_of_bsd=$(extract bsd.tar bsdtar -x -p --xattrs -f)
bsd_twice=$(extract bsd-again.tar bsdtar -x -p --xattrs -f)
squash_of_gnu=$(extract gnu.tar through_squashfs)
squash_of_bsd=$(extract bsd.tar through_squashfs)
echo "the file:                     $original"
echo "GNU tar reads GNU tar's as:   $gnu_of_gnu"
echo "GNU tar reads bsdtar's as:    $gnu_of_bsd"
echo "bsdtar reads GNU tar's as:    $bsd_of_gnu"
echo "bsdtar reads bsdtar's as:     $bsd_of_bsd"
echo "the same, a second time:      $bsd_twice"
echo "mksquashfs reads GNU tar's:   $squash_of_gnu"
echo "mksquashfs reads bsdtar's:    $squash_of_bsd"

encoded='100%25="one" a%3Db="two" '
[ "$gnu_of_gnu,$gnu_of_bsd" = "$original,$original" ] ||
	{ echo "CHANGED: what GNU tar reads" >&2; exit 1; }
[ "$bsd_of_gnu" = "$encoded" ] ||
	{ echo "CHANGED: what bsdtar reads of GNU tar" >&2; exit 1; }
[ "$bsd_of_bsd" = '100%25="one" 100%="one" a%3Db="two" a=b="two" ' ] ||
	{ echo "CHANGED: what bsdtar reads of bsdtar" >&2; exit 1; }
case $bsd_twice in
'100%2525="one" '*' a%253Db="two" '*) ;;
*) echo "CHANGED: the second round trip of bsdtar" >&2; exit 1 ;;
esac
[ "$squash_of_gnu,$squash_of_bsd" = "$encoded,$encoded" ] ||
	{ echo "CHANGED: what mksquashfs reads" >&2; exit 1; }
echo "as recorded"
