#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Change a few bytes of an image, and read or write the image with the tools.

usage: mutate.py TYPE IMAGE COUNT read|write

Each change comes from a random generator whose seed is the number of the change.
A tool may succeed, or fail with status 1 and a message.  A signal, a timeout, or
an error without message is a failure of the test.  If LINUX_CPFROMFS and
LINUX_CPTOFS name other tools, their status and messages must be the same.
"""
import os
import random
import shutil
import subprocess
import sys

BLOCK = 4096
# Report that only a tool for Windows makes: a warning, and errors
WARNING = b'cpfromfs: warning: cannot set mode of'
ERRORS = (b'Windows forbids this name', b'so Windows cannot hold it',
          b'in the target, its name is the same as')
# The watchdog of the tools expires before.
TIMEOUT_S = 200


def used_blocks(fd):
    """Return the blocks of an image that are not zero."""
    size = os.fstat(fd).st_size
    blocks, pos = [], 0
    while pos < size:
        try:
            start = os.lseek(fd, pos, os.SEEK_DATA)
        except OSError:
            break
        pos = os.lseek(fd, start, os.SEEK_HOLE)
        for block in range(start - start % BLOCK, pos, BLOCK):
            if any(os.pread(fd, BLOCK, block)):
                blocks.append(block)
    return blocks


class Image:
    """An image that can be changed and restored."""

    def __init__(self, path):
        self.path = path
        self.fd = os.open(path, os.O_RDWR)
        self.size = os.fstat(self.fd).st_size
        self.blocks = used_blocks(self.fd)
        self.saved = {}

    def restore(self):
        os.ftruncate(self.fd, self.size)
        for block, data in self.saved.items():
            os.pwrite(self.fd, data, block)
        self.saved = {}

    def save(self, block):
        if block not in self.saved:
            self.saved[block] = os.pread(self.fd, BLOCK, block)

    def truncate(self, size):
        for block in self.blocks:
            if block + BLOCK > size:
                self.save(block)
        os.ftruncate(self.fd, size)

    def change(self, rng):
        # Metadata often comes first, so make half of the changes there.
        pool = self.blocks[:64] if rng.random() < 0.5 else self.blocks
        block = rng.choice(pool)
        self.save(block)
        os.pwrite(self.fd, bytes([rng.randrange(256)]),
                  min(block + rng.randrange(BLOCK), self.size - 1))

    def mutate(self, rng):
        if rng.random() < 0.1:
            self.truncate(rng.randrange(self.size) & ~511)
            return
        for _ in range(rng.choice((1, 4, 32, 256))):
            self.change(rng)


def fail(output, image, what):
    """Report a failure, and keep the image beside Meson's logs."""
    sys.stdout.buffer.write(output[-3000:])
    logs = os.path.join(os.environ.get('LKL_BUILD', '.'), 'meson-logs')
    kept = os.path.join(logs, what.split(':')[0].replace(' ', '-') + '.img')
    subprocess.run(['cp', '--sparse=always', image, kept], check=False)
    sys.exit(f'FAILED: {what}; the image is kept as {kept}')


def run(command, image, what):
    """Run a tool and return its status and output; report a failure."""
    try:
        r = subprocess.run(command, stdout=subprocess.PIPE, timeout=TIMEOUT_S,
                           stderr=subprocess.STDOUT, check=False)
    except subprocess.TimeoutExpired as e:
        fail(e.stdout or b'', image, f'{what}: did not end')
    if r.returncode not in (0, 1):
        fail(r.stdout, image, f'{what}: status {r.returncode}')
    if r.returncode and not r.stdout.strip():
        fail(b'', image, f'{what}: an error without a message')
    return r.returncode, r.stdout


def use(prefix, fstype, image, how, what):
    """Read or write an image with the tools whose variables have this prefix."""
    shutil.rmtree('out', ignore_errors=True)
    os.mkdir('out')
    if how == 'read':
        return run([os.environ[prefix + 'CPFROMFS'], '-t', fstype, '-i', image, '/', 'out'],
                   image, what)
    # Write to a copy, as writes cannot be undone.
    subprocess.run(['cp', '--sparse=always', image, 'out/copy'], check=True)
    return run([os.environ[prefix + 'CPTOFS'], '-t', fstype, '-i', 'out/copy', 'tree/dir', '/new'],
               image, what)


def without_windows(status, output, expected):
    """Return status and output without what only a tool for Windows reports."""
    lines = [line for line in output.splitlines(True) if WARNING not in line]
    others = [line for line in lines if not any(e in line for e in ERRORS)]
    return expected if others != lines else status, b''.join(others)


def main():
    fstype, path, count, how = sys.argv[1:]
    image = Image(path)
    failed = 0
    for seed in range(int(count)):
        image.mutate(random.Random(seed))
        what = f'{how} of {fstype} {seed}'
        status, output = use('', fstype, path, how, what)
        failed += status
        if 'LINUX_CPTOFS' in os.environ:
            expected = use('LINUX_', fstype, path, how, what)
            if without_windows(status, output, expected[0]) != expected:
                fail(b'status %d:\n%s\nfor Linux, status %d:\n%s' % (status, output, *expected),
                     path, f'{what}: not the result of the tool for Linux')
        image.restore()
    print(f'ok: {count} mutations of {fstype}, {failed} of them told of on {how}')


main()
