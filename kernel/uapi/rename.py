#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Turn the kernel's user headers into LKL's: each global name gets a prefix.

<sys/stat.h> and <lkl/asm/stat.h> can then be included together.  The input is
the output of "make headers_install".  All headers are read first to find the
global names, then each header is rewritten.

    x -> lkl_x    X -> LKL_X    __x -> __lkl__x    _x -> _lkl_x    _X -> _LKL_X
"""

import argparse
import pathlib
import re
import sys

from ctokens import IDENT, Line, split_lines, tokenize
from symbols import (Scope, attribute_macros, bitfields, collect, is_member, macro_params,
                     pasted_suffixes, pasting_macros, significant)

# Names of the compiler or of libc, which keep their spelling if a header
# defines them.
NOT_OURS = {'__cplusplus', '__ASSEMBLY__', '__GNUC__', 'NULL', 'offsetof',
            '__always_inline', '__inline__', 'inline', '__attribute__', 'restrict',
            '__has_include', '__STDC_VERSION__', '_GNU_SOURCE', 'static_assert',
            'int8_t', 'int16_t', 'int32_t', 'int64_t',
            'uint8_t', 'uint16_t', 'uint32_t', 'uint64_t'}

# Macros of a libc.  Where one is defined, the kernel's headers leave definitions
# to libc.
NOT_THERE = {'__GLIBC__', '__GLIBC_MINOR__', '__KERNEL__', '__BYTE_ORDER'}

# Members that are macros in libc.  They get the prefix, so that libc's headers
# do not change them.
MACRO_MEMBERS = {'st_atime', 'st_mtime', 'st_ctime', 'sa_handler'}

# Members that are macros in <winsock2.h>, and the members that these macros
# name.  The members keep their names on all hosts; on Windows a second member
# has the name to which the macro expands.
WINSOCK_MEMBERS = {
    's_addr': 'struct { %s S_addr; } S_un;',
    's_net': 'struct { struct { %s s_b1; } S_un_b; } S_un;',
}

# Headers that cannot be compiled alone, with the reason.
LEFT_OUT = {
    'linux/bpf_perf_event.h': 'needs the registers of a CPU, which only the host program has',
    'asm/bpf_perf_event.h': 'includes nothing but the registers of a CPU',
    'linux/coda.h': 'needs BSD types of libc',
    'linux/kfd_ioctl.h': 'needs drm/drm.h',
    'linux/smc_diag.h': 'needs rdma/ib_user_verbs.h',
}

# Directories for hardware that a library does not have.
LEFT_OUT_DIRECTORIES = ('drm/', 'misc/', 'rdma/', 'regulator/', 'sound/', 'video/', 'xen/')

# Headers of libc that are not in ISO C, and the headers of LKL in their place.
INSTEAD = {
    'endian.h': ('endian.h',),
    'netinet/if_ether.h': ('linux/if_ether.h',),
    'netinet/in.h': ('linux/in.h', 'linux/in6.h'),
    'sys/ioctl.h': ('linux/ioctl.h',),
    'sys/socket.h': ('asm/kernel.h',),
    'sys/time.h': ('linux/time.h',),
    'sys/types.h': ('linux/types.h',),
    'time.h': (),
    'unistd.h': (),
}


def new_name(name: str) -> str:
    if name.startswith('__'):
        return '__lkl' + name
    if name.startswith('_'):
        return ('_LKL' if name[1:2].isupper() else '_lkl') + name
    return ('LKL_' if name[0].isupper() else 'lkl_') + name


class Rewriter:
    def __init__(self, names: set, headers: dict) -> None:
        self.names = names
        self.headers = headers
        self.attributes = set().union(*map(attribute_macros, headers.values()))
        self.suffixes = set().union(*map(pasted_suffixes, headers.values()))
        self.pasting: dict = {}
        for lines in headers.values():
            self.pasting.update(pasting_macros(lines))
        self.params: list = []          # parameters of the macro that is defined
        self.scope = Scope()
        self.uses_long = False
        self.has_bitfields = False

    def identifier(self, text: str) -> str:
        if text in self.names:
            return new_name(text)
        # The argument becomes a global name by pasting.
        if any(text + suffix in self.names for suffix in self.suffixes):
            return new_name(text)
        return text

    def include(self, line: Line) -> str:
        text = ''.join(t.text for t in line.tokens)
        start, end = text.find('<'), text.find('>')
        if start < 0:
            start, end = text.find('"'), text.rfind('"')
        path = text[start + 1:end]
        if path in self.headers:
            return f'{text[:start]}<lkl/{path}>{text[end + 1:]}'
        if path in INSTEAD:
            return ''.join(f'#include <lkl/{h}>\n' for h in INSTEAD[path]) or '\n'
        return text

    def pasted_arguments(self, tokens: list, order: list) -> set:
        """Return the positions of words that are pasted to a name with the prefix."""
        found = set()
        words = [tokens[i].text for i in order]
        for k, word in enumerate(words):
            defined = k == 2 and words[0] == '#'
            if word not in self.pasting or words[k + 1:k + 2] != ['('] or defined:
                continue
            position = 0
            for i in range(k + 2, len(words)):
                if words[i] == ')':
                    break
                if words[i] == ',':
                    position += 1
                elif position in self.pasting[word]:
                    found.add(order[i])
        return found

    def body(self, tokens: list, code: bool) -> str:
        out = [t.text for t in tokens]
        order = significant(tokens)
        pasted = self.pasted_arguments(tokens, order)
        for k, i in enumerate(order):
            text = tokens[i].text
            prev = tokens[order[k - 1]].text if k else ''
            following = tokens[order[k + 1]].text if k + 1 < len(order) else ''
            if tokens[i].kind == IDENT and i not in pasted:
                out[i] = self.one(text, prev, following, code)
            if code:
                self.scope.feed(text)
        self.fix_long(tokens, order, out)
        if code and self.has_bitfields:
            self.fix_bitfields(tokens, order, out)
        return ''.join(out)

    def one(self, text: str, prev: str, following: str, code: bool) -> str:
        if text in MACRO_MEMBERS or text in self.attributes:
            return new_name(text)
        if following in self.attributes:
            following = ';'
        if following == '##' and prev not in ('##', '}', ',') and text not in self.params:
            return new_name(text)
        if prev in ('.', '->') and not code:
            return text
        if code and is_member(self.scope, prev, following):
            return text
        return self.identifier(text)

    def fix_long(self, tokens: list, order: list, out: list) -> None:
        """Replace long: the kernel's has 64 bits, also where the host's has 32."""
        k = 0
        while k < len(order):
            run = []
            while k < len(order) and tokens[order[k]].text in ('unsigned', 'signed', '__signed__',
                                                               'long', 'int'):
                run.append(order[k])
                k += 1
            words = [tokens[i].text for i in run]
            if words.count('long') == 1:
                self.uses_long = True
                for i in run:
                    out[i] = ''
                out[run[0]] = 'lkl_ulong_t' if 'unsigned' in words else 'lkl_long_t'
            k += 1

    @staticmethod
    def fix_bitfields(tokens: list, order: list, out: list) -> None:
        """Mark structs: the kernel packs bit-fields as GCC does, Windows does not."""
        words = [tokens[i].text for i in order]
        for k, word in enumerate(words):
            if word in ('struct', 'union') and '{' in words[k + 1:k + 3]:
                out[order[k]] += ' LKL_LAYOUT'

    def header(self, lines: list) -> str:
        self.has_bitfields = bitfields(lines)
        self.scope = Scope()
        self.uses_long = False
        parts = []
        for line in lines:
            self.params = macro_params(line.tokens) if line.directive == 'define' else []
            if line.directive == 'include':
                parts.append(self.include(line))
            else:
                parts.append(self.body(line.tokens, not line.directive))
        text = ''.join(parts)
        if self.uses_long or self.has_bitfields:
            text = '#include <lkl/long.h>\n' + text
        return PROLOGUE + text


# The headers use GNU C, also in programs that are built with -pedantic.
PROLOGUE = '''#ifdef __GNUC__
#pragma GCC system_header
#endif
'''

LONG_H = '''/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LKL_LONG_H
#define LKL_LONG_H

/* The kernel's long has 64 bits, also where the host's long has 32. */
#if defined(__LP64__)
typedef long lkl_long_t;
typedef unsigned long lkl_ulong_t;
#else
typedef long long lkl_long_t;
typedef unsigned long long lkl_ulong_t;
#endif

/* The kernel packs bit-fields of different types next to each other. */
#if defined(_WIN32) && defined(__GNUC__)
#define LKL_LAYOUT	__attribute__((gcc_struct))
#else
#define LKL_LAYOUT
#endif

#endif /* LKL_LONG_H */
'''


ENDIAN_H = '''/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LKL_ENDIAN_H
#define LKL_ENDIAN_H

#include <lkl/asm/byteorder.h>

#define __lkl__BYTE_ORDER\t__lkl__LITTLE_ENDIAN

#endif /* LKL_ENDIAN_H */
'''


def winsock_members(text: str) -> str:
    """Return @text with members that work before and after <winsock2.h>."""
    def member(match: re.Match) -> str:
        ctype, name = match.group(1), match.group(2)
        second = WINSOCK_MEMBERS[name] % ctype
        return (f'#ifdef _WIN32\n#pragma push_macro("{name}")\n#undef {name}\n'
                f'\t__extension__ union {{\n\t\t{ctype} {name};\n\t\t{second}\n\t}};\n'
                f'#pragma pop_macro("{name}")\n#else\n{match.group(0)}#endif\n')
    names = '|'.join(WINSOCK_MEMBERS)
    return re.sub(rf'^\s+(\w+)\s+({names});\n', member, text, flags=re.M)


def remove_stale(root: pathlib.Path, texts: dict) -> None:
    """Remove headers of a previous source; syscalls.py writes its own."""
    for path in root.rglob('*.h'):
        if str(path.relative_to(root)) not in texts and path.name != 'syscalls.h':
            path.unlink()


def read_headers(root: pathlib.Path) -> dict:
    headers = {}
    for path in sorted(root.rglob('*.h')):
        rel = path.relative_to(root).as_posix()
        if rel not in LEFT_OUT and not rel.startswith(LEFT_OUT_DIRECTORIES):
            headers[rel] = split_lines(tokenize(path.read_text(encoding='utf-8')))
    return headers


def write_if_changed(path: pathlib.Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.read_text(encoding='utf-8') != text:
        path.write_text(text, encoding='utf-8')


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split('\n', maxsplit=1)[0])
    parser.add_argument('--input', type=pathlib.Path, required=True)
    parser.add_argument('--output', type=pathlib.Path, required=True)
    args = parser.parse_args()

    headers = read_headers(args.input)
    names: set = set()
    for lines in headers.values():
        collect(lines, names)
    names -= NOT_OURS
    names |= NOT_THERE
    rewriter = Rewriter(names, headers)
    texts = {rel: winsock_members(rewriter.header(lines)) for rel, lines in headers.items()}
    texts.update({'long.h': LONG_H, 'endian.h': ENDIAN_H})
    for rel, text in texts.items():
        write_if_changed(args.output / rel, text)
    remove_stale(args.output, texts)
    return 0


if __name__ == '__main__':
    sys.exit(main())
