# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What the tests of lklfuse share: images, mounting, waiting for an end.

# shellcheck source=tests/support/lib.sh
. "$(dirname "$0")/../../support/lib.sh"

[ -e /dev/fuse ] || skip "the host has no /dev/fuse"
[ "$(id -u)" = 0 ] || skip "needs root, for loop mounts to compare with"

chmod 755 .
mkdir -p mnt native
trap 'end_all' EXIT

# Whatever a test left behind.
end_all()
{
	set +e
	cd /
	umount -l "$work/mnt" 2>/dev/null
	umount "$work/native" 2>/dev/null
	pkill -KILL -f "lklfuse .*$work" 2>/dev/null
	chattr -R -i -a "$work" 2>/dev/null
	rm -rf "$work"
}

# make_image TYPE FILE [SIZE]
make_image()
{
	rm -f "$2"
	truncate -s "${3:-512M}" "$2"
	case $1 in
	ext4) mke2fs -q -F -t ext4 "$2" ;;
	vfat) mkfs.vfat -F 32 "$2" >/dev/null ;;
	xfs) mkfs.xfs -q -f "$2" ;;
	*) "mkfs.$1" -q "$2" >/dev/null ;;
	esac
}

# is_clean TYPE FILE
is_clean()
{
	case $1 in
	ext4) e2fsck -fn "$2" ;;
	xfs) xfs_repair -n "$2" ;;
	btrfs) btrfs check "$2" ;;
	f2fs) fsck.f2fs --dry-run "$2" ;;
	vfat) fsck.vfat -n "$2" ;;
	exfat) fsck.exfat -n "$2" ;;
	esac >fsck.log 2>&1 || {
		cat fsck.log
		fail "fsck is not content with $2"
	}
}

# start IMAGE [OPTIONS]: mounts at mnt, in the background
start()
{
	"$LKLFUSE" -o "allow_other${2:+,$2}" "$work/$1" "$work/mnt" ||
		fail "lklfuse does not mount $1"
	mountpoint -q mnt || fail "nothing is mounted, though lklfuse says so"
}

# The process that serves mnt.
server()
{
	getfattr --absolute-names --only-values -n system.lklfuse.pid "$work/mnt"
}

# A process that nobody has waited for is gone, too.
is_gone()
{
	[ ! -e "/proc/$1" ] || grep -qs '^State:.Z' "/proc/$1/status"
}

# Until process $1 is gone, for at most some minutes.
wait_for_end()
{
	python3 - "$1" <<-'EOF' || fail "process $1 does not end"
	import os, select, sys
	try:
	    fd = os.pidfd_open(int(sys.argv[1]))
	except ProcessLookupError:
	    sys.exit(0)
	sys.exit(not select.select([fd], [], [], 150)[0])
	EOF
}

# As umount(8) does it: when it returns, all is done.
stop()
{
	"$UMOUNT_HELPER" "$work/mnt" || fail "umount.fuse.lklfuse fails"
}
