#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Makes the public headers: generate.sh BUILD-KERNEL-COMMAND... -- OUT STAMP
# OUT receives lkl/... and lkl_errno_table.h.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
set -- "$@"
command=
while [ "$1" != -- ]; do
	command="$command '$1'"
	shift
done
out=$2
stamp=$3

eval "$command" headers_install "INSTALL_HDR_PATH='$out/linux-headers'"
tree=$out/linux
export PYTHONDONTWRITEBYTECODE=1
python3 "$here/rename.py" --input "$out/linux-headers/include" \
	--output "$out/include/lkl"
python3 "$here/syscalls.py" --source "$tree" \
	--headers "$out/linux-headers/include" \
	--output "$out/include/lkl/syscalls.h"
python3 "$here/errnotable.py" --headers "$out/linux-headers/include" \
	--output "$out/include/lkl_errno_table.h"
echo "/* the headers are there */" >"$stamp"
