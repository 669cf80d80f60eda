"""What guarding costs, as ratios of plain Alembic within one run.

    python tests/bench/run.py            print the table
    python tests/bench/run.py --write    and put it into docs/benchmarks.md

Makes two environments that differ in our wheel alone, runs the same command in both by turns, and
compares the medians. The bounds are those of DESIGN section 7; this measures, it does not judge.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from projects import history, mixed_history, mixed_project, project, run  # beside this script
from stalls import HELD, made, stalled

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "benchmarks.md"
LINTED = 1000
"""Revisions that are linted."""


@dataclass(frozen=True)
class Row:
    """One measured pair."""

    what: str
    plain: float
    guarded: float
    bound: str

    def cells(self) -> str:
        """As a row of the table; times are medians, in milliseconds."""
        return (
            f"| {self.what} | {self.plain * 1000:.0f} ms | {self.guarded * 1000:.0f} ms "
            f"| {(self.guarded - self.plain) * 1000:+.0f} ms | {self.guarded / self.plain:.2f}x "
            f"| {self.bound} |"
        )


class Bench:
    """Two environments and the folder that everything happens in."""

    def __init__(self, folder: Path, repeats: int) -> None:
        self.folder = folder
        self.repeats = repeats
        requirements = ["alembic", "psycopg[binary]"]
        self.plain = environment(folder / "plain", requirements)
        self.guarded = environment(folder / "guarded", [*requirements, f"{ROOT}[lint]"])

    def compare(
        self,
        what: str,
        bound: str,
        plain: Callable[[str], object],
        guarded: Callable[[str], object],
        repeats: int | None = None,
    ) -> Row:
        """Run both by turns and compare the medians; the first run of each only warms up."""
        times: tuple[list[float], list[float]] = ([], [])
        for turn in range((repeats or self.repeats) + 1):
            for alembic, measured, kept in (
                (self.plain, plain, times[0]),
                (self.guarded, guarded, times[1]),
            ):
                began = time.perf_counter()
                measured(alembic)
                if turn:
                    kept.append(time.perf_counter() - began)
        row = Row(what, statistics.median(times[0]), statistics.median(times[1]), bound)
        print(row.cells(), flush=True)
        return row


def environment(folder: Path, requirements: list[str]) -> str:
    """A new environment with just these; returns its ``alembic``."""
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet"]
    subprocess.run([*pip, "--disable-pip-version-check", *requirements], check=True)
    subprocess.run([str(folder / "bin" / "python"), "-m", "compileall", "-q", str(folder)])
    return str(folder / "bin" / "alembic")


def start_up(bench: Bench) -> Iterator[Row]:
    """Stock commands with and without the plugin."""
    folder = bench.folder / "start"
    folder.mkdir()
    project(folder, bench.plain, 2, "sqlite:///app.db")
    for words in (["--help"], ["heads"], ["current"]):

        def stock(alembic: str, words: list[str] = words) -> None:
            run([alembic, *words], folder)

        yield bench.compare(f"alembic {' '.join(words)}", "+3 ms", stock, stock)


def revisions(bench: Bench, tables: int, kind: str, url: str, *, prove: bool) -> Row:
    """``guard-revision`` over ``revision --autogenerate``, one new table among many.

    :param prove: whether it is run, up and down, on a scratch database; nothing plain does that.
    """
    option = "--prove" if prove else "--no-prove"
    folder = bench.folder / f"{kind}{tables}{option}"
    folder.mkdir()
    project(folder, bench.plain, tables, url)
    versions = folder / "migrations" / "versions"
    kept = set(versions.iterdir())

    def written(words: list[str]) -> None:
        run(words, folder)
        new = [path for path in versions.iterdir() if path not in kept and path.suffix == ".py"]
        assert len(new) == 1
        new[0].unlink()

    return bench.compare(
        f"guard-revision {option}, {tables} tables, {kind}",
        "none" if prove else "1.15x",
        lambda alembic: written([alembic, "revision", "--autogenerate", "-m", "one"]),
        lambda alembic: written([alembic, "guard-revision", "-m", "one", option]),
        repeats=max(3, bench.repeats // (1 + tables // 100)),
    )


def comparators(bench: Bench, tables: int, kind: str, url: str) -> Row:
    """``revision --autogenerate`` with all of our comparators over the same with Alembic's."""
    folder = bench.folder / f"mixed-{kind}{tables}"
    folder.mkdir()
    mixed_project(folder, bench.plain, tables, url)
    versions = folder / "migrations" / "versions"
    kept = set(versions.iterdir())

    def written(alembic: str) -> None:
        run([alembic, "revision", "--autogenerate", "-m", "one"], folder)
        for path in set(versions.glob("*.py")) - kept:
            path.unlink()

    return bench.compare(
        f"all comparators, {tables:,} tables with keys, checks and indexes, {kind}",
        "1.5x, aim at 1.0x",
        *(written, written),
        repeats=3,
    )


