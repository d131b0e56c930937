#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Unit tests of kernel/uapi: the generator of the public headers.

usage: test-uapi.py [unittest options]        (LKL_SOURCE says where)
"""

import io
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest
from contextlib import redirect_stderr, redirect_stdout

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
UAPI = pathlib.Path(os.environ.get('LKL_SOURCE', HERE.parent.parent.parent)) / 'kernel/uapi'
sys.path.insert(0, str(UAPI))

# pylint: disable=wrong-import-position
import errnotable  # noqa: E402
import rename  # noqa: E402
import syscalls  # noqa: E402
from ctokens import (CHAR, COMMENT, IDENT, NEWLINE, NUMBER, PUNCT, SPACE, STRING,  # noqa: E402
                     split_lines, tokenize)
from symbols import Scope, collect, is_member, significant  # noqa: E402


def kinds(text: str) -> list:
    return [(t.kind, t.text) for t in tokenize(text) if t.kind not in (SPACE, NEWLINE)]


def names_of(text: str) -> set:
    names: set = set()
    collect(split_lines(tokenize(text)), names)
    return names


class Tokens(unittest.TestCase):
    def test_joining_gives_the_text_back(self) -> None:
        for text in ('', 'a', '\n\n', 'int x;\n', '#define A(x) \\\n\tx ## _b /* c\n */ // d\n',
                     '"a\\"b" \'\\\'\' .5e+3 0x1e+2 ... -> << a\\\nb', '\tx \r\n\fy\v',
                     '/* never closed', '"never closed', '$ @ ` é'):
            with self.subTest(text=text):
                self.assertEqual(''.join(t.text for t in tokenize(text)), text)

    def test_real_headers_are_given_back(self) -> None:
        for path in sorted(UAPI.parent.glob('arch/lkl/include/**/*.h')):
            text = path.read_text(encoding='utf-8')
            self.assertEqual(''.join(t.text for t in tokenize(text)), text)

    def test_identifiers(self) -> None:
        self.assertEqual(kinds('_a1 B__ x'), [(IDENT, '_a1'), (IDENT, 'B__'), (IDENT, 'x')])

    def test_block_comment_is_one_token(self) -> None:
        self.assertEqual(kinds('a/* b "c" \'d\n // */e'),
                         [(IDENT, 'a'), (COMMENT, '/* b "c" \'d\n // */'), (IDENT, 'e')])

    def test_comment_ends_at_the_first_end(self) -> None:
        self.assertEqual(kinds('/**/a/*/b*/c'), [(COMMENT, '/**/'), (IDENT, 'a'),
                                                 (COMMENT, '/*/b*/'), (IDENT, 'c')])

    def test_line_comment_leaves_the_newline(self) -> None:
        tokens = tokenize('// a /* b\nc')
        self.assertEqual([(t.kind, t.text) for t in tokens],
                         [(COMMENT, '// a /* b'), (NEWLINE, '\n'), (IDENT, 'c')])

    def test_comment_signs_in_strings_are_text(self) -> None:
        self.assertEqual(kinds('"/* a" b "// c"'),
                         [(STRING, '"/* a"'), (IDENT, 'b'), (STRING, '"// c"')])

    def test_escaped_quotes(self) -> None:
        self.assertEqual(kinds(r'"a\"b" "c\\" d'),
                         [(STRING, r'"a\"b"'), (STRING, r'"c\\"'), (IDENT, 'd')])

    def test_char_constants(self) -> None:
        self.assertEqual(kinds("""'a' '\\'' '"' '\\\\' x"""),
                         [(CHAR, "'a'"), (CHAR, "'\\''"), (CHAR, "'\"'"), (CHAR, "'\\\\'"),
                          (IDENT, 'x')])

    def test_numbers_take_their_suffix(self) -> None:
        for text in ('0', '1UL', '0x7fULL', '1.5', '.5', '1e+5', '1E-5f', '0x1p-3', "0777"):
            if text != '0x1p-3':
                self.assertEqual(kinds(text), [(NUMBER, text)])

    def test_hex_number_ends_before_a_sign(self) -> None:
        self.assertEqual(kinds('0xe+1'), [(NUMBER, '0xe'), (PUNCT, '+'), (NUMBER, '1')])

    def test_sum_is_not_an_exponent(self) -> None:
        self.assertEqual(kinds('1+2'), [(NUMBER, '1'), (PUNCT, '+'), (NUMBER, '2')])

    def test_line_continuation_is_space(self) -> None:
        tokens = tokenize('a \\\n b')
        self.assertEqual([t.kind for t in tokens], [IDENT, SPACE, IDENT])

    def test_two_character_operators(self) -> None:
        for op in ('->', '##', '&&', '||', '==', '!=', '<=', '>=', '<<', '>>', '...'):
            self.assertEqual(kinds(f'a{op}b'), [(IDENT, 'a'), (PUNCT, op), (IDENT, 'b')])

    def test_a_dot_is_punctuation(self) -> None:
        self.assertEqual(kinds('a.b'), [(IDENT, 'a'), (PUNCT, '.'), (IDENT, 'b')])


