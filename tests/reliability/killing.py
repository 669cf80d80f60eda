"""Kills `safe-upgrade` where it writes and runs it again: what is there then, and what was said.

A run is counted from its first write to the journal: what it does before only looks. Two kills of
three are the process's own, right before or right after one of the statements and commits that it
sends from then on, those for the journal among them. The third comes from outside after some time,
so that the server is in the middle of something. All are drawn from a seed.
"""

from __future__ import annotations

import json
import random
import re
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from textwrap import indent
from typing import Any

from sqlalchemy import inspect, text

from tests.interpreter import running
from tests.project import Project, Result

# Counts what SQLAlchemy sends from the first write on; at the wanted one the process is gone.
SITE = """
    import json, os, re, time

    WANTED = int(os.environ.get("ALEMBIC_GUARD_TEST_KILL_AT", "0"))
    WRITE = re.compile(r"\\s*(CREATE|INSERT|UPDATE|ALTER|DELETE)\\b.*alembic_guard_journal", re.S)
    counted, began = 0, None

    def count():
        global counted
        if began is not None:
            counted += 1
            if counted == WANTED:
                os.kill(os.getpid(), 9)

    def before(connection, cursor, statement, *_):
        global began
        if began is None and WRITE.match(statement):
            began = time.monotonic()
            open("writing", "w").close()
        count()

    def after(*_):
        count()

    def total():
        seconds = 0 if began is None else time.monotonic() - began
        with open("counted", "w") as file:
            json.dump([counted, seconds], file)

    def listen():
        import atexit
        from sqlalchemy import event
        from sqlalchemy.engine import Engine
        from sqlalchemy.engine.default import DefaultDialect

        def commit(self, connection, plain=DefaultDialect.do_commit):
            count()
            plain(self, connection)
            count()

        event.listen(Engine, "before_cursor_execute", before)
        event.listen(Engine, "after_cursor_execute", after)
        DefaultDialect.do_commit = commit
        atexit.register(total)

    if "ALEMBIC_GUARD_TEST_KILL_AT" in os.environ:
        listen()
"""

BACKFILL = """
connection = op.get_bind()
changed = 1
while changed:
    changed = connection.exec_driver_sql(
        "UPDATE users SET n = n + 1, batch = 1 WHERE batch = 0 AND id <= 12"
    ).rowcount
    op.execute("UPDATE users SET batch = 0 WHERE batch = 1 AND n < 4 AND id <= 12")
"""
CONCURRENTLY = 'op.create_index("ix_users_{0}", "users", ["{0}"], postgresql_concurrently=True)'
SAME = [
    'op.create_table("users", sa.Column("id", sa.Integer(), primary_key=True),\n'
    '    sa.Column("name", sa.String(50)), sa.Column("n", sa.Integer(), nullable=False),\n'
    '    sa.Column("batch", sa.Integer(), nullable=False))\n'
    'users = sa.table("users", sa.column("id"), sa.column("name"), sa.column("n"),\n'
    '    sa.column("batch"))\n'
    'op.bulk_insert(users, [dict(id=i, name=f"u{i}", n=0, batch=0) for i in range(1, 201)])',
    'op.execute("UPDATE users SET n = n + 1")\n'
    "op.execute(\"INSERT INTO users (id, name, n, batch) VALUES (201, 'a', 0, 0)\")",
]
LAST = [
    'op.execute("UPDATE users SET n = n * 2")\n'
    'op.create_table("last", sa.Column("id", sa.Integer(), primary_key=True))\n'
    'op.execute("INSERT INTO last (id) SELECT id FROM users WHERE n > 4")',
]
DDL_AND_ROWS = [
    'op.execute("UPDATE users SET n = n + 1")\n'
    'op.add_column("users", sa.Column("age", sa.Integer()))\n'
    'op.execute("UPDATE users SET age = n, n = n + 1")\n'
    'op.create_table("pets", sa.Column("id", sa.Integer(), primary_key=True))\n'
    'op.execute("INSERT INTO pets (id) VALUES (1), (2)")\n'
    'op.execute("UPDATE users SET n = n + 1 WHERE age > 1")\n'
    'op.create_index("ix_users_age", "users", ["age"])\n'
    'op.drop_column("users", "age")\n'
    'op.execute("UPDATE users SET n = n + 1")',
]


