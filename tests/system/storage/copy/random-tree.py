#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Create a random tree: names, shapes, sizes, holes, links, attributes.

usage: random-tree.py DIRECTORY SEED [plain]

plain: only files that ordinary users may create.
"""
import os
import random
import sys

rng = random.Random(int(sys.argv[2]))
plain = len(sys.argv) > 3
# A name may contain all bytes but these two.
BYTES = [b for b in range(1, 256) if b != ord('/')]
files = []


def name():
    length = rng.choice((1, 2, 8, 20, 60, 200, 255))
    while True:
        kind = rng.randrange(3)
        if kind == 0:
            result = bytes(rng.choice(BYTES) for _ in range(length))
        elif kind == 1:
            result = 'äß→\U0001f427z'.encode()[:length]
        else:
            result = bytes(rng.choice(b'abcXYZ019._- ') for _ in range(length))
        if result not in (b'.', b'..', b'lost+found'):
            return result


def is_utf8(path):
    try:
        return bool((os.getcwdb() + path).decode())
    except UnicodeDecodeError:
        return False


def data(fd, holes):
    """Write a file; return False if the file has holes."""
    shape = rng.randrange(10 if holes else 8)
    if shape < 6:
        os.write(fd, rng.randbytes(rng.choice((0, 1, 100, 4095, 4096, 4097, 70000))))
    elif shape < 8:
        os.write(fd, rng.randbytes(rng.randrange(1 << 20)))
    else:
        size = rng.choice((1 << 20, (1 << 20) + 1, 300 << 20, 5 << 30))
        for _ in range(rng.randrange(6)):
            os.pwrite(fd, rng.randbytes(rng.randrange(20000)), rng.randrange(size))
        os.ftruncate(fd, max(size, os.fstat(fd).st_size))
    return shape < 8


def attributes(fd):
    for i in range(rng.choice((0, 0, 0, 1, 3, 25))):
        value = rng.randbytes(rng.randrange(60))
        os.setxattr(fd, b'user.' + str(i).encode() + b'x' * rng.randrange(30), value)


def finish(path, folder):
    when = [rng.randrange(10**9, 2 * 10**9) * 10**9 + rng.randrange(10**9) for _ in range(2)]
    if not plain:
        os.lchown(path, rng.randrange(70000), rng.randrange(2**31))
    if not os.path.islink(path):
        os.chmod(path, rng.randrange(0o10000) | (0o700 if folder or plain else 0))
    os.utime(path, ns=tuple(when), follow_symlinks=False)


def entry():
    """Create a file in the current directory; return False if the name exists."""
    path, kind = name(), rng.randrange(20)
    try:
        if kind == 0:
            os.symlink(rng.randbytes(rng.randrange(1, 900)).replace(b'\0', b'/'), path)
        elif kind < 4 and files:
            os.link(rng.choice(files), path)
            return
        elif kind == 4 and not plain:
            # XFS cannot store larger numbers.
            device = os.makedev(rng.randrange(1 << 9), rng.randrange(1 << 18))
            os.mknod(path, rng.choice((0o020000, 0o060000)), device)
        elif kind == 5:
            os.mkfifo(path)
        else:
            fd = os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR)
            # libarchive cannot store both holes and a long name that is no text.
            if data(fd, is_utf8(path)):
                files.append(os.path.join(os.getcwdb(), path))
            attributes(fd)
            os.close(fd)
    except FileExistsError:
        return
    finish(path, False)


def folder(depth):
    for _ in range(rng.randrange(8)):
        entry()
    for _ in range(rng.randrange(4) if depth < 4 else 0):
        path = name()
        try:
            os.mkdir(path)
        except FileExistsError:
            continue
        os.chdir(path)
        folder(depth + 1)
        os.chdir('..')
        finish(path, True)


def deep():
    """Create a tree whose paths are longer than PATH_MAX."""
    here = os.open('.', os.O_RDONLY)
    path = b'd' * 255
    for i in range(20):
        os.mkdir(path)
        os.chdir(path)
        with open('leaf', 'w') as f:
            f.write(str(i))
    os.link('leaf', 'again')
    os.fchdir(here)


def crowd():
    os.mkdir('crowd')
    with open('crowd/first', 'w') as f:
        f.write('many names')
    for i in range(500):
        os.link('crowd/first', f'crowd/{rng.randrange(10**9)}-{i}')


os.umask(0)
os.mkdir(sys.argv[1])
os.chdir(sys.argv[1])
folder(0)
deep()
crowd()