def upgrades(bench: Bench, pending: int, kind: str, fresh_url: Callable[[], str]) -> Row:
    """``safe-upgrade`` over ``upgrade``, many small pending revisions."""
    folder = bench.folder / f"upgrade-{kind}{pending}"
    folder.mkdir()
    project(folder, bench.plain, 1, "sqlite:///unused.db")
    ini = folder / "alembic.ini"
    template = ini.read_text()
    history(folder, pending)

    def on_a_new_database(*words: str) -> Callable[[str], object]:
        def upgrade(alembic: str) -> None:
            ini.write_text(template.replace("sqlite:///unused.db", fresh_url()))
            run([alembic, *words], folder)

        return upgrade

    plain, guarded = on_a_new_database("upgrade", "head"), on_a_new_database("safe-upgrade")
    return bench.compare(
        f"safe-upgrade, {pending} pending, {kind}", "1.3x at 1,000", plain, guarded, repeats=3
    )


def checks(bench: Bench, number: int) -> Row:
    """``guard-check`` without a database over ``heads``, which loads the same files."""
    folder = bench.folder / f"check{number}"
    folder.mkdir()
    project(folder, bench.plain, 1, "sqlite:///unused.db")
    history(folder, number)
    return bench.compare(
        f"guard-check --no-database over heads, {number:,} revisions",
        "1.5x at 5,000",
        lambda alembic: run([alembic, "heads"], folder),
        lambda alembic: run([alembic, "guard-check", "--no-database"], folder),
        repeats=5,
    )


def lints(bench: Bench, number: int) -> Row:
    """``guard-lint`` without a database over ``upgrade head --sql``, which runs the same code."""
    folder = bench.folder / f"lint{number}"
    folder.mkdir()
    project(folder, bench.plain, 1, "postgresql+psycopg://nobody@127.0.0.1/none")
    mixed_history(folder, number)
    words = ["guard-lint", "--no-database", "--format", "json"]
    return bench.compare(
        f"guard-lint --no-database over upgrade --sql, {number:,} revisions",
        "under 1.0x",
        lambda alembic: run([alembic, "upgrade", "head", "--sql"], folder),
        lambda alembic: run([alembic, *words], folder, expected=(0, 1)),
        repeats=5,
    )


def stalls(bench: Bench, fresh_url: Callable[[], str]) -> Iterator[Row]:
    """A query of the application behind a migration that waits for its lock."""
    folder = bench.folder / "stall"
    made(folder, bench.plain)
    plain = stalled(folder, [bench.plain, "upgrade", "head"], fresh_url())
    guarded = stalled(folder, [bench.guarded, "safe-upgrade"], fresh_url())
    for what, each, other in (
        ("longest stall", plain.longest, guarded.longest),
        ("99th percentile of the stalls, by time,", plain.p99, guarded.p99),
    ):
        row = Row(f"{what} of a query behind a {HELD:.0f} s transaction", each, other, "250 ms")
        print(row.cells(), flush=True)
        yield row


