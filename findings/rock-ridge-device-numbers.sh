#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Device numbers in Rock Ridge.
#
# One would guess: the entry PN holds the major and the minor number of a device, and
# what one program writes, another program reads.
#
# In fact the entry has the fields "Dev_t High" and "Dev_t Low", and there are two
# dialects. genisoimage writes the major and the minor number. libisofs (xorriso) and
# libarchive write and read the two halves of the C library's dev_t with 64 bits, where
# 1:3 is 0 and 0x103. So xorriso and bsdtar read /dev/null of a disc of genisoimage as
# 0:1048579, and each device of such a disc is wrong, with status 0.
#
# Source: RRIP 1.10, 4.1.2; cdrkit 1.1.11, genisoimage/rock.c, the comment "the new and
# only code which uses <device.h>"; libisofs 1.5.4, libisofs/rockridge_read.c,
# read_rr_PN(), and rockridge.c, rrip_add_PN(); libarchive 3.6.2,
# libarchive/archive_read_support_format_iso9660.c, parse_rockridge().
#
# Needs: apt-get, as an ordinary user; /dev/null.
set -eu

genisoimage_version=9:1.1.11-3.4
xorriso_version=1.5.4-4
libarchive_version=3.6.2-1+deb12u5
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get -q -q -o APT::Sandbox::User= download "genisoimage=$genisoimage_version" libmagic1 \
	"xorriso=$xorriso_version" libisoburn1 libburn4 libisofs6 libjte2 \
	"libarchive-tools=$libarchive_version" "libarchive13=$libarchive_version" >/dev/null
for package in *.deb; do
	dpkg-deb -x "$package" root
done
LD_LIBRARY_PATH=$(dirname "$(find "$work/root" -name 'libisofs.so.6')")
PATH=$work/root/usr/bin:$PATH
HOME=$work
export LD_LIBRARY_PATH HOME

genisoimage -version
xorriso -version 2>/dev/null | grep '^xorriso version'
bsdtar --version
genisoimage -quiet -R -graft-points -o genisoimage.iso null=/dev/null
xorriso -report_about FAILURE -outdev xorriso.iso -map /dev/null /null -commit 2>/dev/null
bsdtar -c --format=iso9660 -f bsdtar.iso -C /dev null

# Print the halves of the field of the entry PN: high, low.
fields()
{
	at=$(grep -a -b -o 'PN.*' "$1" | head -n 1)
	od -A n -t u4 -j "$((${at%%:*} + 4))" -N 16 --endian=little "$1" | awk '{ print $1, $3 }'
}

for disc in genisoimage xorriso bsdtar; do
	stored=$(fields $disc.iso)
	by_xorriso=$(xorriso -report_about FAILURE -indev $disc.iso -lsl / 2>/dev/null |
		sed -n "s/^c.* \([0-9]*\), *\([0-9]*\) .*'null'$/\1:\2/p")
	by_bsdtar=$(bsdtar -tvf $disc.iso | sed -n 's/^c.* \([0-9]*\),\([0-9]*\) .* null$/\1:\2/p')
	printf '%-12s stores %-8s xorriso reads %-10s bsdtar reads %s\n' \
		"$disc" "$stored," "$by_xorriso," "$by_bsdtar"
	echo "$stored $by_xorriso $by_bsdtar" >"$disc.result"
done

[ "$(cat genisoimage.result)" = '1 3 0:1048579 0:1048579' ] ||
	{ echo "CHANGED: the disc of genisoimage" >&2; exit 1; }
for disc in xorriso bsdtar; do
	[ "$(cat $disc.result)" = '0 259 1:3 1:3' ] ||
		{ echo "CHANGED: the disc of $disc" >&2; exit 1; }
done
echo "as recorded"
