#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Generate <lkl/syscalls.h>: a typed function for each system call.

The calls and the names of their entry points come from the table of numbers, and
the arguments from the kernel's own prototypes.  Only the types that the kernel
does not show to user space are listed here.
"""

import argparse
import pathlib
import sys

from ctokens import COMMENT, IDENT, NEWLINE, SPACE, split_lines, tokenize
from rename import new_name, write_if_changed
from symbols import collect

ABIS = ('common', '64', 'renameat', 'rlimit')

# Types of the kernel, and the types of user space in their place.
TYPES = {
    'loff_t': 'long long', 'off_t': 'lkl_long_t', 'size_t': 'size_t', 'umode_t': 'unsigned int',
    'mode_t': 'unsigned int', 'uid_t': 'unsigned int', 'gid_t': 'unsigned int',
    'pid_t': 'int', 'key_t': 'int', 'mqd_t': 'int', 'timer_t': 'int', 'clockid_t': 'int',
    'qid_t': 'unsigned int', 'key_serial_t': 'int', 'u32': 'unsigned int',
    'u64': 'unsigned long long', 'rwf_t': 'int', 'bool': 'int', 'uint32_t': 'unsigned int',
    'old_uid_t': 'unsigned short', 'old_gid_t': 'unsigned short', 'dev_t': 'unsigned int',
    'fd_set': '__lkl__kernel_fd_set', 'sigset_t': 'lkl_sigset_t',
    'uintptr_t': 'uintptr_t',
}

# Types that are pointers by their definition
POINTER_TYPES = ('cap_user_', 'handler')

QUALIFIERS = {'__user', 'asmlinkage', '__force'}

# Prototypes that depend on the architecture, or that the kernel does not declare.
SPECIAL = {
    'sys_mmap': 'void * addr, unsigned long len, unsigned long prot, unsigned long flags, '
                'unsigned long fd, unsigned long off',
    'sys_rt_sigreturn': 'void',
    'sys_clone': 'unsigned long flags, unsigned long newsp, int *parent_tid, unsigned long tls, '
                 'int *child_tid',
}


def read_table(path: pathlib.Path) -> list:
    """Return (name, entry point) of each call, in the order of the numbers."""
    calls = []
    for line in path.read_text(encoding='utf-8').splitlines():
        fields = line.split()
        if len(fields) >= 4 and fields[0].isdigit() and fields[1] in ABIS:
            calls.append((fields[2], fields[3]))
    return calls


def words_of(text: str) -> list:
    return [t for t in tokenize(text) if t.kind not in (SPACE, NEWLINE, COMMENT)]


def read_prototypes(path: pathlib.Path) -> dict:
    """Map each entry point to the tokens of its parameter list."""
    protos = {}
    for line in split_lines(tokenize(path.read_text(encoding='utf-8'))):
        if line.directive:
            continue
        words = [t for t in line.tokens if t.kind not in (SPACE, NEWLINE, COMMENT)]
        for i, word in enumerate(words):
            if not word.text.startswith('sys_') or i + 1 >= len(words) or \
                    words[i + 1].text != '(' or words[i - 1].text != 'long':
                continue
            end, depth = i + 2, 1
            while depth:
                depth += {'(': 1, ')': -1}.get(words[end].text, 0)
                end += 1
            protos.setdefault(word.text, words[i + 2:end - 1])
    return protos


def split_params(words: list) -> list:
    params: list = [[]]
    for word in words:
        if word.text == ',':
            params.append([])
        else:
            params[-1].append(word)
    params = [[w for w in p if w.text not in QUALIFIERS] for p in params]
    if len(params) == 1 and [w.text for w in params[0]] in ([], ['void']):
        return []
    return params


BASIC = {'unsigned', 'signed', 'long', 'int', 'short', 'char', 'void', 'const', 'struct', 'union',
         'enum'}


def has_name(param: list) -> bool:
    """Return whether the last word is the parameter's name, not part of its type."""
    last = param[-1]
    if last.kind != IDENT or last.text in BASIC:
        return False
    before = [w.text for w in param[:-1] if w.text != 'const']
    return bool(before) and before[-1] not in ('struct', 'union', 'enum')


