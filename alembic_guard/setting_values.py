"""What a setting may be: one function a kind of value, each a refusal in words for what is none.

The functions take what a file, the environment or a program says, and import nothing of a project.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

from alembic_guard.catalogue import entries

_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|min|h|)")
_SECONDS = {"ms": 0.001, "s": 1.0, "": 1.0, "min": 60.0, "h": 3600.0}
_VERSION = re.compile(r"\d+(?:\.\d+)*")
_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off"}
ALL = "all"
"""The name of every guard and rule."""
LINTED = ("live", "error", "off")


def duration(value: object) -> float:
    """Seconds of ``"200ms"``, ``"5s"``, ``"10min"``, ``"1h"``; a bare number is in seconds.

    :raises ValueError: when it is none of these, or negative.
    """
    match = _DURATION.fullmatch(str(value).strip().lower())
    if isinstance(value, bool) or match is None:
        raise ValueError(f"{value!r} is no duration; write 200ms, 5s, 10min or 1h.")
    return float(match[1]) * _SECONDS[match[2]]


def boolean(value: object) -> bool:
    """True or false, also as ini files and the environment spell them.

    :raises ValueError: when it is neither.
    """
    if isinstance(value, bool):
        return value
    word = str(value).strip().lower()
    if word not in _TRUE | _FALSE:
        raise ValueError(f"{value!r} is neither true nor false.")
    return word in _TRUE


def names(value: object) -> tuple[str, ...]:
    """A list, or words separated by commas, spaces or lines.

    :raises ValueError: when it is neither text nor a list of texts.
    """
    if isinstance(value, str):
        return tuple(re.split(r"[\s,]+", value.strip())) if value.strip() else ()
    if isinstance(value, list | tuple) and all(isinstance(word, str) for word in value):
        return tuple(value)
    raise ValueError(f"{value!r} is no list of names.")


def judges(value: object) -> tuple[str, ...]:
    """Names of guards and rules, as :func:`names` takes them; ``all`` is every one.

    :raises ValueError: for a name that none has, with the nearest one.
    """
    words = names(value)
    known = (ALL, *entries("alembic_guard.guards"), *entries("alembic_guard.rules"))
    return _known(words, known, "guard or rule")


def rules(value: object) -> tuple[str, ...]:
    """Names of rules, as :func:`names` takes them; ``all`` is every one.

    :raises ValueError: for a name that no rule has, with the nearest one.
    """
    return _known(names(value), (ALL, *entries("alembic_guard.rules")), "rule")


def whole(value: object) -> int:
    """A number of things, not negative; ``10_000`` is one too.

    :raises ValueError: when it is none.
    """
    try:
        number = int(str(value))
    except ValueError:
        number = -1
    if number < 0 or isinstance(value, bool):
        raise ValueError(f"{value!r} is no number of things; write 10000.")
    return number


def plain(value: object) -> str:
    """A text.

    :raises ValueError: when it is none.
    """
    if not isinstance(value, str):
        raise ValueError(f"{value!r} is no text.")
    return value.strip()


def version(value: object) -> str:
    """The version of a server, as numbers; empty for none.

    :raises ValueError: when it is none.
    """
    word = str(value).strip()
    if isinstance(value, bool) or (word and not _VERSION.fullmatch(word)):
        raise ValueError(f"{value!r} is no version of a server; write 15 or 10.11.")
    return word


def when_linted(value: object) -> str:
    """What ``safe-upgrade`` does with what the rules find.

    :raises ValueError: when it is none of the three.
    """
    if value not in LINTED:
        raise ValueError(f"{value!r} is none of {', '.join(LINTED)}.")
    return str(value)


def identifier(value: object) -> str:
    """A table name.

    :raises ValueError: when it is empty or would need quoting.
    """
    if isinstance(value, str) and re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,62}", value):
        return value
    raise ValueError(f"{value!r} is no plain table name of at most 63 characters.")


def database(value: object) -> str:
    """The name of a database, or nothing.

    :raises ValueError: when it would need quoting.
    """
    if isinstance(value, str) and re.fullmatch(r"(?:[A-Za-z_][A-Za-z0-9_]{0,62})?", value):
        return value
    raise ValueError(f"{value!r} is no plain name of at most 63 characters.")


def _known(words: tuple[str, ...], known: Iterable[str], what: str) -> tuple[str, ...]:
    for word in words:
        if word not in known:
            raise ValueError(f"there is no {what} {word!r}{nearest(word, known)}")
    return words


def nearest(name: str, known: Iterable[str]) -> str:
    """The end of a refusal: the name that was meant, if one is near."""
    near = difflib.get_close_matches(name.lower(), known, n=1)
    return f"; did you mean {near[0]!r}?" if near else "."
