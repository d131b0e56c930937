#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Create an empty HFS+ volume, or check one, as Debian has no tools for this.

usage: make-hfsplus.py IMAGE
       make-hfsplus.py --check IMAGE

Apple's Technical Note 1150 describes the format.  The check prints all errors and
then fails.  Where the check is less strict than possible, a comment says why.
"""
import mmap
import os
import stat
import struct
import sys
import time

SECTOR = 512
BLOCK = 4096
MIN_SIZE = 4 << 20
HEADER_AT = 1024
HEADER_LEN = 512
# The last 512 bytes are reserved; the second header is in front of them.
TAIL = 1024

ROOT_PARENT, ROOT, EXTENTS, CATALOG, BAD_BLOCKS, ALLOCATION, STARTUP, ATTRIBUTES = range(1, 9)
FIRST_ID = 16

UNMOUNTED = 1 << 8
INCONSISTENT = 1 << 11
JOURNALED = 1 << 13
FREE_NODES_ARE_ZERO = 1 << 31

# From signature to encodings; Finder information and five forks follow.
HEADER = struct.Struct('>2sHI4sI4I2I3I3II IQ')
FORK = struct.Struct('>QII16I')
FORKS_AT = HEADER.size + 32

NODE = struct.Struct('>IIbBHH')
LEAF, INDEX, HEAD, MAP = -1, 0, 1, 2
TREE = struct.Struct('>HIIIIHHIIHIBBI64x')
USER_DATA = 128
BIG_KEYS, KEYS_VARY = 2, 4
CASE_FOLDING = 0xcf

FOLDER, FILE, FOLDER_THREAD, FILE_THREAD = range(1, 5)
# Owner, group, flags of administrator and owner, mode, special
PERMISSIONS = 'IIBBHI'
FOLDER_RECORD = struct.Struct('>HHII5I' + PERMISSIONS + '32sII')
FILE_RECORD = struct.Struct('>HHII5I' + PERMISSIONS + '4s4s24sII80s80s')
HAS_THREAD, HAS_ATTRIBUTES = 2, 4
INLINE = 0x10

# Dates count from 1904
EPOCH = 2082844800


def round_up(n, unit):
    return (n + unit - 1) // unit * unit


def make_tree(node_size, size, max_key, flags, records):
    """Return a tree with at most one leaf."""
    count = size // node_size
    used = 2 if records else 1

    def node(kind, height, parts):
        at, offsets, data = NODE.size, [], b''
        for part in parts:
            offsets.append(at + len(data))
            data += part
        offsets.append(at + len(data))
        body = NODE.pack(0, 0, kind, height, len(parts), 0) + data
        table = struct.pack(f'>{len(offsets)}H', *reversed(offsets))
        return body.ljust(node_size - len(table), b'\0') + table

    leaf = 1 if records else 0
    head = TREE.pack(leaf, leaf, len(records), leaf, leaf, node_size, max_key, count,
                     count - used, 0, size, 0, CASE_FOLDING if max_key == 516 else 0, flags)
    bits = node_size - NODE.size - len(head) - USER_DATA - 8
    assert count <= bits * 8
    bitmap = bytes([0x100 - (0x100 >> used)]).ljust(bits, b'\0')
    nodes = node(HEAD, 0, [head, bytes(USER_DATA), bitmap])
    if records:
        nodes += node(LEAF, 1, records)
    return nodes.ljust(size, b'\0')


def root_records(name, now):
    """Return the record of the root and its thread record."""
    utf16 = struct.pack('>H', len(name)) + name.encode('utf-16-be')

    def key(parent, name):
        return struct.pack('>HI', 4 + len(name), parent) + name

    folder = FOLDER_RECORD.pack(FOLDER, 0, 0, ROOT, now, now, now, now, 0,
                                0, 0, 0, 0, stat.S_IFDIR | 0o755, 0, bytes(32), 0, 0)
    thread = struct.pack('>HHI', FOLDER_THREAD, 0, ROOT_PARENT) + utf16
    return [key(ROOT_PARENT, utf16) + folder, key(ROOT, b'\0\0') + thread]


def write_zeros(fd, pos, end):
    while pos < end:
        pos += os.pwrite(fd, bytes(min(1 << 20, end - pos)), pos)


def make(path):
    fd = os.open(path, os.O_RDWR)
    # A part of a sector counts as a sector, as in LKL.
    size = round_up(os.fstat(fd).st_size, SECTOR)
    if size < MIN_SIZE:
        sys.exit(f'{path}: {size} bytes are too few')
    block = BLOCK
    while size // block >= 1 << 32:
        block *= 2
    blocks = size // block
    now = int(time.time()) + EPOCH

    # Trees have 1/128 of the volume, but at most 4 MiB, and grow by the same size,
    # as with Apple's tool.  So the maps of the nodes fit into the headers.
    clump = max(64 << 10, min(size // 128, 4 << 20))
    trees = {
        EXTENTS: make_tree(4096, round_up(clump // 2, block), 10, BIG_KEYS, []),
        # Linux needs room for four of the largest records to split a node.
        ATTRIBUTES: make_tree(16384, round_up(clump, max(16384, block)), 266,
                              BIG_KEYS | KEYS_VARY, []),
        CATALOG: make_tree(4096, round_up(clump, block), 516, BIG_KEYS | KEYS_VARY,
                           root_records('untitled', now)),
    }

    forks, used = {STARTUP: bytes(FORK.size)}, round_up(HEADER_AT + HEADER_LEN, block) // block
    lengths = {ALLOCATION: round_up((blocks + 7) // 8, block)}
    lengths.update((tree, len(data)) for tree, data in trees.items())
    start = {}
    for file, length in lengths.items():
        forks[file] = FORK.pack(length, length, length // block, used, length // block, *[0] * 14)
        start[file] = used * block
        used += length // block

    # The second header may be behind the last whole block.
    tail = range(min((size - TAIL) // block, blocks), blocks)
    free = blocks - used - len(tail)

    write_zeros(fd, 0, used * block)
    for file, data in trees.items():
        os.pwrite(fd, data, start[file])
    os.pwrite(fd, b'\xff' * (used // 8) + bytes([0x100 - (0x100 >> used % 8) & 0xff]),
              start[ALLOCATION])
    for n in tail:
        byte = os.pread(fd, 1, start[ALLOCATION] + n // 8)[0] | 0x80 >> n % 8
        os.pwrite(fd, bytes([byte]), start[ALLOCATION] + n // 8)

    # Linux writes zeros to the wrong place if blocks are larger than pages.
    attributes = UNMOUNTED | (FREE_NODES_ARE_ZERO if block <= BLOCK else 0)
    header = HEADER.pack(b'H+', 4, attributes, b'10.0', 0, now, now, 0, now, 0, 0, block, blocks,
                         free, used, 64 << 10, 64 << 10, FIRST_ID, 0, 1)
    header += bytes(32) + b''.join(
        forks[file] for file in (ALLOCATION, EXTENTS, CATALOG, ATTRIBUTES, STARTUP))
    write_zeros(fd, size - TAIL, size - SECTOR)
    for pos in (HEADER_AT, size - TAIL):
        os.pwrite(fd, header, pos)
    os.close(fd)


# The case folding of HFS+: characters FIRST:COUNT:STEP become the characters from
# TO on, or are ignored if TO is 0.  From TN1150, like fs/hfsplus/tables.c.
FOLDS = '''
0:1:1:ffff 41:1a:1:61 c6:1:1:e6 d0:1:1:f0 d8:1:1:f8 de:1:1:fe 110:1:1:111 126:1:1:127
132:1:1:133 13f:2:2:140 14a:1:1:14b 152:1:1:153 166:1:1:167 181:1:1:253 182:2:2:183 186:1:1:254
187:1:1:188 189:2:1:256 18b:1:1:18c 18e:1:1:1dd 18f:1:1:259 190:1:1:25b 191:1:1:192 193:1:1:260
194:1:1:263 196:1:1:269 197:1:1:268 198:1:1:199 19c:1:1:26f 19d:1:1:272 19f:1:1:275 1a2:2:2:1a3
1a7:1:1:1a8 1a9:1:1:283 1ac:1:1:1ad 1ae:1:1:288 1b1:2:1:28a 1b3:2:2:1b4 1b7:1:1:292 1b8:1:1:1b9
1bc:1:1:1bd 1c4:1:1:1c6 1c5:1:1:1c6 1c7:1:1:1c9 1c8:1:1:1c9 1ca:1:1:1cc 1cb:1:1:1cc 1e4:1:1:1e5
1f1:1:1:1f3 1f2:1:1:1f3 391:11:1:3b1 3a3:7:1:3c3 3e2:7:2:3e3 402:2:2:452 405:2:1:455 408:4:1:458
40f:1:1:45f 410:9:1:430 41a:16:1:43a 460:b:2:461 478:5:2:479 490:18:2:491 4c3:1:1:4c4 4c7:1:1:4c8
4cb:1:1:4cc 531:26:1:561 10a0:26:1:10d0 200c:4:1:0 202a:5:1:0 206a:6:1:0 2160:10:1:2170
feff:1:1:0 ff21:1a:1:ff41
'''


def fold_table():
    table = {}
    for run in FOLDS.split():
        first, count, step, to = (int(field, 16) for field in run.split(':'))
        for i in range(0, count * step, step):
            table[first + i] = to + i if to else 0
    return table


FOLD = fold_table()


class Damage(Exception):
    """An error after which the check cannot go on."""


def read_name(data, pos):
    """Return the units of a name, and the position behind it."""
    length, = struct.unpack_from('>H', data, pos)
    return struct.unpack_from(f'>{length}H', data, pos + 2), pos + 2 + 2 * length


def show(name):
    text = struct.pack(f'>{len(name)}H', *name).decode('utf-16-be', 'replace')
    return repr(text.replace('\0', '\u2400'))


# Each of these functions returns the comparable form and the length of a key.

def extents_key(data, pos):
    length, fork, _, file, start = struct.unpack_from('>HBBII', data, pos)
    return (file, fork, start), 2 + length, 12


def catalog_key(data, pos):
    length, parent = struct.unpack_from('>HI', data, pos)
    name, end = read_name(data, pos + 6)
    folded = tuple(f for f in (FOLD.get(c, c) for c in name) if f)
    return (parent, folded), 2 + length, end - pos


def attributes_key(data, pos):
    length, _, file, start = struct.unpack_from('>HHII', data, pos)
    name, end = read_name(data, pos + 12)
    return (file, name, start), 2 + length, end - pos


class Fork:
    def __init__(self, raw):
        self.size, self.clump, self.blocks, *extents = FORK.unpack(raw)
        self.extents = list(zip(extents[::2], extents[1::2]))


class Tree:
    """A B-tree; check it, and collect the records of the leaves."""

    def __init__(self, complain, name, data, read_key, max_key, flags, free_is_zero):
        self.complain = lambda what: complain(f'{name}: {what}')
        self.data, self.read_key = data, read_key
        self.node_size = self.node_count = 0
        self.levels, self.records = {}, []
        self.vary = flags & KEYS_VARY
        self.max_key = max_key
        self.used = {0}
        self.check_header(flags)
        self.check_maps(free_is_zero)

    def expect(self, what, is_, should):
        if is_ != should:
            self.complain(f'{what} is {is_}, should be {should}')

    def node(self, n, kind, height):
        """Return the links of a node and the positions of its records."""
        base = n * self.node_size
        after, before, is_kind, is_height, count, _ = NODE.unpack_from(self.data, base)
        if (is_kind, is_height) != (kind, height):
            raise Damage(f'node {n} is of kind {is_kind} and height {is_height}, '
                         f'should be of {kind} and {height}')
        if 14 + 2 * (count + 1) > self.node_size:
            raise Damage(f'node {n} has {count} records')
        at = struct.unpack_from(f'>{count + 1}H', self.data,
                                base + self.node_size - 2 * (count + 1))[::-1]
        if at[0] != 14 or any(a >= b or b % 2 for a, b in zip(at, at[1:])) \
                or at[-1] > self.node_size - 2 * (count + 1):
            raise Damage(f'the offsets of the records of node {n} are {at}')
        return after, before, [(base + a, base + b) for a, b in zip(at, at[1:])]

    def check_header(self, flags):
        (depth, root, leaf_records, first, last, self.node_size, max_key, self.node_count,
         self.free, _, _, kind, _, is_flags) = TREE.unpack_from(self.data, NODE.size)
        if self.node_size not in (512, 1024, 2048, 4096, 8192, 16384, 32768):
            raise Damage(f'nodes are of {self.node_size} bytes')
        self.expect('number of nodes', self.node_count, len(self.data) // self.node_size)
        self.node_count = len(self.data) // self.node_size
        self.expect('longest key', max_key, self.max_key)
        self.expect('type', kind, 0)
        self.expect('flags', is_flags & 7, flags)
        self.map_node, before, records = self.node(0, HEAD, 0)
        self.expect('node before the header', before, 0)
        self.expect('number of records of the header', len(records), 3)
        self.maps = [records[2]]
        if depth:
            self.walk(root, depth, None)
        else:
            self.expect('root', root, 0)
        for height, nodes in self.levels.items():
            self.check_links(height, nodes)
        leaves = self.levels.get(1, [(0, 0, 0)])
        self.expect('first leaf', first, leaves[0][0])
        self.expect('last leaf', last, leaves[-1][0])
        self.expect('number of records', leaf_records, len(self.records))
        keys = [key for key, _ in self.records]
        for a, b in zip(keys, keys[1:]):
            if a >= b:
                self.complain(f'key {b} comes after {a}')

    def take(self, n):
        if not 0 < n < self.node_count or n in self.used:
            raise Damage(f'node {n} is used twice, or there is none')
        self.used.add(n)

    def walk(self, n, height, key_above):
        """Visit the nodes below a node, from left to right."""
        self.take(n)
        after, before, records = self.node(n, LEAF if height == 1 else INDEX, height)
        self.levels.setdefault(height, []).append((n, before, after))
        if not records:
            self.complain(f'node {n} is empty')
        for i, (pos, end) in enumerate(records):
            key, length, really = self.read_key(self.data, pos)
            if length > self.max_key + 2 or really > length or pos + length > end:
                raise Damage(f'a key of node {n} is {length} bytes long, its parts {really}')
            if length != really and (height == 1 or self.vary):
                self.complain(f'a key of node {n} is {length} bytes long, its parts {really}')
            if i == 0 and key_above not in (None, key):
                self.complain(f'node {n} begins with {key}, the index has {key_above}')
            record = self.data[pos + length:end]
            if height == 1:
                self.records.append((key, self.data[pos:end]))
            elif len(record) != 4:
                raise Damage(f'a record of index node {n} has {len(record)} bytes')
            else:
                self.walk(struct.unpack('>I', record)[0], height - 1, key)

    def check_links(self, height, nodes):
        numbers = [n for n, _, _ in nodes]
        for (n, before, after), left, right in zip(nodes, [0] + numbers, numbers[1:] + [0]):
            if (before, after) != (left, right):
                self.complain(f'node {n} of height {height} is between {before} and {after}, '
                              f'should be between {left} and {right}')

    def check_maps(self, free_is_zero):
        while self.map_node:
            self.take(self.map_node)
            n = self.map_node
            self.map_node, _, records = self.node(n, MAP, 0)
            if len(records) != 1:
                raise Damage(f'map node {n} has {len(records)} records')
            self.maps += records
        bits = b''.join(self.data[pos:end] for pos, end in self.maps)
        if len(bits) * 8 < self.node_count:
            # Linux creates a map node only when needed.
            bits = bits.ljust((self.node_count + 7) // 8, b'\0')
        marked = {n for n in range(len(bits) * 8) if bits[n // 8] & 0x80 >> n % 8}
        for n in sorted(marked - self.used):
            self.complain(f'node {n} is marked, but not used')
        for n in sorted(self.used - marked):
            self.complain(f'node {n} is used, but not marked')
        self.expect('number of free nodes', self.free, self.node_count - len(self.used))
        if free_is_zero:
            for n in set(range(self.node_count)) - self.used:
                if any(self.data[n * self.node_size:(n + 1) * self.node_size]):
                    self.complain(f'node {n} is free, but not zero')


class Volume:
    """A volume to check."""

    def __init__(self, path):
        self.problems = 0
        with open(path, 'rb') as f:
            self.image = mmap.mmap(f.fileno(), 0, prot=mmap.PROT_READ)
        self.size = round_up(len(self.image), SECTOR)
        self.claims, self.overflow = [], {}
        self.folders, self.files, self.threads = {}, {}, {}

    def complain(self, what):
        self.problems += 1
        # Any field of the volume may be wrong.
        if self.problems <= 100:
            print(what)

    def expect(self, what, is_, should):
        if is_ != should:
            self.complain(f'{what} is {is_}, should be {should}')

    def check(self):
        try:
            self.check_header()
            self.check_trees()
            self.check_catalog()
            self.check_links()
            self.check_attributes()
            self.check_bitmap()
        except (Damage, struct.error, IndexError, RecursionError) as e:
            self.complain(f'the rest was not checked: {e}')
        return self.problems

    def check_header(self):
        header = self.image[HEADER_AT:HEADER_AT + HEADER_LEN]
        copy = self.image[self.size - TAIL:self.size - TAIL + HEADER_LEN]
        (signature, version, attributes, _, _, _, _, _, _, self.file_count, self.folder_count,
         self.block, self.blocks, self.free, _, _, _, self.next_id, _, _) = HEADER.unpack_from(header)
        self.attributes = attributes
        if (signature, version) != (b'H+', 4):
            raise Damage(f'the header begins with {header[:4]}')
        if self.block < 512 or self.block & self.block - 1:
            raise Damage(f'blocks are of {self.block} bytes')
        self.expect('number of blocks', self.blocks, self.size // self.block)
        if not attributes & UNMOUNTED or attributes & INCONSISTENT:
            self.complain(f'the volume was not unmounted: its attributes are {attributes:#x}')
        if attributes & JOURNALED:
            self.complain('the volume has a journal')
        # The copy is written only when a special file grows (TN1150), so its counts,
        # dates and attributes may be old.
        for what, begin, end in (('signature', 0, 4), ('date', 16, 20), ('size', 40, 48),
                                 ('clumps', 56, 64), ('forks', FORKS_AT, HEADER_LEN)):
            if header[begin:end] != copy[begin:end]:
                self.complain(f'the {what} of the header and of its copy differ')
        forks = [Fork(header[pos:pos + FORK.size]) for pos in range(FORKS_AT, HEADER_LEN, FORK.size)]
        self.forks = dict(zip((ALLOCATION, EXTENTS, CATALOG, ATTRIBUTES, STARTUP), forks))

    def claim(self, start, count, who):
        if start + count > self.blocks:
            raise Damage(f'{who} has blocks {start} to {start + count - 1} of {self.blocks}')
        self.claims.append((start, count, who))

    def claim_fork(self, fork, file, kind, who):
        """Return all extents of a fork; remove them from the overflow extents."""
        extents, blocks = [], 0
        part = fork.extents
        while True:
            counts = [count for _, count in part]
            used = len(counts) - counts.count(0)
            if any(counts[used:]) or any(start for start, _ in part[used:]):
                self.complain(f'{who} has extents after the last: {part}')
            extents += part[:used]
            blocks += sum(counts)
            part = self.overflow.pop((file, kind, blocks), None)
            if part is None:
                break
            if used < 8:
                self.complain(f'{who} has room for extents before block {blocks}')
            if not part[0][1]:
                raise Damage(f'{who} has an empty record of extents')
        for start, count in extents:
            self.claim(start, count, who)
        self.expect(f'number of blocks of {who}', fork.blocks, blocks)
        # More blocks than needed are allowed: if a file ends at the end of a block,
        # Linux keeps the blocks that were reserved for the file.
        if fork.size > blocks * self.block:
            self.complain(f'{who} has {blocks} blocks for {fork.size} bytes')
        return extents

    def read_fork(self, file, who):
        fork = self.forks[file]
        data = b''.join(self.image[start * self.block:(start + count) * self.block]
                        for start, count in self.claim_fork(fork, file, 0, who))
        if fork.size != len(data):
            self.complain(f'{who} has {fork.size} bytes, but blocks for {len(data)}')
        return data

    def check_trees(self):
        def tree(file, name, read_key, max_key, flags):
            # Name the place in an error, too.
            try:
                return Tree(self.complain, name, self.read_fork(file, name), read_key, max_key,
                            flags, file == CATALOG and self.attributes & FREE_NODES_ARE_ZERO)
            except (Damage, struct.error) as e:
                raise Damage(f'{name}: {e}') from e

        extents = tree(EXTENTS, 'extents tree', extents_key, 10, BIG_KEYS)
        for key, record in extents.records:
            if len(record) != 12 + 64:
                raise Damage(f'the extents {key} have {len(record)} bytes')
            numbers = struct.unpack_from('>16I', record, 12)
            self.overflow[key] = list(zip(numbers[::2], numbers[1::2]))
        self.catalog = tree(CATALOG, 'catalog', catalog_key, 516, BIG_KEYS | KEYS_VARY)
        self.attribute_tree = None
        if self.forks[ATTRIBUTES].blocks:
            self.attribute_tree = tree(ATTRIBUTES, 'attributes tree', attributes_key, 266,
                                       BIG_KEYS | KEYS_VARY)
        self.bitmap = self.read_fork(ALLOCATION, 'allocation file')
        self.read_fork(STARTUP, 'startup file')

    def read_record(self, parent, name, record):
        kind, flags = struct.unpack_from('>HH', record)
        who = f'{show(name)} of folder {parent}'
        if kind in (FOLDER_THREAD, FILE_THREAD):
            above, = struct.unpack_from('>I', record, 4)
            its_name, end = read_name(record, 8)
            if name or end != len(record):
                self.complain(f'the thread of {parent} is {len(record)} bytes long, '
                              f'its key has the name {show(name)}')
            self.threads[parent] = (kind, above, its_name)
            return
        if kind not in (FOLDER, FILE):
            raise Damage(f'{who} is of type {kind}')
        length = (FOLDER_RECORD if kind == FOLDER else FILE_RECORD).size
        if length != len(record):
            raise Damage(f'the record of {who} is {len(record)} bytes long')
        own = struct.unpack_from('>I', record, 8)[0]
        if own in self.folders or own in self.files:
            self.complain(f'{who} has number {own}, and is not alone')
        if own != ROOT and not FIRST_ID <= own < self.next_id:
            self.complain(f'{who} has number {own}, the next is {self.next_id}')
        if kind == FOLDER:
            (_, _, valence, _, created, *_, mode, _, _, _, _) = FOLDER_RECORD.unpack(record)
            self.folders[own] = (parent, name, valence, created, flags)
            if not stat.S_ISDIR(mode):
                self.complain(f'{who} is a folder of mode {mode:o}')
        else:
            (_, _, _, _, created, *_, mode, special, file_type, creator, _, _, _,
             data, resource) = FILE_RECORD.unpack(record)
            link = (file_type, creator) == (b'hlnk', b'hfs+')
            self.files[own] = (parent, name, link, created, special, flags)
            for fork, which in ((data, 0), (resource, 0xff)):
                self.claim_fork(Fork(fork), own, which, f'file {own} ({who})')
            # The mode of a link has no meaning.
            if not link and not (stat.S_ISREG(mode) or stat.S_ISLNK(mode) or stat.S_ISFIFO(mode)
                                 or stat.S_ISSOCK(mode) or stat.S_ISCHR(mode) or stat.S_ISBLK(mode)):
                self.complain(f'{who} is a file of mode {mode:o}')
            if not link and not (stat.S_ISREG(mode) or stat.S_ISLNK(mode)) and Fork(data).blocks:
                self.complain(f'{who} has blocks, but mode {mode:o}')
            if (file_type, creator) == (b'slnk', b'rhap') and not stat.S_ISLNK(mode):
                self.complain(f'{who} is a symbolic link of mode {mode:o}')
            if not flags & HAS_THREAD:
                self.complain(f'{who} is not told to have a thread')

    def check_catalog(self):
        for (parent, _), record in self.catalog.records:
            name, end = read_name(record, 6)
            self.read_record(parent, name, record[end:])
        children = dict.fromkeys(self.folders, 0)
        for kind, entries in ((FOLDER_THREAD, self.folders), (FILE_THREAD, self.files)):
            for own, (parent, name, *_) in entries.items():
                if parent in children:
                    children[parent] += 1
                elif own != ROOT or parent != ROOT_PARENT:
                    self.complain(f'{show(name)} is in folder {parent}, which is not')
                thread = self.threads.pop(own, None)
                if thread != (kind, parent, name):
                    self.complain(f'the thread of {own} ({show(name)} of folder {parent}) '
                                  f'is {thread}')
        for own in self.threads:
            self.complain(f'the thread of {own} has no record')
        for own, (_, name, valence, _, _) in self.folders.items():
            self.expect(f'number of entries of folder {own} ({show(name)})', valence, children[own])
            above, seen = own, set()
            while above != ROOT and above in self.folders and above not in seen:
                seen.add(above)
                above = self.folders[above][0]
            if above != ROOT:
                self.complain(f'folder {own} ({show(name)}) is not below the root')
        self.expect('number of files', self.file_count, len(self.files))
        self.expect('number of folders', self.folder_count, len(self.folders) - 1)

    def check_links(self):
        """Check hard links; their targets are in a directory of their own."""
        private = (0, 0, 0, 0) + tuple(b'HFS+ Private Data')
        hidden = [own for own, (parent, name, *_) in self.folders.items()
                  if (parent, name) == (ROOT, private)]
        dates = [self.folders[own][3] for own in hidden + [ROOT] if own in self.folders]
        links = {}
        for own, (_, name, link, created, special, _) in self.files.items():
            if link:
                links[special] = links.get(special, 0) + 1
                if created not in dates:
                    self.complain(f'link {show(name)} ({own}) has another date than '
                                  'the folder of its target')
        for own, (parent, name, _, _, special, _) in self.files.items():
            if parent not in hidden:
                continue
            text = struct.pack(f'>{len(name)}H', *name).decode('utf-16-be', 'replace')
            number = text[len('iNode'):]
            if not text.startswith('iNode') or not number.isdecimal():
                self.complain(f'{show(name)} ({own}) should have been removed')
            else:
                self.expect(f'number of links to {show(name)}', special, links.pop(int(number), 0))
        for number in links:
            self.complain(f'there are links to iNode{number}, which is not')

    def check_attributes(self):
        entries = {**self.files, **self.folders}
        having = set()
        for (file, name, _), record in self.attribute_tree.records if self.attribute_tree else ():
            who = f'attribute {show(name)} of {file}'
            _, end = read_name(record, 12)
            kind, = struct.unpack_from('>I', record, end)
            # Linux writes no other types.
            if kind != INLINE:
                raise Damage(f'{who} is of type {kind:#x}')
            length, = struct.unpack_from('>I', record, end + 12)
            self.expect(f'length of {who}', len(record) - end - 16, round_up(length, 2))
            having.add(file)
            if file not in entries:
                self.complain(f'{who} has no record in the catalog')
        for own, entry in entries.items():
            if bool(entry[-1] & HAS_ATTRIBUTES) != (own in having):
                self.complain(f'{own} ({show(entry[1])}) has attributes, or is told to, '
                              'but not both')

    def check_bitmap(self):
        for (file, kind, start), extents in self.overflow.items():
            if file == BAD_BLOCKS:
                for first, count in extents:
                    self.claim(first, count, 'bad blocks')
            else:
                self.complain(f'the extents of {file}, fork {kind}, from block {start} on '
                              'belong to nothing')
        self.claim(0, round_up(HEADER_AT + HEADER_LEN, self.block) // self.block, 'the header')
        tail = min((self.size - TAIL) // self.block, self.blocks)
        self.claim(tail, self.blocks - tail, 'the copy of the header')

        should = bytearray(len(self.bitmap))
        if len(should) * 8 < self.blocks:
            raise Damage(f'the allocation file has {len(should)} bytes for {self.blocks} blocks')
        taken, before = 0, ''
        for start, count, who in sorted(self.claims):
            if start < taken and count:
                self.complain(f'blocks {start} to {min(taken, start + count) - 1} '
                              f'are of {before} and of {who}')
            for n in range(start, start + count):
                should[n // 8] |= 0x80 >> n % 8
            if start + count > taken:
                taken, before = start + count, who
        for i, (a, b) in enumerate(zip(self.bitmap, should)):
            for n in range(i * 8, i * 8 + 8) if a != b else ():
                if (a ^ b) & 0x80 >> n % 8:
                    self.complain(f'block {n} is marked, but not used' if a & 0x80 >> n % 8
                                  else f'block {n} is used, but not marked')
        self.expect('number of free blocks', self.free,
                    self.blocks - sum(byte.bit_count() for byte in should))


def main():
    if len(sys.argv) == 3 and sys.argv[1] == '--check':
        volume = Volume(sys.argv[2])
        if volume.check():
            sys.exit(f'{sys.argv[2]}: {volume.problems} problems')
    elif len(sys.argv) == 2 and not sys.argv[1].startswith('-'):
        make(sys.argv[1])
    else:
        sys.exit(__doc__)


main()