class Lines(unittest.TestCase):
    @staticmethod
    def split(text: str) -> list:
        return [(line.directive, ''.join(t.text for t in line.tokens))
                for line in split_lines(tokenize(text))]

    def test_directives_and_code(self) -> None:
        self.assertEqual(self.split('int a;\n#define B 1\nint c;\nint d;\n'),
                         [('', 'int a;\n'), ('define', '#define B 1\n'),
                          ('', 'int c;\nint d;\n')])

    def test_nothing_is_lost(self) -> None:
        text = '/* a */ # if X\n # define Y \\\n z\n#endif\ncode # no directive\n#'
        self.assertEqual(''.join(t for _, t in self.split(text)), text)

    def test_continued_directive_is_one(self) -> None:
        self.assertEqual(self.split('#define A \\\n\tb \\\n\tc\nd\n'),
                         [('define', '#define A \\\n\tb \\\n\tc\n'), ('', 'd\n')])

    def test_comment_of_many_lines_does_not_end_a_directive(self) -> None:
        self.assertEqual(self.split('#define A /* b\n c */ 1\nd\n'),
                         [('define', '#define A /* b\n c */ 1\n'), ('', 'd\n')])

    def test_space_and_comment_may_stand_before(self) -> None:
        self.assertEqual([d for d, _ in self.split('  /* x */ #  define A\n')], ['', 'define'])

    def test_hash_within_a_line_is_no_directive(self) -> None:
        self.assertEqual(self.split('a # b\n'), [('', 'a # b\n')])

    def test_null_directive(self) -> None:
        self.assertEqual(self.split('#\n'), [('null', '#\n')])

    def test_last_line_without_newline(self) -> None:
        self.assertEqual(self.split('#endif'), [('endif', '#endif')])


class Names(unittest.TestCase):
    """What is global and gets the prefix."""

    def test_macros(self) -> None:
        self.assertEqual(names_of('#define A 1\n#  define b(x) (x)\n#undef C\n#ifdef D\n#endif\n'),
                         {'A', 'b'})

    def test_tags(self) -> None:
        self.assertEqual(names_of('struct a { int b; };\nunion c { int d; };\n'
                                  'enum e { F };\nstruct g;\n'), {'a', 'c', 'e', 'F', 'g'})

    def test_tags_of_members(self) -> None:
        self.assertEqual(names_of('struct a { struct b *c; union d { int e; } f; };\n'),
                         {'a', 'b', 'd'})

    def test_enumeration_constants(self) -> None:
        self.assertEqual(names_of('enum { A, B = 2, C = (X << 1), D = B, };\n'),
                         {'A', 'B', 'C', 'D'})

    def test_values_of_constants_are_uses(self) -> None:
        self.assertNotIn('X', names_of('enum { A = X, B };\n'))

    def test_constants_around_conditions(self) -> None:
        self.assertEqual(names_of('enum {\n\tA,\n#ifdef X\n\tB,\n#endif\n\tC\n};\n'),
                         {'A', 'B', 'C'})

    def test_constant_behind_a_macro_that_stands_for_others(self) -> None:
        self.assertEqual(names_of('enum {\n\tLIST(FN)\n\tMAX,\n};\n'), {'MAX'})

    def test_typedefs(self) -> None:
        self.assertEqual(names_of('typedef unsigned int a;\ntypedef struct { int b; } c, *d;\n'
                                  'typedef char e[4];\n'), {'a', 'c', 'd', 'e'})

    def test_a_typedef_ends(self) -> None:
        self.assertEqual(names_of('typedef int a;\nint b, c;\n'), {'a'})

    def test_typedef_of_a_function_pointer(self) -> None:
        self.assertEqual(names_of('typedef void (*handler)(int signo, void *data);\n'),
                         {'handler'})

    def test_typedef_of_a_function(self) -> None:
        self.assertEqual(names_of('typedef void handler(int);\n'), {'handler'})

    def test_functions(self) -> None:
        self.assertEqual(names_of('static inline int f(int a, struct b *c)\n{\n\tint d = g(a);\n'
                                  '\treturn d;\n}\nextern int h(void);\n'), {'f', 'b', 'h'})

    def test_variable_declared_with_its_struct(self) -> None:
        self.assertEqual(names_of('static const struct {\n\tconst char *name;\n'
                                  '} table[] __attribute__((__unused__)) = { X };\n'), {'table'})

    def test_members_parameters_and_locals_are_not_global(self) -> None:
        found = names_of('struct s { int a, *b, c[4]; unsigned d:3; void (*e)(int f); };\n'
                         'static inline int fn(int g) { int h; return h; }\n')
        self.assertEqual(found, {'s', 'fn'})

    def test_unnamed_unions(self) -> None:
        self.assertEqual(names_of('struct s { union { int a; struct { int b; }; }; int c; };\n'),
                         {'s'})

    def test_in_extern_c(self) -> None:
        self.assertEqual(names_of('#ifdef __cplusplus\nextern "C" {\n#endif\n'
                                  'typedef int a;\nstruct b { int c; };\n'
                                  '#ifdef __cplusplus\n}\n#endif\n'), {'a', 'b'})

    def test_after_a_block_names_are_global_again(self) -> None:
        self.assertEqual(names_of('struct s { int a; } __attribute__((packed));\ntypedef int t;\n'),
                         {'s', 't'})

    def test_tag_of_a_struct_group(self) -> None:
        self.assertEqual(names_of('struct s {\n\t__struct_group(tag, name, ,\n'
                                  '\t\tint a;\n\t);\n};\n'), {'s', 'tag'})

    def test_comments_name_nothing(self) -> None:
        self.assertEqual(names_of('/* struct a; typedef int b; */\n// #define C\n'), set())

    def test_keywords_are_no_names(self) -> None:
        self.assertEqual(names_of('typedef int (a);\nenum { };\nstruct __attribute__((packed)) b '
                                  '{ int c; };\n') & {'__attribute__', 'int', 'struct'}, set())


