"""Many kills, and their counts: ``python -m tests.reliability.run [KILLS] [DATABASE…]``."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from tests.project import Project
from tests.reliability.killing import Chain, Whole, chain, make, whole
from tests.servers import mariadb, mariadb_database, postgresql, postgresql_database

IN_A_ROW = 12
"""Kills of one upgrade, before it is let through."""
COLUMNS = (
    "database",
    "killed at an event",
    "killed from outside",
    "of them amid a revision",
    "resumed within it",
    "partly-applied",
    "upgrades",
    "not as expected",
)
DATABASES = ("postgresql", "mariadb", "sqlite")


@contextmanager
def fresh(kind: str, folder: Path) -> Iterator[Project]:
    """A project on an empty database, which is gone afterwards."""
    path = folder / "project"
    path.mkdir(parents=True)
    try:
        if kind == "sqlite":
            yield make(path, f"sqlite:///{(path / 'app.db').as_posix()}")
        elif kind == "mariadb":
            with mariadb_database(mariadb()) as url:
                yield make(path, url.render_as_string(hide_password=False))
        else:
            with postgresql() as server, postgresql_database(server) as url:
                yield make(path, url.render_as_string(hide_password=False))
    finally:
        shutil.rmtree(path)


def chains(kind: str, kills: int, folder: Path) -> Iterator[tuple[Chain, Whole]]:
    """Chains of kills, each on a database of its own, until there were as many as asked for."""
    with fresh(kind, folder) as project:
        reference = whole(project)
    done = 0
    for seed in count():
        with fresh(kind, folder) as project:
            made = chain(project, reference, seed, min(IN_A_ROW, kills - done))
        done += sum(made.killed)
        yield made, reference
        if done >= kills:
            return


def main(number: int, kinds: tuple[str, ...]) -> int:
    """Print a row of counts for each database; the number of chains that went wrong."""
    wrong = 0
    print(f"| {' | '.join(COLUMNS)} |")
    print("|" + " --- |" * len(COLUMNS), flush=True)
    for kind in kinds:
        row = [0] * (len(COLUMNS) - 1)
        with tempfile.TemporaryDirectory() as folder:
            for made, reference in chains(kind, number, Path(folder)):
                failed = (made.status, made.left) != (0, reference.left)
                new = (*made.killed, made.amid, made.resumed, made.partly, 1, int(failed))
                row = [one + more for one, more in zip(row, new, strict=True)]
                print(f"{kind}: {row}", file=sys.stderr, flush=True)
                if failed or made.partly:
                    print(f"{kind}: {made.status}\n{made.output}", file=sys.stderr)
        print(f"| {kind} | {' | '.join(map(str, row))} |", flush=True)
        wrong += row[-1]
    return wrong


if __name__ == "__main__":
    words = sys.argv[1:]
    asked = int(words[0]) if words else 100
    raise SystemExit(min(main(asked, tuple(words[1:]) or DATABASES), 1))
