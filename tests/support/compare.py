#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Compare two trees with all attributes of files.

usage: compare.py [--without=KIND,...] TREE TREE

KIND: owner, mode, mtime, nsec, xattr, links, holes, flags
"""
import array
import fcntl
import hashlib
import os
import stat
import sys

FS_IOC_GETFLAGS = 0x80086601
# Append only, immutable, not dumped: what a copy keeps.
FLAGS = 0x70


def contents(path, size):
    """Return a digest of the blocks that are not all zeros, so that holes cost no time."""
    digest, block, zeros = hashlib.sha256(), 1 << 16, bytes(1 << 16)
    with open(path, 'rb', buffering=0) as f:
        offset = 0
        while offset < size:
            try:
                offset = os.lseek(f.fileno(), offset, os.SEEK_DATA) // block * block
            except OSError:
                break
            data = os.pread(f.fileno(), block, offset)
            if data != zeros[:len(data)]:
                digest.update(b'%d ' % offset + data)
            offset += block
    return digest.hexdigest()


def holes(path, size):
    """Is there any?  How large they are is up to the file system."""
    if size < 1 << 20:
        return None
    fd = os.open(path, os.O_RDONLY)
    try:
        return os.lseek(fd, 0, os.SEEK_HOLE) < size
    finally:
        os.close(fd)


def flags(path):
    fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        value = array.array('I', [0])
        fcntl.ioctl(fd, FS_IOC_GETFLAGS, value)
        return value[0] & FLAGS
    except OSError:
        return 0
    finally:
        os.close(fd)


def xattrs(path):
    return {name: os.getxattr(path, name, follow_symlinks=False)
            for name in os.listxattr(path, follow_symlinks=False)
            if not name.startswith(('system.', 'trusted.SGI_ACL_')) or 'posix_acl' in name}


def describe(path, full, without, first_names):
    st = os.lstat(path)
    kind = stat.S_IFMT(st.st_mode)
    facts = {'type': oct(kind), 'mode': oct(st.st_mode & 0o7777),
             'owner': (st.st_uid, st.st_gid),
             'mtime': st.st_mtime_ns if 'nsec' not in without else st.st_mtime_ns // 10**9,
             'xattr': xattrs(path)}
    if kind == stat.S_IFREG:
        facts.update(size=st.st_size, contents=contents(path, st.st_size), holes=holes(path, st.st_size))
    if kind in (stat.S_IFREG, stat.S_IFDIR):
        facts['flags'] = flags(path)
    if kind == stat.S_IFLNK:
        facts.update(target=os.readlink(path), mode=None)
    if kind in (stat.S_IFBLK, stat.S_IFCHR):
        facts['device'] = (os.major(st.st_rdev), os.minor(st.st_rdev))
    if kind != stat.S_IFDIR and st.st_nlink > 1:
        facts['links'] = first_names.setdefault((st.st_dev, st.st_ino), full)
    return {k: v for k, v in facts.items() if k not in without}


def scan(root, without):
    """Relative path (bytes) -> facts; from directory to directory, as paths may be too long."""
    found, first_names = {}, {}

    def scan_folder(path):
        for name in sorted(os.listdir(b'.')):
            full = path + b'/' + name
            found[full] = describe(name, full, without, first_names)
            if found[full]['type'] == oct(stat.S_IFDIR):
                os.chdir(name)
                scan_folder(full)
                os.chdir(b'..')

    os.chdir(root)
    scan_folder(b'.')
    return found


def main():
    without = set()
    args = sys.argv[1:]
    while args and args[0].startswith('--without='):
        without.update(args.pop(0).split('=')[1].split(','))
    here = os.getcwd()
    a = scan(args[0], without)
    os.chdir(here)
    b = scan(args[1], without)
    bad = 0
    for path in sorted(a.keys() | b.keys()):
        if path == b'./lost+found' or a.get(path) == b.get(path):
            continue
        bad += 1
        if path not in a or path not in b:
            print(f'{path!r}: only in {args[path in b]}')
            continue
        for kind in sorted(a[path].keys() | b[path].keys()):
            if a[path].get(kind) != b[path].get(kind):
                print(f'{path!r}: {kind}: {a[path].get(kind)} and {b[path].get(kind)}')
    if bad:
        sys.exit(f'FAILED: {bad} of {len(a)} differ')
    print(f'{len(a)} files are the same')


main()
