# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Functions for the tests of lklfuse: mount, wait for processes.

# Use a private mount namespace.  Otherwise the mount namespaces of other tests
# copy this test's mounts, and a copy keeps a file system alive after umount.
if [ "$(id -u)" = 0 ] && [ -z "${LKLFUSE_TEST_NAMESPACE-}" ]; then
	LKLFUSE_TEST_NAMESPACE=1 exec unshare --mount "$0" "$@"
fi

# shellcheck source=tests/support/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../support/lib.sh"

[ -e /dev/fuse ] || skip "the host has no /dev/fuse"
[ "$(id -u)" = 0 ] || skip "needs root, for loop mounts to compare with"

chmod 755 .
mkdir -p mnt native
trap 'end_all' EXIT

# Remove everything that a test has left behind.
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

# start IMAGE [OPTIONS]: mount at mnt, in the background
start()
{
	"$LKLFUSE" -o "allow_other${2:+,$2}" "$work/$1" "$work/mnt" ||
		fail "lklfuse cannot mount $1"
	mountpoint -q mnt || fail "lklfuse reported success, but nothing is mounted"
}

# server: print the PID of the process that serves mnt
server()
{
	getfattr --absolute-names --only-values -n system.lklfuse.pid "$work/mnt"
}

# is_gone PID: return true if the process has ended; zombies count as ended
is_gone()
{
	[ ! -e "/proc/$1" ] || grep -qs '^State:.Z' "/proc/$1/status"
}

# wait_for_end PID: wait until the process has ended, at most 150 seconds
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

# stop: unmount as umount(8) does, and wait until the server has ended
stop()
{
	"$UMOUNT_HELPER" "$work/mnt" || fail "umount.fuse.lklfuse failed"
}
