"""The guards: one module each, named for the harm; nothing is registered anywhere.

A guard says what it judges in ``JUDGES``, a class of the floors below or of
:mod:`alembic_guard.guards._subjects`, and has ``judge(subject)``, which yields findings. Some look
at values before anything is written (a draft of a migration), some put into words why something
stopped (an exception of the ``apply`` craft). Two constants, each of them optional:

``NEVER_ALLOWED = True``
    No ``--allow`` lets it through, for going on would be impossible. A tuple of classes instead of
    True: only for these subjects.
``EXPLAINS_ANOTHER = True``
    What it finds is the cause or the consequence of what another guard finds about the same
    subject, and is reported after that one. A report begins with what happened.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import ModuleType
from typing import Any

from alembic_guard.catalogue import Entry, entries
from alembic_guard.finding import Finding

EVERYTHING = "all"


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
    modules = [entry.load() for entry in catalogue().values()]
    for module in sorted(modules, key=_explains_another):
        if isinstance(subject, module.JUDGES):
            never = never_allowed(module, subject)
            for finding in module.judge(subject):
                found.append(finding if never else _allowed(finding, allow))
    return found


def never_allowed(module: ModuleType, subject: Any) -> bool:
    """Whether nothing lets a guard through for a subject."""
    never: bool | tuple[type, ...] = getattr(module, "NEVER_ALLOWED", False)
    return never if isinstance(never, bool) else isinstance(subject, never)


def _explains_another(module: ModuleType) -> bool:
    return getattr(module, "EXPLAINS_ANOTHER", False)


def _allowed(finding: Finding, allow: Sequence[str]) -> Finding:
    if finding.refuses and (finding.name in allow or EVERYTHING in allow):
        return finding.allow("--allow or the setting allow")
    return finding
