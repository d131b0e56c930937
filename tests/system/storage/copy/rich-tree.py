#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Create a tree with all kinds of files and attributes.  Run this as root.

usage: rich-tree.py DIRECTORY [SEED]
"""
import os
import random
import socket
import struct
import subprocess
import sys

rng = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 1)

# Entries of an access control list, see linux/posix_acl_xattr.h: tag, bits, ID
USER_OBJ, USER, GROUP_OBJ, GROUP, MASK, OTHER = 1, 2, 4, 8, 16, 32
NO_ID = 0xffffffff


def acl(*entries):
    return struct.pack('<I', 2) + b''.join(struct.pack('<HHI', *e) for e in entries)


LIST = acl((USER_OBJ, 6, NO_ID), (USER, 4, 1234), (GROUP_OBJ, 4, NO_ID), (GROUP, 6, 55),
           (MASK, 6, NO_ID), (OTHER, 0, NO_ID))
# cap_net_raw=ep, revision 2
CAPABILITY = struct.pack('<5I', 0x02000001, 1 << 13, 0, 0, 0)


def write(path, data=b'', mode=0o644):
    with open(path, 'wb') as f:
        f.write(data)
    os.chmod(path, mode)
    return path


def plain_files():
    for i, mode in enumerate((0o644, 0o4755, 0o2711, 0o1777, 0o000, 0o600)):
        write(f'mode-{i}', rng.randbytes(rng.randrange(20000)), mode)
        os.chown(f'mode-{i}', 1000 + i, 2000000000 + i)
        # A change of the owner clears set-user-ID.
        os.chmod(f'mode-{i}', mode)
    write('empty')
    write('large', rng.randbytes(3_000_001))


def sparse_files():
    for name, pieces in (('hole-first', [(5 << 20, 4096)]), ('hole-last', [(0, 100)]),
                         ('hole-between', [(0, 4096), (3 << 20, 4096), (6 << 20, 1)]),
                         ('only-hole', [])):
        with open(name, 'wb') as f:
            for offset, count in pieces:
                f.seek(offset)
                f.write(rng.randbytes(count))
            f.truncate(8 << 20)


def links():
    os.mkdir('links')
    os.link('large', 'links/second')
    os.link('large', 'links/third')
    os.symlink('/no/where', 'links/dangling')
    os.symlink('x' * 1000, 'links/long')
    os.lchown('links/dangling', 77, 78)
    os.mkfifo('links/fifo')
    os.link('links/fifo', 'links/fifo-again')


def special_files():
    os.mkdir('special')
    os.mknod('special/block', 0o060640, os.makedev(259, 300))
    os.mknod('special/char', 0o020666, os.makedev(1, 3))
    with socket.socket(socket.AF_UNIX) as s:
        s.bind('special/socket')


def attributes():
    for i in range(20):
        os.setxattr(write(f'attributes-{i}'), f'user.name-{i}', rng.randbytes(i * 10))
    many = write('many-attributes')
    for i in range(12):
        os.setxattr(many, f'user.{i}', rng.randbytes(200))
    os.setxattr(many, 'trusted.overlay.opaque', b'y')
    os.setxattr(many, 'user.empty', b'')
    os.setxattr(write('capable', mode=0o755), 'security.capability', CAPABILITY)
    os.setxattr(write('labelled'), 'security.selinux', b'system_u:object_r:etc_t:s0\0')
    os.symlink('labelled', 'labelled-link')
    os.setxattr('labelled-link', 'trusted.link', b'1', follow_symlinks=False)
    os.setxattr(write('listed'), 'system.posix_acl_access', LIST)
    os.mkdir('listed-dir')
    os.setxattr('listed-dir', 'system.posix_acl_default', LIST)
    write('listed-dir/inherits')


def names():
    os.mkdir('names')
    for name in (b'n' * 255, b'\xff\xfe not UTF-8', b'new\nline', b'- -', b'*?[', b'\\', b'"\''):
        write(b'names/' + name, name)
    path = 'deep'
    for i in range(30):
        os.mkdir(path)
        write(path + '/leaf', str(i).encode())
        path += '/' + 'd' * 100
    os.mkdir('crowd')
    for i in range(3000):
        write(f'crowd/{rng.randrange(10**12)}-{i}')


def times():
    for folder, dirs, files in os.walk('.', topdown=False):
        for name in dirs + files:
            when = rng.randrange(10**9, 2 * 10**9) * 10**9 + rng.randrange(10**9)
            os.utime(os.path.join(folder, name), ns=(when, when), follow_symlinks=False)


def flags():
    for name, flag in (('immutable', '+i'), ('append-only', '+a'), ('not-dumped', '+d')):
        os.mkdir('flags-' + name)
        write(f'flags-{name}/file', b'x')
        if flag == '+i':
            os.link('flags-immutable/file', 'flags-immutable/other-name')
    times()
    for name, flag in (('immutable', '+i'), ('append-only', '+a'), ('not-dumped', '+d')):
        subprocess.run(['chattr', flag, f'flags-{name}/file', 'flags-' + name], check=True)


os.mkdir(sys.argv[1])
os.chdir(sys.argv[1])
for make in (plain_files, sparse_files, links, special_files, attributes, names, flags):
    make()
