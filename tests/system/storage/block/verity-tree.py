#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Write the hash tree of an image for dm-verity (SHA-256, no salt, no superblock),
and the digest of the tree's root.

usage: verity-tree.py IMAGE TREE ROOT
"""
import hashlib
import sys

DATA_BLOCK = 1024       # at most the block size of the file system
HASH_BLOCK = 4096


def digests_of(data, size):
    digests = b''.join(hashlib.sha256(data[i:i + size]).digest()
                       for i in range(0, len(data), size))
    return digests + bytes(-len(digests) % HASH_BLOCK)


image, tree, root = sys.argv[1:]
with open(image, 'rb') as f:
    levels = [digests_of(f.read(), DATA_BLOCK)]
while len(levels[0]) > HASH_BLOCK:
    levels.insert(0, digests_of(levels[0], HASH_BLOCK))
with open(tree, 'wb') as f:
    f.write(b''.join(levels))
with open(root, 'w', encoding='ascii') as f:
    f.write(hashlib.sha256(levels[0]).hexdigest())
