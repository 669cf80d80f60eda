"""Whether the definition of an object may hold a password, which then goes into no file.

Code that only speaks of one, such as ``NEW.password = crypt(NEW.password, salt)``, holds none.
"""

from __future__ import annotations

import re

from alembic_guard.masking import Mask

_SAID = re.compile(r"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'", re.DOTALL)
"""Comments and strings: what somebody wrote out. The body of a function is code with such in it."""

_GIVEN = re.compile(
    r"(?:passw|pwd)\w*[\"]?\s*(?::=|=>|=|:)?\s*''|\bIDENTIFIED\s+BY\s+''", re.IGNORECASE
)


def may_hold_password(sql: str) -> bool:
    """Whether a string or a comment looks like a password, or like what a password is in."""
    mask = Mask()
    if any(mask(said[0]) != said[0] for said in _SAID.finditer(sql)):
        return True
    code = _SAID.sub(lambda said: "''" if said[0].startswith("'") else " ", sql)
    return _GIVEN.search(code) is not None
