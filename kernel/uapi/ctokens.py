# SPDX-License-Identifier: GPL-2.0
"""A tokenizer for C that keeps all text: the joined tokens are the input."""

from typing import NamedTuple

IDENT, NUMBER, STRING, CHAR, COMMENT, SPACE, NEWLINE, PUNCT = range(8)

_DIGITS = set('0123456789')
_ALPHA = set('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_')
_TWO = ('->', '##', '&&', '||', '==', '!=', '<=', '>=', '<<', '>>')


class Token(NamedTuple):
    kind: int
    text: str


def _scan_number(text: str, pos: int) -> int:
    """Return the end of a preprocessing number, which may contain e+ and p-."""
    end = pos
    while end < len(text):
        c = text[end]
        if c in _ALPHA or c in _DIGITS or c == '.':
            end += 1
        elif c in '+-' and text[end - 1] in 'eEpP' and text[pos:pos + 2] not in ('0x', '0X'):
            end += 1
        else:
            break
    return end


def _scan_quoted(text: str, pos: int) -> int:
    quote = text[pos]
    end = pos + 1
    while end < len(text) and text[end] != quote:
        end += 2 if text[end] == '\\' else 1
    return end + 1


def _scan_comment(text: str, pos: int) -> int:
    if text.startswith('//', pos):
        end = text.find('\n', pos)
        return len(text) if end < 0 else end
    end = text.find('*/', pos + 2)
    return len(text) if end < 0 else end + 2


def _scan_space(text: str, pos: int) -> int:
    end = pos
    while end < len(text):
        if text[end] in ' \t\r\f\v':
            end += 1
        elif text.startswith('\\\n', end):
            end += 2
        else:
            break
    return end


def _scan_ident(text: str, pos: int) -> int:
    end = pos
    while end < len(text) and (text[end] in _ALPHA or text[end] in _DIGITS):
        end += 1
    return end


def _next(text: str, pos: int) -> Token:
    c = text[pos]
    if c in _ALPHA:
        kind, end = IDENT, _scan_ident(text, pos)
    elif c in _DIGITS or (c == '.' and text[pos + 1:pos + 2] in _DIGITS):
        kind, end = NUMBER, _scan_number(text, pos)
    elif c == '"':
        kind, end = STRING, _scan_quoted(text, pos)
    elif c == "'":
        kind, end = CHAR, _scan_quoted(text, pos)
    elif text.startswith(('/*', '//'), pos):
        kind, end = COMMENT, _scan_comment(text, pos)
    elif c == '\n':
        kind, end = NEWLINE, pos + 1
    elif _scan_space(text, pos) > pos:
        kind, end = SPACE, _scan_space(text, pos)
    elif text[pos:pos + 3] == '...':
        kind, end = PUNCT, pos + 3
    else:
        kind, end = PUNCT, pos + (2 if text[pos:pos + 2] in _TWO else 1)
    return Token(kind, text[pos:end])


def tokenize(text: str) -> list[Token]:
    tokens = []
    pos = 0
    while pos < len(text):
        token = _next(text, pos)
        tokens.append(token)
        pos += len(token.text)
    return tokens


class Line(NamedTuple):
    """A preprocessor directive, or the code between two directives."""
    directive: str          # 'define', 'include', ...; '' for code
    tokens: list


def _directive_name(tokens: list) -> str:
    words = [t.text for t in tokens if t.kind == IDENT]
    return words[0] if words else 'null'


def split_lines(tokens: list) -> list[Line]:
    """Separate directives from code; comments stay in place."""
    lines: list[Line] = []
    code: list = []
    pos = 0
    at_start = True
    while pos < len(tokens):
        token = tokens[pos]
        if at_start and token.text == '#':
            if code:
                lines.append(Line('', code))
                code = []
            end = pos
            while end < len(tokens) and tokens[end].kind != NEWLINE:
                end += 1
            directive = tokens[pos:end + 1]
            lines.append(Line(_directive_name(directive), directive))
            pos = end + 1
            continue
        code.append(token)
        if token.kind == NEWLINE:
            at_start = True
        elif token.kind not in (SPACE, COMMENT):
            at_start = False
        pos += 1
    if code:
        lines.append(Line('', code))
    return lines
