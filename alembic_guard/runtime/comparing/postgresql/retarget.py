"""Points typed SQL at a scratch namespace: names of schemas become those that stand in for them.

Strings, comments, dollar-quoted bodies and what is quoted as something else stay as they are: the
body of a function is text to PostgreSQL, and is compared as text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_TOKENS = re.compile(
    r"""
    (?P<kept> [eE]'(?:[^'\\]|\\.|'')*' | '(?:[^']|'')*' | --[^\n]* | /\*.*?\*/
            | \$(?P<tag>[^\W\d]\w*|)\$.*?\$(?P=tag)\$ )
  | (?P<name> "(?:[^"]|"")+" | (?<![\w.$"])[^\W\d][\w$]* ) (?P<dot> \s*\.\s* (?=["\w]) )?
    """,
    re.DOTALL | re.VERBOSE,
)
"""PostgreSQL manual, 4.1 Lexical Structure; comments within comments end too early here."""


def retarget(sql: str, stand_ins: Mapping[str, str]) -> str:
    """The text with other names of schemas.

    :param stand_ins: the name to write, by the name of the schema; "" is passed over.
    """

    def name(found: re.Match[str]) -> str:
        word = found["name"]
        if not word or not found["dot"] or _follows_dot(sql, found.start()):
            return found[0]
        plain = word[1:-1].replace('""', '"') if word.startswith('"') else word.lower()
        if plain and plain in stand_ins:
            return stand_ins[plain] + found["dot"]
        return found[0]

    return _TOKENS.sub(name, sql)


def _follows_dot(sql: str, place: int) -> bool:
    return sql[:place].rstrip()[-1:] == "."
