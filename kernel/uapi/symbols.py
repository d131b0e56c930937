# SPDX-License-Identifier: GPL-2.0
"""Find the global names of a header, and the uses of names of members.

Macros, tags, typedefs, enumeration constants and functions are global.  The same
word may be the name of a member elsewhere.  Members keep their names, so the
context of each use decides.
"""

from ctokens import COMMENT, IDENT, NEWLINE, SPACE, Line

KEYWORDS = set('''auto break case char const continue default do double else enum
extern float for goto if inline int long register restrict return short signed
sizeof static struct switch typedef union unsigned void volatile while __inline__
__inline __attribute__ __asm__ asm __volatile__ __extension__ typeof __typeof__
__signed__ __const __restrict defined _Static_assert __builtin_offsetof offsetof
__aligned__ __packed__ packed aligned'''.split())

_AFTER_MEMBER = {';', ',', '[', ':', ')', '='}


def significant(tokens: list) -> list[int]:
    return [i for i, t in enumerate(tokens) if t.kind not in (SPACE, NEWLINE, COMMENT)]


class Scope:
    """Follow the braces in the code of a header to classify identifiers."""

    def __init__(self) -> None:
        self.stack: list[str] = []      # 'struct', 'enum', 'block', 'extern'
        self.parens = 0
        self.brackets = 0
        self.statement: list[str] = []  # words since the last ; { }
        self.typedef = False

    def inside(self, kind: str) -> bool:
        return bool(self.stack) and self.stack[-1] == kind

    def at_top(self) -> bool:
        return not self.stack or self.inside('extern')

    def open_brace(self) -> None:
        words = self.statement
        # The last keyword before the brace decides; "int f(struct x *)" is a block.
        kind = 'block'
        if words and words[-1] != ')':
            for word in reversed(words):
                if word in ('struct', 'union'):
                    kind = 'struct'
                    break
                if word == 'enum':
                    kind = 'enum'
                    break
                if word == '"C"':
                    kind = 'extern'
                    break
        elif any(w in ('struct', 'union') for w in words) and '__attribute__' in words:
            kind = 'struct'
        self.stack.append(kind)
        self.statement = []

    def close_brace(self) -> None:
        if self.stack:
            self.stack.pop()
        self.statement = ['}']

    def feed(self, text: str) -> None:
        if text == '{':
            self.open_brace()
        elif text == '}':
            self.close_brace()
        elif text == ';':
            self.statement = []
            if self.at_top():
                self.typedef = False
        else:
            if text == 'typedef' and self.at_top():
                self.typedef = True
            if text == '(':
                self.parens += 1
            elif text == ')':
                self.parens = max(0, self.parens - 1)
            elif text == '[':
                self.brackets += 1
            elif text == ']':
                self.brackets = max(0, self.brackets - 1)
            self.statement.append(text)


def is_member(scope: Scope, prev: str, following: str) -> bool:
    """Return whether an identifier is the name of a member."""
    if prev in ('.', '->'):
        return True
    if not scope.inside('struct') or scope.brackets:
        return False
    # The word after a colon is the width of a bit-field.
    if prev in ('struct', 'union', 'enum', ':') or following not in _AFTER_MEMBER:
        return False
    # In parentheses: "int (*fn)(type name)", or the arguments of a macro.
    if scope.parens:
        return prev == '*' and following == ')'
    # A macro for whole members is alone in its line.
    return bool(scope.statement)


def macro_params(tokens: list) -> list:
    """Return the parameters of a function-like macro."""
    order = significant(tokens)
    if len(order) < 4 or order[3] != order[2] + 1 or tokens[order[3]].text != '(':
        return []
    params = []
    for i in order[4:]:
        if tokens[i].text == ')':
            break
        if tokens[i].kind == IDENT:
            params.append(tokens[i].text)
    return params


def attribute_macros(lines: list[Line]) -> set:
    """Return the macros for attributes, which follow a member."""
    found = set()
    for line in lines:
        words = [line.tokens[i].text for i in significant(line.tokens)]
        if line.directive == 'define' and words[3:4] == ['__attribute__']:
            found.add(words[2])
    return found


def pasted_suffixes(lines: list[Line]) -> set:
    """Return the words that macros append to an argument: "id##_SUFFIX"."""
    found = set()
    for line in lines:
        if line.directive != 'define':
            continue
        params = macro_params(line.tokens)
        words = [line.tokens[i].text for i in significant(line.tokens)]
        for before, word, paste, suffix in zip(words, words[1:], words[2:], words[3:]):
            if paste == '##' and word in params and suffix not in params and before != '##':
                found.add(suffix)
    return found


def pasting_macros(lines: list[Line]) -> dict:
    """Map macros to the arguments that they append to a name: "NAME_##param"."""
    found: dict = {}
    for line in lines:
        params = macro_params(line.tokens) if line.directive == 'define' else []
        words = [line.tokens[i].text for i in significant(line.tokens)]
        for word, paste, suffix in zip(words[3:], words[4:], words[5:]):
            if paste == '##' and suffix in params and word not in params and word != ',':
                found.setdefault(words[2], set()).add(params.index(suffix))
    return found


def bitfields(lines: list[Line]) -> bool:
    """Return whether a struct of the header has bit-fields."""
    scope = Scope()
    for line in lines:
        if line.directive:
            continue
        for i in significant(line.tokens):
            if line.tokens[i].text == ':' and scope.inside('struct'):
                return True
            scope.feed(line.tokens[i].text)
    return False


def _collect_define(tokens: list, names: set) -> None:
    words = [t.text for t in tokens if t.kind == IDENT]
    if len(words) > 1:
        names.add(words[1])


def _collect_code(tokens: list, scope: Scope, names: set) -> None:
    order = significant(tokens)
    for k, i in enumerate(order):
        token = tokens[i]
        prev = tokens[order[k - 1]].text if k else ''
        following = tokens[order[k + 1]].text if k + 1 < len(order) else ''
        if token.kind == IDENT and token.text not in KEYWORDS:
            if prev in ('struct', 'union', 'enum'):
                names.add(token.text)
            elif scope.statement[-2:] == ['__struct_group', '(']:
                names.add(token.text)   # the first argument is a tag
            elif scope.inside('enum') and prev in ('{', ',', '') and following != '(':
                names.add(token.text)
            elif scope.inside('enum') and prev == ')' and following in (',', '=', '}'):
                names.add(token.text)   # after a macro for other constants
            elif scope.at_top():
                _collect_toplevel(token.text, prev, following, scope, names)
        scope.feed(token.text)


def _collect_toplevel(text: str, prev: str, following: str, scope: Scope, names: set) -> None:
    if scope.typedef and scope.parens == 0 and following in (';', ',', '['):
        names.add(text)
    elif scope.typedef and prev == '*' and following == ')' and scope.statement.count('(') == 1:
        names.add(text)
    elif scope.typedef and scope.parens == 0 and following == '(' and \
            len(scope.statement) > 1 and text != '__attribute__':
        names.add(text)
    elif prev == '}' and not scope.typedef and following in ('[', '=', ';'):
        names.add(text)     # a variable that is declared with its struct
    elif following == '(' and 'static' in scope.statement and scope.parens == 0:
        names.add(text)
    elif following == '(' and 'extern' in scope.statement and scope.parens == 0:
        names.add(text)


def collect(lines: list[Line], names: set) -> None:
    """Add the global names that a header defines."""
    scope = Scope()
    for line in lines:
        if line.directive == 'define':
            _collect_define(line.tokens, names)
        elif not line.directive:
            _collect_code(line.tokens, scope, names)
