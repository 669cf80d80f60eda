"""A text cut into tokens, and the brackets among them; what a token is, its dialect says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Protocol, TypeVar


class Scanned(Protocol):
    """A token, as far as brackets are concerned."""

    @property
    def upper(self) -> str:
        """A word in capitals, or a sign; "" for the others."""


_Token = TypeVar("_Token", bound=Scanned)


def scanned(pattern: re.Pattern[str], sql: str) -> Iterator[tuple[str, str, int, int, str]]:
    """The tokens of a text: kind, text, start, end, and the text in capitals of words and signs.

    :param pattern: of any token, with a group for each kind; what is ``blank`` is left out.
    """
    for match in pattern.finditer(sql):
        kind = str(match.lastgroup)
        if kind != "blank":
            text = match[0]
            upper = text.upper() if kind in ("word", "sign") else ""
            yield kind, text, match.start(), match.end(), upper


def unwrapped(found: Sequence[_Token]) -> Sequence[_Token]:
    """Tokens without the brackets that enclose all of them."""
    while len(found) > 1 and found[0].upper == "(" and closing(found, 0) == len(found) - 1:
        found = found[1:-1]
    return found


def closing(found: Sequence[Scanned], place: int) -> int:
    """The place of the bracket that closes the one at a place; the end where none does."""
    depth = 0
    for at in range(place, len(found)):
        depth += (found[at].upper == "(") - (found[at].upper == ")")
        if not depth:
            return at
    return len(found)
