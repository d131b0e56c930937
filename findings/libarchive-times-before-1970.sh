#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Times before 1970 with a fraction, in pax archives of libarchive 3.6.2.
#
# One would guess: a file time of -0.25 s is written as "mtime=-0.25", which is
# what POSIX (pax, "Extended Header Keywords") and GNU tar mean, and that two tools
# which exchange archives agree on it.
#
# In fact libarchive holds such a time as -1 s and 750 000 000 ns, writes the two
# numbers side by side ("mtime=-1.75"), and reads "-1.75" back as the same pair.
# So a round trip through libarchive alone looks right, and an exchange with GNU tar
# is wrong in both directions.
#
# Source: libarchive 3.6.2, libarchive/archive_write_set_format_pax.c,
# add_pax_attr_time(), and archive_read_support_format_tar.c, pax_time().
#
# Needs: apt-get, as an ordinary user; GNU tar, dpkg-deb.
set -eu

version=3.6.2-1+deb12u5
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download -q "libarchive-tools=$version" "libarchive13=$version" >/dev/null
for package in *.deb; do
	dpkg-deb -x "$package" root
done
bsdtar()
{
	LD_LIBRARY_PATH=$(dirname "$(find "$work/root" -name 'libarchive.so.13')") "$work/root/usr/bin/bsdtar" "$@"
}

mkdir in by-gnu by-bsd both-bsd
: >in/file
touch -d @-0.25 in/file
stat -c 'the file:                   %.9Y' in/file
bsdtar --version

bsdtar -c --format=pax -f bsd.tar -C in file
tar -c --format=posix -f gnu.tar -C in file
written_bsd=$(grep -a -o 'mtime=[-0-9.]*' bsd.tar | tail -n 1)
written_gnu=$(grep -a -o 'mtime=[-0-9.]*' gnu.tar | tail -n 1)
echo "bsdtar writes:              $written_bsd"
echo "GNU tar writes:             $written_gnu"

tar -x -f bsd.tar -C by-gnu
bsdtar -x -f gnu.tar -C by-bsd
bsdtar -x -f bsd.tar -C both-bsd
bsd_of_bsd=$(stat -c %.9Y both-bsd/file)
gnu_of_bsd=$(stat -c %.9Y by-gnu/file)
bsd_of_gnu=$(stat -c %.9Y by-bsd/file)
echo "GNU tar reads bsdtar's as:  $gnu_of_bsd"
echo "bsdtar reads bsdtar's as:   $bsd_of_bsd"
echo "bsdtar reads GNU tar's as:  $bsd_of_gnu"

case "$written_bsd $written_gnu" in
mtime=-1.75*' 'mtime=-0.25*) ;;
*) echo "CHANGED: what is written" >&2; exit 1 ;;
esac
case "$gnu_of_bsd $bsd_of_gnu $bsd_of_bsd" in
'-1.750000000 0.250000000 -0.250000000') ;;
*) echo "CHANGED: what is read" >&2; exit 1 ;;
esac
echo "as recorded"
