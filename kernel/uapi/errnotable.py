#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Generate the table of lkl_strerror() from the kernel's error numbers."""

import argparse
import pathlib
import sys

from ctokens import COMMENT, IDENT, NUMBER, split_lines, tokenize
from rename import write_if_changed


def entries(path: pathlib.Path) -> list:
    """Return (name, text) of each "#define ENAME number /* text */"."""
    found = []
    for line in split_lines(tokenize(path.read_text(encoding='utf-8'))):
        kinds = [t.kind for t in line.tokens]
        if line.directive != 'define' or NUMBER not in kinds:
            continue
        name = [t.text for t in line.tokens if t.kind == IDENT][1]
        comments = [t.text[2:-2].strip() for t in line.tokens if t.kind == COMMENT]
        found.append((name, comments[0] if comments else name))
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--headers', type=pathlib.Path, required=True)
    parser.add_argument('--output', type=pathlib.Path, required=True)
    args = parser.parse_args()
    lines = ['/* Generated: { number, name, text } */\n']
    for header in ('errno-base.h', 'errno.h'):
        for name, text in entries(args.headers / 'asm-generic' / header):
            lines.append(f'{{ LKL_{name}, "{name}", "{text}" }},\n')
    write_if_changed(args.output, ''.join(lines))
    return 0


if __name__ == '__main__':
    sys.exit(main())
