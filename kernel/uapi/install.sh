#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Installs the generated headers: install.sh FROM TO
set -eu
to=${DESTDIR:-}$2
mkdir -p "$to"
cp -R "$1/." "$to/"
find "$to" -type d -exec chmod 755 {} +
find "$to" -type f -exec chmod 644 {} +
