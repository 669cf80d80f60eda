"""Kills `safe-upgrade` at random moments and runs it again: what is there then, and what was said.

The moments are of two kinds: right before or right after one of the statements and commits that
the process sends, its own for the journal among them; and any time within the duration of a run, so
that the server is in the middle of something. Both are drawn from a seed.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from textwrap import indent
from typing import Any

from sqlalchemy import inspect, text

from tests.interpreter import running
from tests.project import Project, Result

# Counts what SQLAlchemy sends; at the wanted one, or after the wanted time, the process is gone.
SITE = """
    import json, os, threading, time

    WANTED = int(os.environ.get("ALEMBIC_GUARD_TEST_KILL_AT", "0"))
    AFTER = float(os.environ.get("ALEMBIC_GUARD_TEST_KILL_AFTER", "0"))
    counted, began = 0, None

    def count(*_):
        global counted, began
        counted += 1
        if began is None:
            began = time.monotonic()
            if AFTER:
                threading.Timer(AFTER, os.kill, (os.getpid(), 9)).start()
        if WANTED and counted >= WANTED:  # while a migration is recorded, no kill is let through
            os.kill(os.getpid(), 9)

    def total():
        seconds = 0 if began is None else time.monotonic() - began
        with open("counted", "w") as file:
            json.dump([counted, seconds], file)

    def listen():
        import atexit
        from sqlalchemy import event
        from sqlalchemy.engine import Engine

        for name in ("before_cursor_execute", "after_cursor_execute", "commit"):
            event.listen(Engine, name, count)
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
        'op.execute("PRAGMA foreign_keys=OFF")\n'
        'op.add_column("users", sa.Column("age", sa.Integer()))\n'
        'op.create_table("pets", sa.Column("id", sa.Integer(), primary_key=True))\n'
        'with op.batch_alter_table("users", recreate="always") as batch:\n'
        '    batch.add_column(sa.Column("size", sa.Integer()))\n'
        'op.execute("UPDATE users SET n = n + 1, size = n")\n'
        'op.execute("COMMIT")\n'
        'op.create_index("ix_users_n", "users", ["n"])\n'
        'op.execute("UPDATE users SET n = n + 1")\n'
        'op.execute("PRAGMA foreign_keys=ON")',
        *LAST,
    ],
}


@dataclass(frozen=True)
class Whole:
    """A run that nobody killed: how many events it has, its seconds, and what it leaves."""

    events: int
    seconds: float
    left: Any


@dataclass(frozen=True)
class Chain:
    """Runs that were killed one after the other, and the last one, which was not.

    :param killed: how many; :param status: of the last one.
    :param output: what all of them said; :param left: what is there then.
    """

    killed: int
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
    variables = running(project.path.parent / "site", SITE)
    result = project.alembic("safe-upgrade", env={**variables, "ALEMBIC_GUARD_TEST_KILL_AT": "0"})
    assert result.returncode == 0, result.output
    events, seconds = json.loads(project.read("counted"))
    return Whole(events, seconds, left(project))


def chain(project: Project, reference: Whole, seed: int, kills: int) -> Chain:
    """Kill one run after the other at moments of this seed, and let the last one end.

    The first third of a run only looks, and writes nothing.
    """
    drawn, killed, output = random.Random(seed), 0, ""
    for number in range(kills):
        if number % 2:
            result = _killed(
                project, seconds=drawn.uniform(reference.seconds / 3, reference.seconds)
            )
        else:
            result = _killed(project, event=drawn.randint(reference.events // 3, reference.events))
        output += result.output
        if result.returncode != -9:
            break
        killed += 1
    result = project.alembic("safe-upgrade")
    return Chain(killed, result.returncode, output + result.output, left(project))


def _killed(project: Project, event: int = 0, seconds: float = 0) -> Result:
    """Run it, and kill it at an event or after seconds from the first."""
    variables = {
        **running(project.path.parent / "site", SITE),
        "ALEMBIC_GUARD_TEST_KILL_AT": str(event),
        "ALEMBIC_GUARD_TEST_KILL_AFTER": str(seconds),
    }
    return project.alembic("safe-upgrade", env=variables)


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