def block(body: str) -> str:
    """An autocommit block."""
    return "with op.get_context().autocommit_block():\n" + indent(body, "    ")


HISTORIES = {
    "postgresql": [
        "op.execute(\"CREATE TYPE mood AS ENUM ('good')\")\n" + SAME[0],
        SAME[1],
        'op.execute("UPDATE users SET n = n + 1")\n'
        + block(
            'op.execute("UPDATE users SET n = n + 1")\n'
            + CONCURRENTLY.format("name")
            + "\nop.execute(\"ALTER TYPE mood ADD VALUE 'bad'\")\n"
            + 'op.execute("VACUUM users")\n'
            + 'op.execute("UPDATE users SET n = n + 1 WHERE id < 100")'
        )
        + '\nop.execute("UPDATE users SET n = n + 1")\n'
        + block(
            CONCURRENTLY.format("n")
            + '\nop.drop_index("ix_users_name", "users", postgresql_concurrently=True)'
        )
        + '\nop.execute("UPDATE users SET n = n + 1 WHERE id > 100")',
        block(BACKFILL.strip()),
        *DDL_AND_ROWS,
        *LAST,
    ],
    "mariadb": [
        *SAME,
        *DDL_AND_ROWS,
        'op.execute("RENAME TABLE pets TO animals")\n'
        'op.execute("UPDATE users SET n = n + 1")\n'
        'op.alter_column("users", "name", type_=sa.String(80), existing_type=sa.String(50))\n'
        'op.execute("UPDATE users SET n = n + 1")\n'
        'op.execute("DROP TABLE animals")',
        block(BACKFILL.strip()),
        *LAST,
    ],
    "sqlite": [
        *SAME,
        # What batch_alter_table reads is other once it is committed: nothing is committed after it.
        'op.execute("PRAGMA foreign_keys=OFF")\n'
        'op.add_column("users", sa.Column("age", sa.Integer()))\n'
        'op.create_table("pets", sa.Column("id", sa.Integer(), primary_key=True))\n'
        'op.execute("UPDATE users SET n = n + 1, age = n")\n'
        'op.execute("COMMIT")\n'
        'op.create_index("ix_users_n", "users", ["n"])\n'
        'op.execute("UPDATE users SET n = n + 1")\n'
        'with op.batch_alter_table("users", recreate="always") as batch:\n'
        '    batch.add_column(sa.Column("size", sa.Integer()))\n'
        'op.execute("UPDATE users SET n = n + 1, size = n")\n'
        'op.execute("PRAGMA foreign_keys=ON")',
        *LAST,
    ],
}


@dataclass(frozen=True)
class Whole:
    """A run that nobody killed: events and seconds from its first write on, and what it leaves."""

    events: int
    seconds: float
    left: Any


@dataclass(frozen=True)
class Chain:
    """Runs that were killed one after the other, and the last one, which was not.

    :param killed: how many by themselves, and from outside.
    :param amid: how many of the kills left a revision that had begun and not ended.
    :param status: of the last run; :param output: what all of them said.
    :param left: what is there then.
    """

    killed: tuple[int, int]
    amid: int
    status: int
    output: str
    left: Any

    @property
    def resumed(self) -> int:
        """How often a revision was gone on with in the middle."""
        return len(re.findall(r"^Resuming .*continuing", self.output, re.MULTILINE))

    @property
    def partly(self) -> int:
        """How often it was said that it cannot go on."""
        return self.output.count("error: partly-applied")


