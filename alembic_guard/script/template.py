"""The guard's hooks in a project's own ``script.py.mako``, put in and taken out again.

Three pieces: a block at the top that imports ``alembic_guard.mako`` (and does without it, for a
teammate who has not installed it), a call before the revision identifiers, a call before
``upgrade()``. Each is whole lines that mako swallows, so a template renders as it did before,
byte for byte, as long as the calls return nothing.

- ``remove(install(text)) == text`` for every template that held no piece, line endings included.
- ``install(install(text)) == install(text)``; pieces that the user moved stay where they are.
- A template that holds only some of the pieces gets them all anew.

Mako's own syntax is read with regular expressions, not with mako's lexer: they only tell what is
text, and a template that mako refuses is not refused here. No file is read or written.
"""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

IMPORT = """\
<%!
try:
    from alembic_guard import mako as guard
except ImportError:  # a teammate without alembic-guardrails can still render this template
    class guard:
        header = hooks = staticmethod(lambda context: "")
%>\\
"""
HEADER = "${guard.header(context)}\\\n"
HOOKS = "${guard.hooks(context)}\\\n"

# The byte order mark, and mako's magic comment, which it only knows as the very first line and
# never renders (mako/lexer.py, Lexer._coding_re): the block has to follow them.
_TOP = re.compile(r"\ufeff?(?:#.*coding[:=]\s*([-\w.]+).*\r?\n)?")

# No two alternatives start alike, here and below, so a text that never ends is given up at once.
_STRING = (
    r'"""(?:\\.|(?!""")[^\\])*"""' + r"|'''(?:\\.|(?!''')[^\\])*'''"
    r'|"(?!"")(?:\\.|[^"\\\n])*"' + r"|'(?!'')(?:\\.|[^'\\\n])*'"
)
_ATOM = rf"""{_STRING}|\#[^\n]*\n|[^\#"'{{}}]"""
_BRACES = rf"\{{(?:{_ATOM}|\{{(?:{_ATOM})*\}})*\}}"
_MAKO = re.compile(
    rf"""
    <%doc>.*?</%doc> | <%text\b[^>]*(?<!/)>.*?</%text\s*>
    | (?P<code> <%(?:!|(?![\w.:])) (?:{_STRING}|\#[^\n]*\n|[^\#"'%]|%(?!>))* %> )
    | (?P<expression> \$\{{ (?:{_ATOM}|{_BRACES})* \}} )
    | (?P<control> ^[ \t]* (?:%(?!%)|\#\#) (?:\\\r?\n|[^\r\n])* )
    """,
    re.DOTALL | re.MULTILINE | re.VERBOSE,
)
_PYTHON = re.compile(rf"(?P<comment>#[^\n]*)|{_STRING}", re.DOTALL)

_CALL = re.compile(r"\$\{\s*guard\.(header|hooks)\s*\(")
_REST_OF_LINE = re.compile(r"[ \t]*\\?(?:\r?\n|\Z)")
_CONTROL = re.compile(r"[ \t]*%[ \t]*(end)?(?:if|for|while|try|with)\b")

_IDENTIFIERS = (
    re.compile(r"^#[ \t]*revision identifiers\b", re.MULTILINE | re.IGNORECASE),
    re.compile(r"^revision\b[^=\n]*=(?!=)", re.MULTILINE),
)
_UPGRADE = (re.compile(r"^(?:async[ \t]+)?def[ \t]+upgrade[ \t]*\(", re.MULTILINE),)


class TemplateWithoutLines(ValueError):
    """A template has no line before which the hooks belong.

    :param missing: the lines that were looked for, each as a user would type it.
    """

    def __init__(self, missing: tuple[str, ...]) -> None:
        self.missing = missing
        lines = " and no line ".join(f'"{line}"' for line in missing)
        super().__init__(
            f"The template has no line {lines}, so the guard's hooks have no place in it."
        )


class _Piece(NamedTuple):
    kind: str
    start: int
    end: int
    instead: str


def install(text: str) -> str:
    """Put the hooks in.

    :param text: a whole ``script.py.mako``.
    :returns: the text with all three pieces; the same text when it has them already.
    :raises TemplateWithoutLines: when it has no ``revision = `` or no ``def upgrade(`` line.
    """
    if is_installed(text):
        return text
    top, body = _split(remove(text))
    header, hooks = _place(body, _IDENTIFIERS), _place(body, _UPGRADE)
    if header is None or hooks is None:
        wanted = (("revision = ...", header), ("def upgrade(...)", hooks))
        raise TemplateWithoutLines(tuple(line for line, place in wanted if place is None))
    newline = "\r\n" if body.count("\r\n") * 2 > body.count("\n") else "\n"
    pieces = sorted([(0, 0, IMPORT), (header, 1, HEADER), (hooks, 2, HOOKS)], reverse=True)
    for place, _, piece in pieces:
        body = body[:place] + piece.replace("\n", newline) + body[place:]
    return top + body


