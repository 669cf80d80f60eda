"""Python, SQLAlchemy, Alembic or a driver has a version that another one of them cannot use.

``pip`` says so once, when it installs, and goes on. What follows is an error somewhere in a library,
which names neither.

Fix: install the version that the finding names; a lock file keeps it.

Bad::

    # file: lib/sqlmodel-0.0.14.dist-info/METADATA
    Metadata-Version: 2.1
    Name: sqlmodel
    Version: 0.0.14
    Requires-Dist: SQLAlchemy<2.0
    # edit: alembic.ini: prepend_sys_path = . -> prepend_sys_path = .:lib
    $ alembic guard-doctor

Good::

    # file: lib/sqlmodel-0.0.24.dist-info/METADATA
    Metadata-Version: 2.1
    Name: sqlmodel
    Version: 0.0.24
    Requires-Dist: SQLAlchemy<3,>=2.0.14
    # edit: alembic.ini: prepend_sys_path = . -> prepend_sys_path = .:lib
    $ alembic guard-doctor
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.finding import Finding, Severity
from alembic_guard.guards._versions import meets, version
from alembic_guard.runtime.failure import EnvironmentFailed
from alembic_guard.runtime.installation import OURS, Installation

JUDGES = (Installation, EnvironmentFailed)
SEVERITY = "error where we need it; else a warning"
EXPLAINS_ANOTHER = True


def judge(subject: Installation | EnvironmentFailed) -> Iterator[Finding]:
    """Warn of each pair that does not fit; refuse where ours is one of it."""
    if isinstance(subject, EnvironmentFailed):
        yield from _without_greenlet(subject)
        return
    for needed in subject.requirements:
        if not meets(needed.installed, needed.wanted):
            yield Finding(
                "unsupported-versions",
                f"{needed.owner} needs {needed.name} {needed.wanted}, "
                f"and {needed.installed} is installed.",
                next=(_install(needed.name, needed.wanted, needed.owner),),
                severity=Severity.ERROR if needed.owner.startswith(OURS) else Severity.WARNING,
            )
    yield from _psycopg2(subject)
    yield from _python_3_14(subject)


def _install(name: str, wanted: str, owner: str) -> str:
    if name == "Python":
        return f"pip install --upgrade {owner.split()[0]}  # or run it with Python {wanted}"
    return f"pip install '{name}{wanted}'"


def _psycopg2(found: Installation) -> Iterator[Finding]:
    """SQLAlchemy 2.1 takes postgresql:// for psycopg 3 (facts/alembic_today.md, row 8)."""
    sqlalchemy = found.versions.get("sqlalchemy", "")
    older = [name for name in ("psycopg2", "psycopg2-binary") if name in found.versions]
    if "postgresql" not in found.schemes or "psycopg" in found.versions or not older:
        return
    if meets(sqlalchemy, ">=2.1"):
        yield Finding(
            "unsupported-versions",
            f"SQLAlchemy {sqlalchemy} takes postgresql:// for psycopg 3, and only "
            f"{older[0]} {found.versions[older[0]]} is installed.",
            next=("pip install 'psycopg[binary]'", "postgresql+psycopg2://  # or this in the URL"),
            severity=Severity.WARNING,
        )


def _python_3_14(found: Installation) -> Iterator[Finding]:
    """SQLAlchemy scans annotated classes under Python 3.14 since 2.0.43 (its changelog)."""
    sqlalchemy = found.versions.get("sqlalchemy", "")
    if version(found.python)[0][:2] >= (3, 14) and not meets(sqlalchemy, ">=2.0.43"):
        yield Finding(
            "unsupported-versions",
            f"Python {found.python} needs SQLAlchemy >=2.0.43, and {sqlalchemy} is installed.",
            why="Older ones cannot read the annotations of mapped classes.",
            next=("pip install 'sqlalchemy>=2.0.43'",),
            severity=Severity.WARNING,
        )


def _without_greenlet(failed: EnvironmentFailed) -> Iterator[Finding]:
    """SQLAlchemy 2.1 brings greenlet only as ``sqlalchemy[asyncio]`` (seen with 2.1.9)."""
    text = str(failed.error)
    if isinstance(failed.error, ImportError | ValueError) and "greenlet" in text:
        yield Finding(
            "unsupported-versions",
            "SQLAlchemy's asyncio needs greenlet, which is not installed.",
            why="SQLAlchemy 2.1 no longer installs it by itself.",
            next=("pip install 'sqlalchemy[asyncio]'",),
        )
