#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Frames of more than 1518 bytes on a VDE switch.
#
# One would guess: a VDE switch passes frames through local sockets, so it passes frames
# of any size, or drops those that are too long, as a switch does. Hosts can use a large
# MTU or segmentation offload if both ends agree.
#
# In fact vde_switch of VDE 2.3.2 receives a frame into a buffer of 14 + 1504 bytes. The
# kernel cuts off the rest of the datagram, and the switch forwards the first 1518 bytes.
# The sender gets the full length as the result, and no error. A frame with two VLAN
# tags and 1500 bytes of data (1522 bytes) loses its last four bytes.
#
# Source: VDE 2.3.2+r586, src/vde_switch/port.h, struct packet; and
# src/vde_switch/datasock.c, handle_io().
#
# Needs: apt-get, as an ordinary user; a C compiler.
set -eu

version=2.3.2+r586-8+b1
plug_version=4.0.1-4
work=$(mktemp -d)
cleanup()
{
	[ ! -e "$work/pid" ] || kill "$(cat "$work/pid")" 2>/dev/null || :
	rm -rf "$work"
}
trap cleanup EXIT
cd "$work"
apt-get -q -q -o APT::Sandbox::User= download "vde-switch=$version" \
	"libvdeplug2=$plug_version" "libvdeplug-dev=$plug_version" >/dev/null
for package in *.deb; do
	dpkg-deb -x "$package" root
done
LD_LIBRARY_PATH=$(dirname "$(find "$work/root" -name 'libvdeplug.so')")
export LD_LIBRARY_PATH

cat >frames.c <<'EOF_C'
#include <err.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <libvdeplug.h>

/* Send a broadcast of a length from one port; print what the other port receives. */
static void pass(VDECONN *from, VDECONN *to, size_t len)
{
	static unsigned char frame[65536], got[65536];
	struct pollfd fd = { vde_datafd(to), POLLIN, 0 };
	ssize_t sent, received = -1;

	memset(frame, 'x', len);
	memset(frame, 0xff, 6);
	memcpy(frame + 6, "\2\0\0\0\0\1\x88\xb5", 8);
	sent = vde_send(from, frame, len, 0);
	if (poll(&fd, 1, 5000) == 1)
		received = vde_recv(to, got, sizeof(got), 0);
	printf("%zu:%zd:%zd ", len, sent, received);
}

int main(int argc, char **argv)
{
	VDECONN *from = vde_open(argv[1], "from", NULL), *to = vde_open(argv[1], "to", NULL);
	int i;

	if (!from || !to)
		err(1, "vde_open");
	for (i = 2; i < argc; i++)
		pass(from, to, atoi(argv[i]));
	return 0;
}
EOF_C
cc -I"$(dirname "$(find "$work/root" -name libvdeplug.h)")" -o frames frames.c \
	-L"$LD_LIBRARY_PATH" -lvdeplug

"$(find root -name vde_switch -type f)" -s "$work/switch" -p "$work/pid" -d </dev/null
until [ -S switch/ctl ]; do
	sleep 0.1
done
frames=$(./frames "$work/switch" 1514 1518 1522 9014)
echo "vde_switch $version, libvdeplug $plug_version"
echo "length:sent:received  $frames"

[ "$frames" = '1514:1514:1514 1518:1518:1518 1522:1522:1518 9014:9014:1518 ' ] ||
	{ echo "CHANGED: the lengths of frames" >&2; exit 1; }
echo "as recorded"