class Members(unittest.TestCase):
    @staticmethod
    def members(text: str) -> list:
        scope = Scope()
        found = []
        tokens = tokenize(text)
        order = significant(tokens)
        for k, i in enumerate(order):
            following = tokens[order[k + 1]].text if k + 1 < len(order) else ''
            prev = tokens[order[k - 1]].text if k else ''
            if tokens[i].kind == IDENT and is_member(scope, prev, following):
                found.append(tokens[i].text)
            scope.feed(tokens[i].text)
        return found

    def test_plain(self) -> None:
        self.assertEqual(self.members('struct s { t a; u b, *c; v d[N]; };'), ['a', 'b', 'c', 'd'])

    def test_array_length_is_a_use(self) -> None:
        self.assertEqual(self.members('struct s { int a[N]; };'), ['a'])

    def test_after_brackets_and_parentheses(self) -> None:
        self.assertEqual(self.members('struct s { t a[N][M]; t b[((N))]; t c; };'),
                         ['a', 'b', 'c'])

    def test_tags_are_none(self) -> None:
        self.assertEqual(self.members('struct s { struct a; union b; enum c; t d; };'), ['d'])

    def test_width_of_a_bit_field_is_a_use(self) -> None:
        self.assertEqual(self.members('struct s { int a:WA, b:WB; };'), ['a', 'b'])

    def test_function_pointer(self) -> None:
        self.assertEqual(self.members('struct s { int (*fn)(t a, u); };'), ['fn'])

    def test_nested(self) -> None:
        self.assertEqual(self.members('struct s { union { t a; struct { t b; } c; }; };'),
                         ['a', 'b', 'c'])

    def test_accesses(self) -> None:
        self.assertEqual(self.members('int f(struct s *p) { return p->a + q.b + c; }'), ['a', 'b'])

    def test_parameters_of_a_function_are_none(self) -> None:
        self.assertEqual(self.members('static inline int f(struct s *x) { int y; }'), [])

    def test_enumeration_has_none(self) -> None:
        self.assertEqual(self.members('enum e { A, B = C };'), [])