def type_text(words: list, names: set, tags: set) -> str:
    out = []
    texts = [w.text for w in words]
    if texts.count('long') == 1:
        unsigned = 'unsigned' in texts
        texts = [t for t in texts if t not in ('unsigned', 'long', 'int')]
        texts.insert(0, 'lkl_ulong_t' if unsigned else 'lkl_long_t')
    if texts[0] == 'enum':
        return 'int'
    for i, text in enumerate(texts):
        tag = i > 0 and texts[i - 1] in ('struct', 'union')
        if tag:
            name = new_name(text)
            tags.add((texts[i - 1], name))
            out.append(name)
        elif text in TYPES:
            out.append(TYPES[text])
        else:
            out.append(new_name(text) if text in names else text)
    return ' '.join(out)


def function(name: str, params: list, names: set, tags: set) -> str:
    args, values = [], []
    for i, param in enumerate(params):
        named = has_name(param)
        words = param[:-1] if named else param
        arg = param[-1].text if named else f'arg{i + 1}'
        if arg in ('new', 'this', 'class', 'private', 'template'):
            arg += '_'
        text = type_text(words, names, tags)
        star = '' if text.endswith('*') else ' '
        args.append(f'{text}{star}{arg}')
        pointer = '*' in text or any(t in text for t in POINTER_TYPES)
        cast = '(lkl_long_t)(uintptr_t)' if pointer else '(lkl_long_t)'
        values.append(f'{cast}{arg}')
    values += ['0'] * (6 - len(values))
    return (f'static inline lkl_long_t lkl_sys_{name}({", ".join(args) or "void"})\n{{\n'
            f'\tlkl_long_t params[6] = {{ {", ".join(values)} }};\n\n'
            f'\treturn lkl_syscall(__lkl__NR_{name}, params);\n}}\n')


HEAD = '''/* SPDX-License-Identifier: GPL-2.0 */
/* Generated from the kernel's table of system calls and its prototypes. */
#ifndef LKL_SYSCALLS_H
#define LKL_SYSCALLS_H

#include <stddef.h>
#include <stdint.h>
#include <lkl/long.h>
#include <lkl/asm/unistd.h>
#include <lkl/asm/posix_types.h>
#include <lkl/asm/siginfo.h>
#include <lkl/asm/signal.h>
#include <lkl/linux/aio_abi.h>
#include <lkl/linux/capability.h>
#include <lkl/linux/futex.h>

#ifdef __cplusplus
extern "C" {
#endif

lkl_long_t lkl_syscall(lkl_long_t no, lkl_long_t *params);

'''

TAIL = '''
#ifdef __cplusplus
}
#endif

#endif /* LKL_SYSCALLS_H */
'''


def collect_names(headers: pathlib.Path) -> set:
    names: set = set()
    for path in sorted(headers.rglob('*.h')):
        collect(split_lines(tokenize(path.read_text(encoding='utf-8'))), names)
    return names


def generate(source: pathlib.Path, headers: pathlib.Path) -> str:
    names = collect_names(headers / 'linux') | collect_names(headers / 'asm-generic') | \
        collect_names(headers / 'asm')
    protos = read_prototypes(source / 'include/linux/syscalls.h')
    protos.update(read_prototypes(source / 'include/asm-generic/syscalls.h'))
    for entry, text in SPECIAL.items():
        protos[entry] = words_of(text)
    tags: set = set()
    functions = []
    for name, entry in read_table(source / 'scripts/syscall.tbl'):
        if entry not in protos:
            raise SystemExit(f'syscalls.py: {entry} has no prototype in syscalls.h; add it to SPECIAL')
        functions.append(function(name, split_params(protos[entry]), names, tags))
    known = ''.join(f'{kind} {tag};\n' for kind, tag in sorted(tags))
    return HEAD + known + '\n' + '\n'.join(functions) + TAIL


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split('\n', maxsplit=1)[0])
    parser.add_argument('--source', type=pathlib.Path, required=True)
    parser.add_argument('--headers', type=pathlib.Path, required=True)
    parser.add_argument('--output', type=pathlib.Path, required=True)
    args = parser.parse_args()
    write_if_changed(args.output, generate(args.source, args.headers))
    return 0


if __name__ == '__main__':
    sys.exit(main())
