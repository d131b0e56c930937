#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
# For tests that compare the tools of a build for Windows with those of the build for
# Linux, which is in LKL_LINUX_BUILD or in build/ of the source tree.

linux_build=${LKL_LINUX_BUILD:-$LKL_SOURCE/build}
for tool in cptofs cpfromfs fs2tar tar2fs; do
	[ -x "$linux_build/utils/$tool" ] ||
		skip "there is no $tool in $linux_build/utils: build for Linux first, or set LKL_LINUX_BUILD"
done
export LINUX_CPTOFS=$linux_build/utils/cptofs LINUX_CPFROMFS=$linux_build/utils/cpfromfs \
	LINUX_FS2TAR=$linux_build/utils/fs2tar LINUX_TAR2FS=$linux_build/utils/tar2fs

# set_times TREE: set times that Windows can store: a multiple of 100 ns
set_times()
{
	python3 - "$1" <<-END
		import os, sys
		time = 1580702706_123456700
		for path, dirs, files in os.walk(sys.argv[1], topdown=False):
		    for name in files + ['.']:
		        time += 1_000_000_100
		        os.utime(path + '/' + name, ns=(time, time))
	END
}

# same_archives A B: expect the same files, in any order.
same_archives()
{
	cmp -s "$1" "$2" && return
	mkdir a b
	tar --warning=no-timestamp --xattrs --xattrs-include='*' --acls -C a -xpf "$1"
	tar --warning=no-timestamp --xattrs --xattrs-include='*' --acls -C b -xpf "$2"
	python3 "$tests/support/compare.py" a b
	rm -rf a b
}
