#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Generate the public headers.
#
# usage: generate.sh HEADERS TABLE DEPFILE BUILD-DIR BUILD-KERNEL OPTION...
#	HEADERS		directory of the headers <lkl/...>
#	TABLE		file with the table of lkl_strerror()
#	DEPFILE		file for the list of files that the headers depend on
#	BUILD-DIR	the build directory of the kernel
#	BUILD-KERNEL	the script build-kernel, and its options
set -eu

here=$(cd "$(dirname "$0")" && pwd)
headers=$1
table=$2
depfile=$3
out=$4
shift 4

"$@" -M "$depfile" -T "$headers" -P include/uapi \
	headers_install INSTALL_HDR_PATH="$out/linux-headers"
# Headers that only programs of LKL need.
cp -R "$here/headers/." "$out/linux-headers/include/"

export PYTHONDONTWRITEBYTECODE=1
python3 "$here/rename.py" --input "$out/linux-headers/include" --output "$headers"
python3 "$here/syscalls.py" --source "$out/linux" --headers "$out/linux-headers/include" \
	--output "$headers/syscalls.h"
python3 "$here/errnotable.py" --headers "$out/linux-headers/include" --output "$table"
# Headers that did not change keep their times; the outputs are up to date.
touch "$headers" "$table"
