"""What Alembic alone sees of the rows of our tables: ``python -m tests.autogenerate.score``.

Every row of ``tests/autogenerate/compare`` for PostgreSQL is run with all of Alembic's own
comparators in place of ours. *Seen* means that something is proposed, *arrived* that the database
is in the second state afterwards, *false* that something is proposed where nothing has changed, or
that autogenerate breaks off. The table stands in ``docs/autogenerate.md``.
"""

from __future__ import annotations

import sys
import warnings
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from sqlalchemy import Engine

from tests.autogenerate import changes
from tests.autogenerate.changes import State, Written

ROWS = "tests/autogenerate/compare"
ALONE = ("alembic.autogenerate.*", "alembic.ext.checkconstraint_byname")
OPTIONS = {"compare_type": True, "compare_server_default": True}

SCORES: Counter[tuple[str, str]] = Counter()
"""How many rows of each module came to what."""

_NOW = [""]


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Note whose row comes."""
    _NOW[0] = item.path.stem.removeprefix("test_")


def _count(what: str) -> None:
    SCORES[_NOW[0], what] += 1


def migrated(
    empty: Callable[[], Engine],
    before: State,
    after: State,
    *,
    sql_before: Iterable[str] = (),
    sql_after: Iterable[str] = (),
    **options: Any,
) -> Written:
    """A row of changes, by Alembic alone."""
    _count("changes")
    engine = empty()
    changes.make(engine, after, sql_after)
    expected = changes.snapshot(engine)
    engine = empty()
    changes.make(engine, before, sql_before)
    metadata = changes.metadata_of(after)
    found = _proposed(engine, metadata)
    _count("seen" if found is not None and found.upgrade else "unseen")
    if found is not None and found.upgrade:
        try:
            with engine.connect() as connection:
                changes.run(connection, found.upgrade, metadata)
            _count("arrived" if changes.snapshot(engine) == expected else "astray")
        except Exception:  # what it rendered cannot be run
            _count("astray")
    return Written("", "")


def unchanged(
    empty: Callable[[], Engine], state: State, sql: Iterable[str] = (), **options: Any
) -> Written:
    """A row of what is no change, by Alembic alone."""
    _count("same")
    engine = empty()
    changes.make(engine, state, sql)
    if _proposed(engine, changes.metadata_of(state)) != Written("", ""):
        _count("false")
    return Written("", "")


def _proposed(engine: Engine, metadata: Any) -> Written | None:
    """What Alembic writes, None where it breaks off."""
    try:
        with warnings.catch_warnings(), engine.begin() as connection:
            warnings.simplefilter("ignore")
            return changes.written(connection, metadata, ALONE, **OPTIONS)
    except Exception:  # a score, not a test: that it broke off is what is counted
        return None


def table() -> str:
    """The scores, as Markdown."""
    lines = [
        "| kind | changes | Alembic sees | and arrives | no changes | Alembic proposes something |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    kinds = sorted({kind for kind, _ in SCORES})
    columns = ("changes", "seen", "arrived", "same", "false")
    for kind in kinds:
        cells = [str(SCORES[kind, each]) for each in columns]
        lines.append(f"| {kind.replace('_', ' ')} | {' | '.join(cells)} |")
    totals = [str(sum(SCORES[kind, each] for kind in kinds)) for each in columns]
    lines.append(f"| **all** | {' | '.join(totals)} |")
    return "\n".join(lines)


def main() -> int:
    """Run all rows and print the table."""
    changes.migrated, changes.unchanged = migrated, unchanged
    plugin = sys.modules[__name__]
    words = ["-q", "--no-header", "--tb=no", "-r", "", ROWS, *sys.argv[1:]]
    words += [f"--ignore={ROWS}/{other}" for other in ("mysql", "sqlite")]
    pytest.main([*words, "-k", "a_change_is_seen or no_change", "-p", "no:xdist"], [plugin])
    print(table())
    return 0


if __name__ == "__main__":
    from tests.autogenerate import score  # so that the plugin and its counters are one module

    raise SystemExit(score.main())