class Renaming(unittest.TestCase):
    """rename.py as the build runs it, on headers in a directory."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)

    def rename(self, **headers: str) -> dict:
        """Header name (a_b is linux/a_b.h) -> what becomes of it, without what is added."""
        for name, text in headers.items():
            path = self.root / 'in/linux' / f'{name}.h'
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding='utf-8')
        subprocess.run([sys.executable, str(UAPI / 'rename.py'), '--input', str(self.root / 'in'),
                        '--output', str(self.root / 'out')], check=True,
                       env={**os.environ, 'PYTHONDONTWRITEBYTECODE': '1'})
        result = {}
        for name in headers:
            text = (self.root / 'out/linux' / f'{name}.h').read_text(encoding='utf-8')
            self.assertTrue(text.startswith(rename.PROLOGUE))
            text = text[len(rename.PROLOGUE):]
            result[name] = text.replace('#include <lkl/long.h>\n', '')
        return result

    def becomes(self, text: str, expected: str, **others: str) -> None:
        self.assertEqual(self.rename(x=text, **others)['x'], expected)

    def test_prefixes(self) -> None:
        for old, new in (('x', 'lkl_x'), ('X', 'LKL_X'), ('__x', '__lkl__x'), ('_x', '_lkl_x'),
                         ('_X', '_LKL_X'), ('__NR_read', '__lkl__NR_read'), ('__X', '__lkl__X'),
                         ('Xy', 'LKL_Xy'), ('_', '_lkl_')):
            self.assertEqual(rename.new_name(old), new)

    def test_macros_and_uses(self) -> None:
        self.becomes('#define A 1\n#define B (A + C)\n', '#define LKL_A 1\n#define LKL_B (LKL_A + C)\n')

    def test_names_of_other_headers(self) -> None:
        self.becomes('typedef A b;\n', 'typedef lkl_A b;\n'.replace('lkl_A b', 'LKL_A lkl_b'),
                     other='#define A int\n')

    def test_conditions(self) -> None:
        self.becomes('#ifndef _X_H\n#define _X_H\n#if defined(A) && B > 1\n#endif\n#undef A\n#endif\n',
                     '#ifndef _LKL_X_H\n#define _LKL_X_H\n#if defined(LKL_A) && LKL_B > 1\n#endif\n'
                     '#undef LKL_A\n#endif\n', other='#define A\n#define B 2\n')

    def test_unknown_macros_in_conditions_stay(self) -> None:
        self.becomes('#if defined(__x86_64__) && defined(__cplusplus)\n#endif\n',
                     '#if defined(__x86_64__) && defined(__cplusplus)\n#endif\n')

    def test_libc_is_never_seen(self) -> None:
        self.becomes('#if defined(__GLIBC__) || defined(__KERNEL__)\n#endif\n',
                     '#if defined(__lkl__GLIBC__) || defined(__lkl__KERNEL__)\n#endif\n')

    def test_byte_order_of_libc_is_never_seen(self) -> None:
        self.becomes('#if __BYTE_ORDER == 1\n#endif\n', '#if __lkl__BYTE_ORDER == 1\n#endif\n')

    def test_compiler_names_stay(self) -> None:
        text = '#ifndef __always_inline\n#define __always_inline inline\n#endif\n#define NULL 0\n'
        self.becomes(text, text)

    def test_standard_types_stay(self) -> None:
        text = 'struct s { int32_t a; uint64_t b; };\n'
        self.becomes(text, text.replace(' s ', ' lkl_s '),
                     other='typedef int int32_t;\ntypedef unsigned long long uint64_t;\n')

    def test_members_stay(self) -> None:
        self.becomes('#define a 1\nstruct s { int a; struct t *b; int c[a]; };\n',
                     '#define lkl_a 1\nstruct lkl_s { int a; struct lkl_t *b; int c[lkl_a]; };\n')

    def test_member_and_type_of_one_name(self) -> None:
        self.becomes('typedef int time;\nstruct s { time time; };\n',
                     'typedef int lkl_time;\nstruct lkl_s { lkl_time time; };\n')

    def test_member_access_in_a_function(self) -> None:
        self.becomes('#define a 1\nstatic int f(struct s *p) { return p->a + (*p).a + a; }\n',
                     '#define lkl_a 1\nstatic int lkl_f(struct lkl_s *p) '
                     '{ return p->a + (*p).a + lkl_a; }\n')

    def test_member_access_in_a_macro(self) -> None:
        self.becomes('#define a 1\n#define B(p) ((p)->a + (p).a + a)\n',
                     '#define lkl_a 1\n#define LKL_B(p) ((p)->a + (p).a + lkl_a)\n')

    def test_macro_that_aliases_a_member(self) -> None:
        self.becomes('struct s { int st_mtime; };\n#define x st_mtime\n',
                     'struct lkl_s { int lkl_st_mtime; };\n#define lkl_x lkl_st_mtime\n')

    def test_members_of_unnamed_unions_stay(self) -> None:
        self.becomes('#define a 1\n#define b 2\nstruct s { union { int a; struct { int b; }; }; };\n',
                     '#define lkl_a 1\n#define lkl_b 2\n'
                     'struct lkl_s { union { int a; struct { int b; }; }; };\n')

    def test_comments_and_strings_stay(self) -> None:
        self.becomes('#define a "a" /* a */\nextern int b(char); // b\n/* struct a */\n',
                     '#define lkl_a "a" /* a */\nextern int lkl_b(char); // b\n/* struct a */\n')

    def test_char_constants_stay(self) -> None:
        self.becomes("#define a 'a'\n#define B _IOR('a', 1, a)\n",
                     "#define lkl_a 'a'\n#define LKL_B _IOR('a', 1, lkl_a)\n")

    def test_macro_over_many_lines(self) -> None:
        self.becomes('#define A(x) \\\n\tdo { \\\n\t\tb(x); \\\n\t} while (0)\nextern int b(int);\n',
                     '#define LKL_A(x) \\\n\tdo { \\\n\t\tlkl_b(x); \\\n\t} while (0)\n'
                     'extern int lkl_b(int);\n')

    def test_macro_calls_in_code(self) -> None:
        self.becomes('#define A(t, n) t n\nstruct s { A(u, v); };\ntypedef int u;\n',
                     '#define LKL_A(t, n) t n\nstruct lkl_s { LKL_A(lkl_u, v); };\n'
                     'typedef int lkl_u;\n')

    def test_pasted_prefix(self) -> None:
        self.becomes('#define A_one 1\n#define A(x) A_##x\n',
                     '#define LKL_A_one 1\n#define LKL_A(x) LKL_A_##x\n')

    def test_pasted_suffix(self) -> None:
        self.becomes('#define V_1_MAJOR 3\n#define V(id) (id##_MAJOR)\n#define V_1 V(V_1)\n'
                     .replace('#define V_1 ', '#define LAST '),
                     '#define LKL_V_1_MAJOR 3\n#define LKL_V(id) (id##_MAJOR)\n'
                     '#define LKL_LAST LKL_V(LKL_V_1)\n')

    def test_argument_that_is_pasted_is_no_use(self) -> None:
        self.becomes('#define MINOR 1\n#define F(x) enum { N_##x };\nF(MINOR)\n',
                     '#define LKL_MINOR 1\n#define LKL_F(x) enum { LKL_N_##x };\nLKL_F(MINOR)\n')

    def test_pasted_argument_list_stays(self) -> None:
        self.becomes('#define A(fn, args...) fn(1, ## args)\n',
                     '#define LKL_A(fn, args...) fn(1, ## args)\n')

    def test_attribute_behind_a_member(self) -> None:
        self.becomes('#define ALIGNED __attribute__((aligned(8)))\n'
                     'struct s { int a[4] ALIGNED; t b ALIGNED; } ALIGNED;\n',
                     '#define LKL_ALIGNED __attribute__((aligned(8)))\n'
                     'struct lkl_s { int a[4] LKL_ALIGNED; t b LKL_ALIGNED; } LKL_ALIGNED;\n')

    def test_width_of_a_bit_field(self) -> None:
        text = self.rename(x='#define W 3\nstruct s { unsigned int a:W, b:W; };\n')['x']
        self.assertIn('a:LKL_W, b:LKL_W;', text)

    def test_bit_fields_are_laid_out_as_gcc_does(self) -> None:
        text = self.rename(x='struct s { char a; int b:3; };\n')['x']
        self.assertIn('struct LKL_LAYOUT lkl_s {', text)

    def test_include_of_a_kernel_header(self) -> None:
        self.becomes('#include <linux/other.h>\n# include <linux/other.h> /* a */\n',
                     '#include <lkl/linux/other.h>\n# include <lkl/linux/other.h> /* a */\n',
                     other='')

    def test_include_in_quotes(self) -> None:
        self.becomes('#include "linux/other.h"\n', '#include <lkl/linux/other.h>\n', other='')

    def test_include_of_a_neighbour_stays(self) -> None:
        self.becomes('#include "other.h"\n', '#include "other.h"\n', other='')

    def test_include_of_iso_c_stays(self) -> None:
        for name in ('stddef.h', 'stdint.h', 'string.h', 'limits.h'):
            self.becomes(f'#include <{name}>\n', f'#include <{name}>\n')

    def test_include_of_libc_goes(self) -> None:
        for name in ('sys/time.h', 'sys/socket.h', 'netinet/in.h', 'unistd.h', 'endian.h'):
            self.assertNotIn(f'<{name}>', self.rename(x=f'#include <{name}>\n')['x'])

    def test_what_libc_had_comes_from_ours(self) -> None:
        self.assertIn('<lkl/linux/time.h>', self.rename(x='#include <sys/time.h>\n')['x'])
        self.assertIn('<lkl/asm/kernel.h>', self.rename(x='#include <sys/socket.h>\n')['x'])

    def test_long(self) -> None:
        self.assertRegex(self.rename(x='typedef unsigned long a;\ntypedef long int b;\n'
                                       'typedef long long c;\ntypedef unsigned long long d;\n')['x'],
                         r'^typedef lkl_ulong_t +lkl_a;\ntypedef lkl_long_t +lkl_b;\n'
                         r'typedef long long lkl_c;\ntypedef unsigned long long lkl_d;\n$')

    def test_long_in_a_macro(self) -> None:
        self.assertIn('sizeof(lkl_long_t)', self.rename(x='#define A sizeof(long)\n')['x'])

    def test_header_with_long_includes_it(self) -> None:
        self.rename(x='typedef long a;\n', y='typedef int b;\n')
        out = self.root / 'out/linux'
        self.assertIn('#include <lkl/long.h>\n', (out / 'x.h').read_text(encoding='utf-8'))
        self.assertNotIn('long.h', (out / 'y.h').read_text(encoding='utf-8'))
        self.assertTrue((self.root / 'out/long.h').exists())

    def test_folders_of_hardware_are_left_out(self) -> None:
        path = self.root / 'in/drm/drm.h'
        path.parent.mkdir(parents=True)
        path.write_text('#define A 1\n', encoding='utf-8')
        self.rename(x='')
        self.assertFalse((self.root / 'out/drm').exists())

    def test_extern_c(self) -> None:
        self.becomes('#ifdef __cplusplus\nextern "C" {\n#endif\ntypedef int a;\n',
                     '#ifdef __cplusplus\nextern "C" {\n#endif\ntypedef int lkl_a;\n')

    def test_unchanged_output_is_not_written_again(self) -> None:
        self.rename(x='typedef int a;\n')
        path = self.root / 'out/linux/x.h'
        os.utime(path, (1, 1))
        self.rename(x='typedef int a;\n')
        self.assertEqual(path.stat().st_mtime, 1)
        self.rename(x='typedef int b;\n')
        self.assertNotEqual(path.stat().st_mtime, 1)

    def test_the_result_compiles(self) -> None:
        self.rename(x='#ifndef _X_H\n#define _X_H\n#define N 4\n#define PRE_A 1\n'
                      '#define P(x) PRE_##x\n#define ALIGNED __attribute__((aligned(16)))\n'
                      'typedef unsigned long word;\nenum kind { FIRST = P(A), SECOND };\n'
                      'struct s { word N[N]; unsigned char c; int kind:N; enum kind k; '
                      'union { int a; word b; } ALIGNED; };\n'
                      'static inline word first(const struct s *s) { return s->N[0]; }\n#endif\n')
        program = ('#include <lkl/linux/x.h>\n#define N bad\n#define kind bad2\n#undef N\n'
                   '#undef kind\nint f(struct lkl_s *s);\nint f(struct lkl_s *s)\n{\n'
                   '\treturn (int)lkl_first(s) + s->a + LKL_FIRST + LKL_N;\n}\n')
        (self.root / 'lkl').symlink_to(self.root / 'out')
        done = subprocess.run(['gcc', '-std=c99', '-Wall', '-fsyntax-only', '-xc',
                               f'-I{self.root}', '-'], input=program, text=True, check=False,
                              capture_output=True)
        self.assertEqual(done.returncode, 0, done.stderr)


TABLE = '''# comment
0	common	nothing		sys_nothing
1	64	six		sys_six
2	32	old		sys_old
3	rlimit	lim		sys_lim		compat_sys_lim
4	memfd_secret	secret	sys_secret
5	time32	times	sys_times
6	common	reserved
7	renameat	renameat	sys_renameat
'''

PROTOTYPES = '''
#define __SYSCALL_DEFINEx(x, ...) asmlinkage long sys_macro(void);
/* asmlinkage long sys_comment(void); */
asmlinkage long sys_nothing(void);
asmlinkage long sys_six(int fd, const char __user *path, loff_t off,
			size_t len, unsigned long flags, struct stat __user *buf);
asmlinkage long sys_lim(pid_t, unsigned int,
			const struct rlimit64 __user *, struct rlimit64 __user *new);
asmlinkage long sys_renameat(int olddfd, char __user *oldname);
asmlinkage long sys_fn(int sig, void (*handler)(int, long), int last);
asmlinkage long sys_six(int second);
int sys_other(void);
'''


def param_texts(text: str) -> list:
    return [[w.text for w in p] for p in syscalls.split_params(syscalls.words_of(text))]


class Syscalls(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        self.tags: set = set()

    def write(self, name: str, text: str) -> pathlib.Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding='utf-8')
        return path

    def function(self, params: str, names: frozenset = frozenset()) -> str:
        return syscalls.function('x', syscalls.split_params(syscalls.words_of(params)),
                                 set(names), self.tags)

    def signature(self, params: str, names: frozenset = frozenset()) -> str:
        first = self.function(params, names).split('\n', maxsplit=1)[0]
        self.assertTrue(first.startswith('static inline lkl_long_t lkl_sys_x('))
        return first[first.index('(') + 1:-1]

    def values(self, params: str, names: frozenset = frozenset()) -> list:
        text = self.function(params, names)
        return text[text.index('{ ') + 2:text.index(' };')].split(', ')

    def test_table(self) -> None:
        self.assertEqual(syscalls.read_table(self.write('t', TABLE)),
                         [('nothing', 'sys_nothing'), ('six', 'sys_six'), ('lim', 'sys_lim'),
                          ('renameat', 'sys_renameat')])

    def test_prototypes(self) -> None:
        protos = syscalls.read_prototypes(self.write('p', PROTOTYPES))
        self.assertEqual(set(protos), {'sys_nothing', 'sys_six', 'sys_lim', 'sys_renameat', 'sys_fn'})
        self.assertEqual([w.text for w in protos['sys_nothing']], ['void'])

    def test_first_prototype_counts(self) -> None:
        protos = syscalls.read_prototypes(self.write('p', PROTOTYPES))
        self.assertEqual(len(syscalls.split_params(protos['sys_six'])), 6)

    def test_parentheses_in_a_prototype(self) -> None:
        protos = syscalls.read_prototypes(self.write('p', PROTOTYPES))
        self.assertEqual(protos['sys_fn'][-1].text, 'last')

    def test_no_parameters(self) -> None:
        self.assertEqual(param_texts('void'), [])
        self.assertEqual(param_texts(''), [])
        self.assertEqual(self.signature('void'), 'void')
        self.assertEqual(self.values('void'), ['0'] * 6)

    def test_pointer_to_void_is_a_parameter(self) -> None:
        self.assertEqual(param_texts('void *'), [['void', '*']])

    def test_qualifiers_of_the_kernel_go(self) -> None:
        self.assertEqual(param_texts('const char __user *p, void __force *q'),
                         [['const', 'char', '*', 'p'], ['void', '*', 'q']])

    def test_number_of_values(self) -> None:
        for n in range(7):
            params = ', '.join(f'int a{i}' for i in range(n)) or 'void'
            self.assertEqual(self.values(params),
                             [f'(lkl_long_t)a{i}' for i in range(n)] + ['0'] * (6 - n))

    def test_pointers_are_cast_through_uintptr(self) -> None:
        self.assertEqual(self.signature('const char __user *path'), 'const char *path')
        self.assertEqual(self.values('const char __user *path')[0], '(lkl_long_t)(uintptr_t)path')

    def test_pointer_to_pointers(self) -> None:
        self.assertEqual(self.signature('const char __user *const __user *argv'),
                         'const char * const *argv')

    def test_long(self) -> None:
        self.assertEqual(self.signature('long a, unsigned long b, unsigned long *c'),
                         'lkl_long_t a, lkl_ulong_t b, lkl_ulong_t *c')

    def test_long_long_stays(self) -> None:
        self.assertEqual(self.signature('unsigned long long a'), 'unsigned long long a')

    def test_kernel_types(self) -> None:
        self.assertEqual(self.signature('loff_t a, size_t b, umode_t c, u64 d, pid_t e'),
                         'long long a, size_t b, unsigned int c, unsigned long long d, int e')
        self.assertEqual(self.signature('off_t off, loff_t __user *pos'),
                         'lkl_long_t off, long long *pos')

    def test_structs_are_renamed_and_declared(self) -> None:
        self.assertEqual(self.signature('struct stat __user *buf, union u *v'),
                         'struct lkl_stat *buf, union lkl_u *v')
        self.assertEqual(self.tags, {('struct', 'lkl_stat'), ('union', 'lkl_u')})

    def test_enum_is_int(self) -> None:
        self.assertEqual(self.signature('enum landlock_rule_type t'), 'int t')

    def test_types_of_the_headers_are_renamed(self) -> None:
        self.assertEqual(self.signature('aio_context_t ctx, __u32 n',
                                        frozenset({'aio_context_t', '__u32'})),
                         'lkl_aio_context_t ctx, __lkl__u32 n')

    def test_names_of_parameters_stay(self) -> None:
        self.assertEqual(self.signature('int time', frozenset({'time'})), 'int time')

    def test_parameters_without_names(self) -> None:
        self.assertEqual(self.signature('int, unsigned int, const char __user *, struct stat *'),
                         'int arg1, unsigned int arg2, const char *arg3, struct lkl_stat *arg4')

    def test_parameter_of_a_named_type_without_name(self) -> None:
        self.assertEqual(self.signature('size_t, pid_t'), 'size_t arg1, int arg2')

    def test_keywords_of_cxx(self) -> None:
        self.assertEqual(self.signature('int new, int this, int class'),
                         'int new_, int this_, int class_')
        self.assertEqual(self.values('int new')[0], '(lkl_long_t)new_')

    def test_number_of_the_call(self) -> None:
        self.assertIn('return lkl_syscall(__lkl__NR_x, params);', self.function('void'))

    def source(self, table: str) -> tuple:
        self.write('src/scripts/syscall.tbl', table)
        self.write('src/include/linux/syscalls.h', PROTOTYPES)
        self.write('src/include/asm-generic/syscalls.h', '')
        for folder in ('linux', 'asm', 'asm-generic'):
            self.write(f'inc/{folder}/a.h', 'typedef int dummy;\n')
        return self.root / 'src', self.root / 'inc'

    def test_all(self) -> None:
        text = syscalls.generate(*self.source(TABLE))
        self.assertEqual(text.count('static inline'), 4)
        self.assertIn('lkl_sys_six(int fd, const char *path, long long off, size_t len, '
                      'lkl_ulong_t flags, struct lkl_stat *buf)', text)
        self.assertIn('\nstruct lkl_rlimit64;\n', text)
        self.assertLess(text.index('struct lkl_rlimit64;'), text.index('static inline'))

    def test_call_without_prototype_is_an_error(self) -> None:
        with self.assertRaises(SystemExit) as error:
            syscalls.generate(*self.source('0\tcommon\tnew\tsys_new\n'))
        self.assertIn('sys_new', str(error.exception))

    def test_mmap_takes_bytes(self) -> None:
        text = syscalls.generate(*self.source('222\tcommon\tmmap\tsys_mmap\n'))
        self.assertIn('lkl_sys_mmap(void *addr, lkl_ulong_t len, lkl_ulong_t prot, lkl_ulong_t flags, '
                      'lkl_ulong_t fd, lkl_ulong_t off)', text)


class ErrnoTable(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        (self.root / 'asm-generic').mkdir()

    def write(self, name: str, text: str) -> pathlib.Path:
        path = self.root / 'asm-generic' / name
        path.write_text(text, encoding='utf-8')
        return path

    def test_entries(self) -> None:
        path = self.write('errno.h', '#ifndef _X\n#define _X\n#include <a.h>\n'
                          '#define\tEPERM\t\t 1\t/* Operation not permitted */\n'
                          '#define EDEADLK 35 /* Would it block? */\n'
                          '#define EDEADLOCK EDEADLK\n#define EBARE 9\n#endif\n')
        self.assertEqual(errnotable.entries(path),
                         [('EPERM', 'Operation not permitted'), ('EDEADLK', 'Would it block?'),
                          ('EBARE', 'EBARE')])

    def test_table_is_in_order(self) -> None:
        self.write('errno-base.h', '#define EPERM 1 /* No */\n')
        self.write('errno.h', '#define ENEW 35 /* It\'s new */\n')
        output = self.root / 'table.h'
        argv, sys.argv = sys.argv, ['errnotable.py', '--headers', str(self.root), '--output', str(output)]
        try:
            with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
                self.assertEqual(errnotable.main(), 0)
        finally:
            sys.argv = argv
        self.assertEqual(output.read_text(encoding='utf-8').split('\n', maxsplit=1)[1],
                         '{ LKL_EPERM, "EPERM", "No" },\n{ LKL_ENEW, "ENEW", "It\'s new" },\n')


if __name__ == '__main__':
    unittest.main()
