"""The guards: one module each, named for the harm; nothing is registered anywhere.

A guard says what it judges in ``JUDGES``, a class of the floors below or of
:mod:`alembic_guard.guards._subjects`, and has ``judge(subject)``, which yields findings. Some look
at values before anything is written (a draft of a migration), some put into words why something
stopped (an exception of the ``apply`` craft). Constants, each of them optional:

``NEVER_ALLOWED = True``
    No ``--allow`` lets it through, for going on would be impossible. A tuple of classes instead of
    True: only for these subjects.
``EXPLAINS_ANOTHER = True``
    What it finds is the cause or the consequence of what another guard finds about the same
    subject, and is reported after that one. A report begins with what happened.
``SEVERITY = "warning; an error …"``, ``NEVER_ALLOWED_WHERE = "where …"``
    For its page, where it is not always an error, and where a tuple of classes says too little.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from types import ModuleType
from typing import Any

from alembic_guard.catalogue import Entry, entries
from alembic_guard.finding import Finding

EVERYTHING = "all"

_JUDGES = re.compile(r"^JUDGES = (\([^)]*\)|.*)$", re.MULTILINE)


def names() -> tuple[str, ...]:
    """The names that ``--allow`` takes, besides ``all``."""
    return tuple(catalogue())


def catalogue() -> dict[str, Entry]:
    """Every guard's page, by name."""
    return entries(__name__)


def judge(subject: Any, allow: Sequence[str] = ()) -> list[Finding]:
    """What the guards that judge this kind of subject have to say.

    In alphabetical order, those that explain another one's finding at the end.

    :param allow: names that are let through, or ``all``.
    """
    found: list[Finding] = []
    kinds = {kind.__name__ for kind in type(subject).__mro__}
    concerned = [entry.load() for entry in catalogue().values() if not kinds.isdisjoint(_of(entry))]
    for module in sorted(concerned, key=_explains_another):
        if isinstance(subject, module.JUDGES):
            never = never_allowed(module, subject)
            for finding in module.judge(subject):
                found.append(finding if never else _allowed(finding, allow))
    return found


def never_allowed(module: ModuleType, subject: Any) -> bool:
    """Whether nothing lets a guard through for a subject."""
    never: bool | tuple[type, ...] = getattr(module, "NEVER_ALLOWED", False)
    return never if isinstance(never, bool) else isinstance(subject, never)


def is_never_allowed(name: str) -> bool:
    """Whether nothing lets a guard through, whatever it judges."""
    return getattr(catalogue()[name].load(), "NEVER_ALLOWED", False) is True


@functools.cache
def _of(entry: Entry) -> frozenset[str]:
    """The names in a guard's ``JUDGES``, from its text: to import them all, with all that they look
    at, would take longer than most commands do.
    """
    said = _JUDGES.search(entry.source)
    if said is None:
        judges = entry.load().JUDGES
        return frozenset(
            kind.__name__ for kind in (judges if isinstance(judges, tuple) else (judges,))
        )
    return frozenset(re.findall(r"\w+", said[1]))


def _explains_another(module: ModuleType) -> bool:
    return getattr(module, "EXPLAINS_ANOTHER", False)


def _allowed(finding: Finding, allow: Sequence[str]) -> Finding:
    if finding.refuses and (finding.name in allow or EVERYTHING in allow):
        return finding.allow("--allow or the setting allow")
    return finding
