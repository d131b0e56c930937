#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# ftruncate() of mingw-w64 on a sparse file.
#
# One would guess: with offsets of 64 bits, ftruncate() is a wrapper of SetEndOfFile(). So
# if the file was made sparse with FSCTL_SET_SPARSE, it may become larger than the free
# space of the disk, as on POSIX systems.
#
# In fact mingw-w64 10.0.0 first compares the growth with the free space of the volume,
# and fails with EFBIG, although SetEndOfFile() succeeds on the same file. So a program
# that creates a large, sparse disk image works on its developer's machine, and fails on
# a fuller disk, with an error that means a limit of the file system.
#
# Source: mingw-w64 10.0.0, mingw-w64-crt/stdio/ftruncate64.c, checkfreespace() and
# ftruncate64().
#
# Needs: apt-get, as an ordinary user; x86_64-w64-mingw32-gcc. Of wine, which has no part
# in this, only the libraries are unpacked that the program loads.
set -eu

mingw_version=10.0.0-3
wine_version=8.0~repack-4
work=$(mktemp -d)
unset TMPDIR DISPLAY WAYLAND_DISPLAY
export WINEPREFIX="$work/prefix" WINEDEBUG=-all
wine=$work/root/usr/lib/wine
cleanup()
{
	"$wine/wineserver" -k 2>/dev/null || :
	rm -rf "$work"
}
trap cleanup EXIT
cd "$work"
apt-get -q -q -o APT::Sandbox::User= download "mingw-w64-x86-64-dev=$mingw_version" \
	"mingw-w64-common=$mingw_version" "wine64=$wine_version" "libwine=$wine_version" \
	libunwind8 >/dev/null
mkdir -p root prefix/drive_c/windows/system32
for package in mingw*.deb wine64*.deb libunwind8*.deb; do
	dpkg-deb -x "$package" root
done
dpkg-deb --fsys-tarfile libwine_*.deb | tar -x -C root --wildcards '*/nls/*' \
	'*/x86_64-unix/ntdll.so' '*/x86_64-windows/ntdll.dll' '*/x86_64-windows/msvcrt.dll' \
	'*/x86_64-windows/kernel32.dll' '*/x86_64-windows/kernelbase.dll' \
	'*/x86_64-windows/advapi32.dll' '*/x86_64-windows/sechost.dll'
find root -name '*.dll' -path '*/x86_64-windows/*' \
	-exec cp {} prefix/drive_c/windows/system32/ ';'
ln -s . root/usr/share/wine/wine
ln -s wineserver64 "$wine/wineserver"

cat >grow.c <<'EOF_C'
#include <errno.h>
#include <fcntl.h>
#include <io.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <windows.h>
#include <winioctl.h>

#define GIB	(1LL << 30)

int main(void)
{
	int fd = open("sparse", O_RDWR | O_CREAT | O_BINARY, 0600), failed;
	HANDLE file = (HANDLE)_get_osfhandle(fd);
	ULARGE_INTEGER space;
	LARGE_INTEGER size;
	DWORD count;

	if (!DeviceIoControl(file, FSCTL_SET_SPARSE, NULL, 0, NULL, 0, &count, NULL))
		return 1;
	if (!GetDiskFreeSpaceExA(NULL, &space, NULL, NULL))
		return 1;
	size.QuadPart = space.QuadPart + GIB;
	errno = 0;
	failed = ftruncate(fd, size.QuadPart);
	printf("ftruncate %d %s, ", failed, errno == EFBIG ? "EFBIG" : strerror(errno));
	if (!SetFilePointerEx(file, size, NULL, FILE_BEGIN) || !SetEndOfFile(file))
		return 1;
	printf("SetEndOfFile %d, ", _filelengthi64(fd) == size.QuadPart);
	failed = ftruncate(fd, GIB);
	printf("ftruncate to 1 GiB %d\n", failed);
	return 0;
}
EOF_C
mingw=$work/root/usr/x86_64-w64-mingw32
x86_64-w64-mingw32-gcc -D_FILE_OFFSET_BITS=64 -isystem "$mingw/include" -B "$mingw/lib/" \
	-L "$mingw/lib" -o grow.exe grow.c
result=$("$wine/wine64" grow.exe 2>wine.log | tr -d '\r') || cat wine.log >&2
echo "mingw-w64 $mingw_version, wine $wine_version"
echo "1 GiB more than the free space: $result"

[ "$result" = 'ftruncate -1 EFBIG, SetEndOfFile 1, ftruncate to 1 GiB 0' ] ||
	{ echo "CHANGED: what ftruncate() does" >&2; exit 1; }
echo "as recorded"
