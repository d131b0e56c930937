#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# One file extracted from a "newc" archive, if the file has a hard link.
#
# One would guess: a name in a cpio archive (an initramfs, the payload of an rpm) can be
# extracted alone. If the program cannot do so because of a hard link, it reports an
# error, as tar does ("Cannot hard link to ...").
#
# In fact only the last name of a file has the contents in a newc archive; the others
# have the size 0. If only another name is extracted, bsdtar 3.6.2 and pax 20201030
# write an empty file, without an error and with status 0. GNU cpio 2.13 reads on and
# extracts the contents. If all names are extracted, bsdtar extracts the contents, too.
#
# Source: libarchive 3.6.2, libarchive/archive_read_support_format_cpio.c,
# record_hardlink(); GNU cpio 2.13, src/copyin.c, defer_copyin() and
# create_defered_links_to_skipped(); pax 20201030, cpio.c, vcpio_rd().
#
# Needs: apt-get, as an ordinary user.
set -eu

cpio_version=2.13+dfsg-7.1
libarchive_version=3.6.2-1+deb12u5
pax_version=1:20201030-1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get -q -q -o APT::Sandbox::User= download "cpio=$cpio_version" "pax=$pax_version" \
	"libarchive-tools=$libarchive_version" "libarchive13=$libarchive_version" >/dev/null
for package in *.deb; do
	dpkg-deb -x "$package" root
done
LD_LIBRARY_PATH=$(dirname "$(find "$work/root" -name 'libarchive.so.13')")
export LD_LIBRARY_PATH
cpio=$work/root/bin/cpio
pax=$work/root/bin/pax
bsdtar=$work/root/usr/bin/bsdtar

# Print the sizes of the files that a command extracts from its standard input.
sizes()
{
	mkdir "$work/out"
	(cd "$work/out" && "$@" >/dev/null 2>&1 && printf 'status 0: ' && wc -c -- * |
		awk '$2 != "total" { printf "%s %s ", $2, $1 }')
	rm -rf "$work/out"
}

mkdir in
echo contents >in/first
ln in/first in/last
(cd in && printf 'first\nlast\n' | "$cpio" -o -H newc --quiet) >gnu.cpio
"$bsdtar" -c --format=newc -f bsd.cpio -C in first last

"$cpio" --version | head -n 1
"$bsdtar" --version
echo "pax $pax_version"
for archive in gnu bsd; do
	all=$(sizes "$bsdtar" -x -f "$work/$archive.cpio")
	by_cpio=$(sizes "$cpio" -i --quiet first <"$archive.cpio")
	by_bsdtar=$(sizes "$bsdtar" -x -f "$work/$archive.cpio" first)
	echo "$archive.cpio, all, by bsdtar:     $all"
	echo "$archive.cpio, \"first\", by cpio:   $by_cpio"
	echo "$archive.cpio, \"first\", by bsdtar: $by_bsdtar"
	[ "$all" = 'status 0: first 9 last 9 ' ] ||
		{ echo "CHANGED: $archive.cpio, all files" >&2; exit 1; }
	[ "$by_cpio" = 'status 0: first 9 ' ] ||
		{ echo "CHANGED: $archive.cpio, cpio" >&2; exit 1; }
	[ "$by_bsdtar" = 'status 0: first 0 ' ] ||
		{ echo "CHANGED: $archive.cpio, bsdtar" >&2; exit 1; }
done
by_pax=$(sizes "$pax" -r first <gnu.cpio)
echo "gnu.cpio, \"first\", by pax:    $by_pax"
[ "$by_pax" = 'status 0: first 0 ' ] || { echo "CHANGED: gnu.cpio, pax" >&2; exit 1; }
echo "as recorded"
