# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Functions for shell tests: a working directory, trees, images, verdicts.

PATH=$PATH:/sbin:/usr/sbin
export LC_ALL=C.UTF-8

# shellcheck disable=SC2034 # for the tests
tests=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# Whether the tools store links and modes of Unix on their host.
# shellcheck disable=SC2034 # for the tests
host_posix=${HOST_POSIX:-yes}
work=$(mktemp -d)
trap 'umount "$work/mnt" 2>/dev/null || :; cd /; rm -rf "$work"' EXIT
cd "$work"

fail()
{
	echo "FAILED: $*" >&2
	exit 1
}

# For Meson, status 77 means that a test was skipped.
skip()
{
	echo "SKIPPED: $*"
	exit 77
}

skip_part()
{
	echo "skipped a part: $*"
}

# random COUNT SEED: print bytes that compress badly, the same in each run
random()
{
	python3 -c 'import random, sys
sys.stdout.buffer.write(random.Random(int(sys.argv[2])).randbytes(int(sys.argv[1])))' "$@"
}

# make_tree DIR POSIX: make files of many kinds; without POSIX, only kinds of FAT.
make_tree()
{
	local d=$1 i
	mkdir -p "$d/dir/deep/deeper" "$d/empty-dir" "$d/many"
	echo "plain text" >"$d/plain"
	: >"$d/empty"
	random 3000001 1 >"$d/big"
	random 4096 2 >"$d/dir/page"
	echo x >"$d/dir/deep/deeper/leaf"
	for i in $(seq 300); do
		echo "file $i" >"$d/many/name-$i"
	done
	if [ "$2" = yes ]; then
		ln -s ../plain "$d/dir/link"
		ln -s /nowhere "$d/dangling"
		echo '#!/bin/sh' >"$d/program"
		chmod 4755 "$d/program"
		chmod 600 "$d/plain"
		chmod 1777 "$d/empty-dir"
		ln "$d/big" "$d/dir/second-name"
		random 100 3 >"$d/sparse"
		truncate -s 5M "$d/sparse"
	fi
	touch -d '2020-02-03 04:05:06' "$d/plain" "$d/dir/page"
	touch -d '2021-02-03 04:05:06' "$d/dir/deep" "$d/dir"
}

# compare_trees A B POSIX [RSYNC-OPTION]: compare all but the attributes of the
# root, which a copy of the contents does not change.
compare_trees()
{
	diff -r --no-dereference "$1" "$2" || fail "contents differ"
	if [ "$3" = yes ]; then
		rsync -naHc --delete --no-owner --no-group --itemize-changes \
			${4:-} "$1/" "$2/" | grep -v ' \./$' >changes || :
		[ -s changes ] || return 0
		cat changes
		fail "attributes differ"
	fi
}

# format_image TYPE OPTION... IMAGE
format_image()
{
	command -v "mkfs.$1" >/dev/null || skip "mkfs.$1 is not installed"
	"mkfs.$1" "${@:2}" >"$work/mkfs.log" 2>&1 || { cat "$work/mkfs.log"; fail "mkfs.$1 fails"; }
}

# make_image TYPE SIZE IMAGE: xfs-bigdir is xfs with large blocks in directories.
make_image()
{
	rm -f "$3"
	truncate -s "$2" "$3"
	case $1 in
	xfs-bigdir) format_image xfs -q -n size=16384 "$3" ;;
	vfat) format_image vfat -F 32 "$3" ;;
	exfat) format_image exfat "$3" ;;
	ntfs3) format_image ntfs -q -F "$3" ;;
	udf) format_image udf -b 512 "$3" ;;
	hfsplus) python3 "$tests/support/make-hfsplus.py" "$3" ;;
	*) format_image "$1" -q "$3" ;;
	esac
}

# check_image TYPE IMAGE: run the checker of the file system.
check_image()
{
	local check
	case $1 in
	ext*) check="e2fsck -fn" ;;
	xfs*) check="xfs_repair -n" ;;
	btrfs) check="btrfs check" ;;
	f2fs) check="fsck.f2fs --dry-run" ;;
	vfat | exfat) check="fsck.$1 -n" ;;
	ntfs3) check="ntfsfix -n" ;;
	hfsplus) check="python3 $tests/support/make-hfsplus.py --check" ;;
	# There is no checker.
	udf) return 0 ;;
	*) fail "no checker for $1" ;;
	esac
	$check "$2" >fsck.log 2>&1 || { cat fsck.log; fail "$check finds errors"; }
}

# check_journal TYPE IMAGE: expect that nothing is left to do for the next mount.
check_journal()
{
	case $1 in
	ext*)
		if dumpe2fs -h "$2" 2>/dev/null | grep -q needs_recovery; then
			fail "the journal is not empty"
		fi
		;;
	xfs*)
		xfs_logprint -t "$2" 2>/dev/null | grep -q "log tail.*state: <CLEAN>" ||
			fail "the log is not empty"
		;;
	esac
}

# fails STATUS TEXT COMMAND...: expect this status and a message with this text.
fails()
{
	local want=$1 text=$2 status=0
	shift 2
	"$@" >output 2>message || status=$?
	[ "$status" = "$want" ] || { cat message; fail "status $status, not $want: $*"; }
	grep -qF -- "$text" message || { cat message; fail "no '$text': $*"; }
}
