#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Files that are compressed with zisofs, read by programs other than Linux.
#
# One would guess: a program that reads Rock Ridge, but not the zisofs of a file, ends
# with an error, or leaves the file out. Version 2 even has another signature in the
# entry of the directory ("PZ" for "pz"), so that older readers can tell.
#
# In fact no command fails. 7-Zip 26.02 extracts the compressed bytes of both versions.
# libarchive 3.6.2 and fuseiso decompress version 1, and return the compressed bytes of
# version 2. They also report the compressed size as the size of the file, so that a
# check of the sizes finds nothing.
#
# Source: libarchive 3.6.2, libarchive/archive_read_support_format_iso9660.c,
# parse_rockridge_ZF1(); fuseiso 20070708, src/isofs.c, the case of "ZF"; 7-Zip 26.02,
# CPP/7zip/Archive/Iso/ (no case of "ZF"); libisofs 1.5.4, doc/zisofs2_format.txt.
#
# Needs: root, /dev/fuse, apt-get, umount; seq, cmp.
set -eu

xorriso_version=1.5.4-4
libarchive_version=3.6.2-1+deb12u5
zip_version=22.01+really26.02+dfsg-0+deb12u1
fuseiso_version=20070708-3.2+b1
work=$(mktemp -d)
cleanup()
{
	umount "$work/mnt" 2>/dev/null || :
	rm -rf "$work"
}
trap cleanup EXIT
cd "$work"
apt-get -q -q -o APT::Sandbox::User= download "xorriso=$xorriso_version" libisoburn1 libburn4 \
	libisofs6 libjte2 "libarchive-tools=$libarchive_version" \
	"libarchive13=$libarchive_version" "7zip=$zip_version" "fuseiso=$fuseiso_version" \
	libfuse2 libglib2.0-0 >/dev/null
for package in *.deb; do
	dpkg-deb -x "$package" root
done
LD_LIBRARY_PATH=$(dirname "$(find "$work/root" -name 'libisofs.so.6')"):$(dirname "$(find "$work/root" -name 'libfuse.so.2')")
export LD_LIBRARY_PATH
PATH=$work/root/bin:$work/root/usr/bin:$PATH

mkdir in mnt
seq 20000 >in/file
original=$(stat -c %s in/file)
xorriso -version 2>/dev/null | grep '^xorriso version'
bsdtar --version
7zz | head -n 2 | tail -n 1
echo "fuseiso $fuseiso_version"
echo "size of the file: $original"

# Compare what a program read with the original.
compare()
{
	if cmp -s in/file "$1"; then
		echo "$2 original"
	else
		echo "$2 compressed"
	fi
}

for disc in 1:off 2:on; do
	version=${disc%:*}
	xorriso -report_about FAILURE -outdev "$version.iso" \
		-zisofs "level=6:version_2=${disc#*:}" -map in / \
		-set_filter_r --zisofs / -- -commit 2>/dev/null
	xorriso -report_about FAILURE -osirrox on -indev "$version.iso" \
		-extract /file "xorriso-$version" 2>/dev/null
	7zz x -y "-o7zip-$version" "$version.iso" >/dev/null
	mkdir "bsdtar-$version"
	bsdtar -x -f "$version.iso" -C "bsdtar-$version"
	fuseiso "$version.iso" mnt
	cp mnt/file "fuseiso-$version"
	umount mnt
	{
		compare "xorriso-$version" xorriso
		compare "7zip-$version/file" 7-Zip
		compare "bsdtar-$version/file" bsdtar
		compare "fuseiso-$version" fuseiso
	} >"results-$version"
	printf 'zisofs version %s: ' "$version"
	tr '\n' ';' <"results-$version"
	echo
done
stored=$(stat -c %s 7zip-2/file)
listed=$(bsdtar -tvf 2.iso file | awk '{ print $5 }')
echo "size with version 2, as 7-Zip extracts and bsdtar lists it: $stored $listed"

[ "$(tr '\n' ';' <results-1)" = 'xorriso original;7-Zip compressed;bsdtar original;fuseiso original;' ] ||
	{ echo "CHANGED: version 1" >&2; exit 1; }
[ "$(tr '\n' ';' <results-2)" = 'xorriso original;7-Zip compressed;bsdtar compressed;fuseiso compressed;' ] ||
	{ echo "CHANGED: version 2" >&2; exit 1; }
if [ "$stored" != "$listed" ] || [ "$stored" -ge "$original" ]; then
	echo "CHANGED: the sizes with version 2" >&2
	exit 1
fi
echo "as recorded"
