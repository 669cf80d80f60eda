"""Versions as pip compares them (PEP 440), as far as releases of libraries go."""

from __future__ import annotations

import operator
import re

Version = tuple[tuple[int, ...], bool]
"""The numbers, and whether it is final: a pre-release comes before its release."""

_RELEASE = re.compile(r"\s*v?(?:\d+!)?(\d+(?:\.\d+)*)(.*)")
_CLAUSE = re.compile(r"(==|!=|<=|>=|<|>|~=)\s*(.+)")
_LENGTH = 6  # numbers of a release; no library has more
_COMPARES = {
    "==": operator.eq,
    "!=": operator.ne,
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
}


def version(text: str) -> Version:
    """A version that can be compared; zeros where it is none."""
    match = _RELEASE.match(text)
    numbers = [int(number) for number in match[1].split(".")] if match else []
    rest = match[2] if match else ""
    final = not re.match(r"[-_.]?(a|b|c|rc|alpha|beta|pre|preview|dev)", rest, re.IGNORECASE)
    return (*numbers, *[0] * (_LENGTH - len(numbers)))[:_LENGTH], final


def meets(installed: str, wanted: str) -> bool:
    """Whether a version meets every clause of a specifier; what is not understood is met."""
    return all(_meets(installed, clause.strip()) for clause in wanted.split(","))


def _meets(installed: str, clause: str) -> bool:
    match = _CLAUSE.fullmatch(clause)
    if match is None:
        return True
    compare, text = match[1], match[2].strip()
    if compare == "~=":
        upper = ".".join(text.split(".")[:-1])
        return _meets(installed, f">={text}") and _meets(installed, f"=={upper}.*")
    if text.endswith(".*"):
        given = [int(number) for number in re.findall(r"\d+", text)]
        return bool(_COMPARES[compare](version(installed)[0][: len(given)], tuple(given)))
    return bool(_COMPARES[compare](version(installed), version(text)))
