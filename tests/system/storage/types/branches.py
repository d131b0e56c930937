#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Write code of a processor that consists of calls of a few functions: data that a filter
for this processor makes better to compress.

usage: branches.py PROCESSOR >FILE
"""
import random
import struct
import sys

SIZE = 1 << 17
FUNCTIONS = [(1 << 21) + 4 * n * n * n for n in range(64)]


def x86(at, target):
    return b'\xe8' + struct.pack('<i', target - (at + 5)) + b'\x90\x8b\xc1'


def arm(at, target):
    return struct.pack('<I', 0xeb000000 | (target - (at + 8)) >> 2 & 0xffffff)


def armthumb(at, target):
    offset = (target - (at + 4)) >> 1
    return struct.pack('<HH', 0xf000 | offset >> 11 & 0x7ff, 0xf800 | offset & 0x7ff)


def powerpc(at, target):
    return struct.pack('>I', 0x48000001 | (target - at) & 0x3fffffc)


def sparc(at, target):
    return struct.pack('>I', 0x40000000 | (target - at) >> 2 & 0x3fffff)


def main():
    call = {f.__name__: f for f in (x86, arm, armthumb, powerpc, sparc)}[sys.argv[1]]
    rng = random.Random(1)
    code = bytearray()
    while len(code) < SIZE:
        code += call(len(code), rng.choice(FUNCTIONS))
    sys.stdout.buffer.write(code)


main()