def make(path: Path, url: str) -> Project:
    """A project with the history of its database."""
    project = Project.create(path, url)
    down = None
    kind = url.partition(":")[0].partition("+")[0]
    for number, upgrade in enumerate(HISTORIES[kind], start=1):
        project.add_revision(f"{number:04}", down, upgrade, message=f"step {number}")
        down = f"{number:04}"
    return project


def whole(project: Project) -> Whole:
    """Run it to the end."""
    result = project.alembic("safe-upgrade", env=_variables(project, 0))
    assert result.returncode == 0, result.output
    events, seconds = json.loads(project.read("counted"))
    return Whole(events, seconds, left(project))


def chain(project: Project, reference: Whole, seed: int, kills: int) -> Chain:
    """Kill one run after the other at moments of this seed, until one ends or it is enough.

    The first moment is anywhere in a whole run; of what is left then, the next is within a third of
    that, so that a resumed run is killed too.
    """
    drawn, killed, amid, output = random.Random(seed), [0, 0], 0, ""
    for number in range(kills):
        part = 3 if number else 1
        outside = drawn.randrange(3) == 0
        if outside:
            result = _killed(project, drawn.uniform(0, reference.seconds / part))
        else:
            result = _kills_itself(project, drawn.randint(1, max(1, reference.events // part)))
        output += result.output
        if result.returncode != -9:
            return Chain(tuple(killed), amid, result.returncode, output, left(project))
        killed[outside] += 1
        amid += _amid(project)
    result = project.alembic("safe-upgrade")
    return Chain(tuple(killed), amid, result.returncode, output + result.output, left(project))


def _kills_itself(project: Project, event: int) -> Result:
    """Run it: it is gone at an event, unless it has fewer."""
    return project.alembic("safe-upgrade", env=_variables(project, event))


def _killed(project: Project, seconds: float) -> Result:
    """Run it, and kill it some seconds after its first write."""
    writing = project.path / "writing"
    writing.unlink(missing_ok=True)
    process = project.spawn("safe-upgrade", env=_variables(project, 0))
    while not writing.exists() and process.poll() is None:
        time.sleep(0.001)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
    stdout, stderr = process.communicate()
    return Result(process.returncode, stdout, stderr)


def _variables(project: Project, event: int) -> dict[str, str]:
    site = running(project.path.parent / "site", SITE)
    return {**site, "ALEMBIC_GUARD_TEST_KILL_AT": str(event)}


def _amid(project: Project) -> bool:
    """Whether the newest in the journal is a revision that began and did not end."""
    with project.connect() as connection:
        if not inspect(connection).has_table("alembic_guard_journal"):
            return False
        newest = "SELECT finished FROM alembic_guard_journal ORDER BY id DESC LIMIT 1"
        row = connection.execute(text(newest)).one_or_none()
        return row is not None and row.finished is None


def left(project: Project) -> Any:
    """The schema and every row, our own tables apart."""
    with project.connect() as connection:
        looked = inspect(connection)
        tables = sorted(
            name for name in looked.get_table_names() if not name.startswith("alembic_guard_")
        )
        return {
            "tables": {name: sorted(_shape(looked, name)) for name in tables},
            "rows": {
                name: sorted(map(tuple, connection.execute(text(f"SELECT * FROM {name}"))))
                for name in tables
            },
            "more": sorted(_more(connection)),
        }


def _shape(looked: Any, table: str) -> Iterator[str]:
    for column in looked.get_columns(table):
        yield f"{column['name']} {column['type']} {column['nullable']}"
    for index in looked.get_indexes(table):
        yield f"{index['name']} {index['column_names']}"


def _more(connection: Any) -> Iterator[str]:
    if connection.dialect.name == "postgresql":
        for query in (
            "SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid",
            "SELECT enumlabel FROM pg_enum",
        ):
            yield from connection.scalars(text(query))
