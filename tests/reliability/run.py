"""Many kills, and their counts: ``python -m tests.reliability.run [KILLS] [DATABASE…]``."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.project import Project
from tests.reliability.killing import Trial, Whole, make, trial, whole
from tests.servers import mariadb, mariadb_database, postgresql, postgresql_database

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


def kills(kind: str, seeds: range, folder: Path) -> Iterator[tuple[Trial, Whole]]:
    """One trial for each seed, each on a database of its own."""
    with fresh(kind, folder) as project:
        reference = whole(project)
    for seed in seeds:
        with fresh(kind, folder) as project:
            yield trial(project, reference, seed), reference


def main(number: int, kinds: tuple[str, ...]) -> int:
    """Print a row of counts for each database; the number of trials that went wrong."""
    wrong = 0
    print("| database | kills | in a run | resumed | partly-applied | not as expected |")
    print("| --- | --- | --- | --- | --- | --- |")
    for kind in kinds:
        counts = {"in a run": 0, "resumed": 0, "partly": 0, "wrong": 0}
        with tempfile.TemporaryDirectory() as folder:
            for one, reference in kills(kind, range(number), Path(folder)):
                counts["in a run"] += one.killed
                counts["resumed"] += one.resumed
                counts["partly"] += one.partly
                if (one.status, one.left) != (0, reference.left):
                    counts["wrong"] += 1
                    print(f"{kind}, {one.moment}: {one.status}\n{one.output}", file=sys.stderr)
        print(f"| {kind} | {number} | {' | '.join(map(str, counts.values()))} |", flush=True)
        wrong += counts["wrong"]
    return wrong


if __name__ == "__main__":
    words = sys.argv[1:]
    asked = int(words[0]) if words else 100
    raise SystemExit(min(main(asked, tuple(words[1:]) or DATABASES), 1))