def remove(text: str) -> str:
    """Take the hooks out, also where only some are left or where the user moved them.

    :param text: a whole ``script.py.mako``.
    :returns: the text without them; the same text when it has none.
    """
    top, body = _split(text)
    for piece in reversed(list(_pieces(body))):
        body = body[: piece.start] + piece.instead + body[piece.end :]
    return top + body


def is_installed(text: str) -> bool:
    """Whether all three pieces are there and at work (one in a comment is not).

    :param text: a whole ``script.py.mako``.
    :returns: whether :func:`install` would leave it as it is.
    """
    return {piece.kind for piece in _pieces(_split(text)[1])} == {"import", "header", "hooks"}


def _split(text: str) -> tuple[str, str]:
    match = _TOP.match(text)
    assert match is not None  # every part of the pattern may be absent
    return text[: match.end()], text[match.end() :]


def _pieces(body: str) -> Iterator[_Piece]:
    """What is ours in a template, in order."""
    for token in _MAKO.finditer(body):
        call = _CALL.match(token[0])
        if call:
            yield _Piece(call[1], *_with_line(body, *token.span()), "")
        elif token["code"] and "alembic_guard" in token[0]:
            rest = _without_import(token[0])
            if rest == "":
                yield _Piece("import", *_with_line(body, *token.span()), "")
            elif rest != token[0]:
                yield _Piece("import", *token.span(), rest)


def _with_line(body: str, start: int, end: int) -> tuple[int, int]:
    """The span of the whole line if there is nothing else on it, the bare span otherwise."""
    line = body.rfind("\n", 0, start) + 1
    rest = _REST_OF_LINE.match(body, end)
    return (line, rest.end()) if rest and not body[line:start].strip(" \t") else (start, end)


def _without_import(block: str) -> str:
    """A ``<%! %>`` block without our import, which the user may have joined with their own code."""
    opening = "<%!" if block.startswith("<%!") else "<%"
    code = block[len(opening) : -len("%>")]
    try:
        statements = ast.parse(textwrap.dedent(code)).body
    except (SyntaxError, ValueError):  # mako will say so when it renders; ValueError: a null byte
        return block
    if any(one.end_lineno == other.lineno for one, other in pairwise(statements)):
        return block  # "import re; ...": no line is ours alone
    ours = [statement for statement in statements if _imports_guard(statement)]
    if len(ours) == len(statements):
        return ""
    lines = code.split("\n")
    for statement in reversed(ours):
        del lines[statement.lineno - 1 : statement.end_lineno]
    return "\n".join([opening + lines[0], *lines[1:]]) + "%>"


def _imports_guard(statement: ast.stmt) -> bool:
    names = set()
    for node in ast.walk(statement):
        if isinstance(node, ast.ImportFrom):
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    return "alembic_guard.mako" in names


def _place(body: str, patterns: tuple[re.Pattern[str], ...]) -> int | None:
    """The start of the line before which a call goes: the first that any pattern finds."""
    text = _MAKO.sub(lambda token: _blank(token[0]), body)
    outside_strings = _PYTHON.sub(lambda token: token["comment"] or _blank(token[0]), text)
    # Branches of a template may each open the same docstring, which makes the quotes look uneven:
    # then what seems to be in a string is taken all the same.
    for view in (outside_strings, text):
        for pattern in patterns:
            found = pattern.search(view)
            if found:
                return _before_what_belongs_to_it(body, text, found.start())
    return None


def _blank(token: str) -> str:
    return re.sub(r"[^\r\n]", "~", token)


def _before_what_belongs_to_it(body: str, text: str, place: int) -> int:
    """Move up out of mako's blocks and over decorators, as long as there are any."""
    while True:
        moved = _before_decorators(text, _before_block(body, place))
        if moved == place:
            return place
        place = moved


def _before_block(body: str, place: int) -> int:
    """The ``% if`` that a place is in, for a call in one branch would be missing in the other."""
    depth, opened = 0, place
    for token in _MAKO.finditer(body, 0, place):
        control = token["control"] and _CONTROL.match(token[0])
        if control and control[1]:
            depth = max(depth - 1, 0)
        elif control:
            opened = opened if depth else token.start()
            depth += 1
    return opened if depth else place


def _before_decorators(text: str, place: int) -> int:
    """The topmost decorator of what is defined at a place."""
    top = line_start = place
    for line in reversed(text[:place].split("\n")[:-1]):
        line_start -= len(line) + 1
        if line.startswith("@"):
            top = line_start
        # between decorators: blank lines, comments, their own arguments, and what mako has there
        elif line.strip() and line[0] not in " \t#)]}~":
            break
    return top