def lint_yield(bench: Bench, number: int) -> str:
    """What one run of ``guard-lint`` finds in a second, and the memory that it takes."""
    folder = bench.folder / f"lint{number}"
    words = [bench.guarded, "guard-lint", "--no-database", "--format", "json"]
    began = time.perf_counter()
    found = json.loads(run(words, folder, expected=(0, 1)))
    seconds = time.perf_counter() - began
    measured = "import resource, subprocess, sys; subprocess.run(sys.argv[1:], capture_output=True)"
    measured += "; print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    peak = int(run([sys.executable, "-c", measured, *words], folder)) // 1024  # in KiB on Linux
    return (
        f"`guard-lint` finds {len(found['findings']):,} things in these {number:,} revisions, "
        f"{len(found['findings']) / seconds:,.0f} a second, within {peak} MB."
    )


@contextmanager
def postgresql() -> Iterator[Callable[[], str] | None]:
    """Makes new databases on a server at hand; None where there is none."""
    from sqlalchemy import create_engine, exc, make_url, text

    url = make_url(
        os.environ.get(
            "ALEMBIC_GUARD_TEST_POSTGRESQL", "postgresql+psycopg://postgres@127.0.0.1/postgres"
        )
    ).set(drivername="postgresql+psycopg")
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    made: list[str] = []

    def fresh() -> str:
        name = f"guard_bench_{os.getpid()}_{len(made)}"
        made.append(name)
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        return url.set(database=name).render_as_string(hide_password=False)

    try:
        engine.connect().close()
    except exc.OperationalError:
        yield None
        return
    try:
        yield fresh
    finally:
        with engine.connect() as connection:
            for name in made:
                connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))


def measure(
    bench: Bench, tables: list[int], mixed: list[int], pending: list[int], checked: list[int]
) -> Iterator[Row]:
    """Every row of the table."""
    yield from start_up(bench)
    for number in checked:
        yield checks(bench, number)
    yield lints(bench, LINTED)
    with postgresql() as fresh:
        if fresh:
            yield from stalls(bench, fresh)
        for number in tables:
            for prove in (False, True):
                yield revisions(bench, number, "SQLite", "sqlite:///app.db", prove=prove)
                if fresh:
                    yield revisions(bench, number, "PostgreSQL", fresh(), prove=prove)
        for number in mixed:
            yield comparators(bench, number, "SQLite", "sqlite:///app.db")
            if fresh:
                yield comparators(bench, number, "PostgreSQL", fresh())
        count = iter(range(10**6))
        for number in pending:
            yield upgrades(bench, number, "SQLite", lambda: f"sqlite:///fresh{next(count)}.db")
            if fresh:
                yield upgrades(bench, number, "PostgreSQL", fresh)


def page(rows: list[Row], linted: str) -> str:
    """The page of the docs."""
    table = "\n".join(row.cells() for row in rows)
    cpu = next(
        (
            line.split(":")[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.processor(),
    )
    load = os.getloadavg()[2]
    return f"""# Benchmarks

Written by `nox -s bench -- --write`: the same command by turns in two environments that differ in
our wheel alone; medians. The bound is what the design allows.

{HEAD}
{table}

{linted}

Measured with Python {platform.python_version()} on {os.cpu_count()} cores ({cpu}), servers on the
same machine. The load average was {load:.1f} over the last 15 minutes: where it is above the number
of cores, something else was running too, and times and small differences mean little.
"""


HEAD = (
    "| what | plain | guarded | difference | ratio | bound |\n| --- | --- | --- | --- | --- | --- |"
)


def main() -> None:
    """Measure, print, and write the page if asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="update docs/benchmarks.md")
    parser.add_argument("--repeats", type=int, default=15)
    parser.add_argument("--tables", type=int, nargs="*", default=[10, 100, 1000])
    parser.add_argument(
        "--mixed", type=int, nargs="*", default=[100, 1000], help="3000 takes ten minutes more"
    )
    parser.add_argument("--pending", type=int, nargs="*", default=[1, 100])
    parser.add_argument("--revisions", type=int, nargs="*", default=[1000, 5000])
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="alembic-guard-bench-"))
    try:
        print(HEAD, flush=True)
        bench = Bench(folder, options.repeats)
        given = (options.tables, options.mixed, options.pending, options.revisions)
        rows = list(measure(bench, *given))
        linted = lint_yield(bench, LINTED)
        print(linted, flush=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if options.write:
        PAGE.write_text(page(rows, linted), "utf-8")
        print(f"written: {PAGE.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
