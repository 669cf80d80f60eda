"""A scratch namespace of PostgreSQL: made inside a savepoint, and gone with it.

``pg_temp`` needs the right TEMP only, which everybody has by default, and its tables have no files
that outlive them; a schema needs CREATE on the database, and takes what ``pg_temp`` cannot: several
schemas, functions, materialized and unlogged tables. Statements run in one DO block, each under a
savepoint of its own, and those that fail are tried again as long as that helps, so that their order
does not matter. Nothing waits for a lock on a live object for longer than a moment.

Measured: ``facts/comparators.md`` C.2 and C.5.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid4

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from alembic_guard.runtime.comparing.postgresql.retarget import retarget
from alembic_guard.runtime.first_line import first_line

if TYPE_CHECKING:
    from sqlalchemy import Connection

TEMPORARY = "pg_temp"

_LONGEST_WAIT = "100ms"
"""For a lock on a live object, such as a table outside of the models that a view reads."""


class NoNamespace(Exception):
    """No scratch namespace could be made, with the reason as a clause."""


@dataclass(frozen=True)
class Failure:
    """A statement that could not be run.

    :param place: its place among those that were given; :param code: the SQLSTATE.
    """

    place: int
    code: str
    message: str


@dataclass(frozen=True)
class Namespace:
    """Where models are created, by the schema that each namespace stands in for.

    :param default: the name of the schema that names without one are in.
    :param stand_ins: the namespace for each schema of the models; "" is the default schema.
    """

    connection: Connection
    default: str
    stand_ins: dict[str, str]

    def run(self, statements: Sequence[str]) -> list[Failure]:
        """Run statements; those that fail leave nothing, and are returned."""
        waiting = list(enumerate(statements))
        failed: list[Failure] = []
        while waiting:
            said = self._run([sql for _, sql in waiting])
            failed = [Failure(waiting[place][0], code, words) for place, code, words in said]
            again = [waiting[place] for place, _, _ in said]
            if len(again) == len(waiting):
                break
            waiting = again
        return failed

    def _run(self, statements: list[str]) -> list[tuple[int, str, str]]:
        script = json.dumps(statements)
        self.connection.execute(text(_HAND_OVER), {"script": script})
        self.connection.exec_driver_sql(_RUN)
        said = self.connection.execute(text(_FAILED)).scalar_one()
        return json.loads(said)  # type: ignore[no-any-return]

    def names(self) -> dict[str, str]:
        """The namespaces' own names, as the catalogue has them, with the schema of the models."""
        temporary = self.connection.execute(text(_TEMPORARY)).scalar_one()
        return {
            (temporary or "") if name == TEMPORARY else name: schema
            for schema, name in self.stand_ins.items()
            if schema != self.default
        }

    def retarget(self, sql: str) -> str:
        """A typed text that speaks of the namespaces where it spoke of schemas."""
        return retarget(sql, {name: each for name, each in self.stand_ins.items() if name})

    def named(self, message: str) -> str:
        """A message of the server with the schemas' own names."""
        for schema, name in sorted(self.stand_ins.items(), reverse=True):
            own = "" if schema in ("", self.default) else f"{schema}."
            message = message.replace(f"{name}.", own)
        return message

    def qualified(self, schema: str, name: str) -> str:
        """The name of a table in the namespace that stands in for its schema."""
        return f"{quoted(self.stand_ins[schema])}.{quoted(name)}"

    def look(self) -> None:
        """Let names of the namespace, then those of the default schema, be shown without schema."""
        self._path(self.stand_ins[""], self.default)

    def write(self, session_path: str) -> None:
        """Let what is created without a schema come into the namespace.

        :param session_path: the ``search_path`` of the session, in which the rest is found.
        """
        path = f"{quoted(self.stand_ins[''])}, {session_path}".rstrip(", ")
        self.connection.execute(text(_SET), {"name": "search_path", "value": path})

    def _path(self, *names: str) -> None:
        path = ", ".join(quoted(name) for name in names if name)
        self.connection.execute(text(_SET), {"name": "search_path", "value": path})


@contextmanager
def namespace(
    connection: Connection, default: str, schemas: Iterable[str], *, temporary: bool
) -> Iterator[Namespace]:
    """A namespace for the schemas of models; everything in it is rolled back.

    :param connection: in a transaction of the caller's, which stays as it was.
    :param default: the schema that names without one are in.
    :param schemas: the models' other schemas.
    :param temporary: whether to use ``pg_temp``, which takes one schema only.
    :raises NoNamespace: where the role may not, or the session is read-only.
    """
    token = f"guard_{uuid4().hex[:12]}"
    others = sorted(set(schemas) - {"", default})
    stand_ins = {"": TEMPORARY if temporary else token, default: TEMPORARY if temporary else token}
    stand_ins |= {name: f"{token}_{place}" for place, name in enumerate(others)}
    savepoint = connection.begin_nested()
    try:
        path = connection.execute(text("SELECT current_setting('search_path')")).scalar_one()
        made = Namespace(connection, default, stand_ins)
        for name, value in _SETTINGS.items():
            connection.execute(text(_SET), {"name": name, "value": value})
        _make(connection, {name for name in stand_ins.values() if name != TEMPORARY})
        made.write(path)
        yield made
    finally:
        if savepoint.is_active or connection.in_nested_transaction():
            savepoint.rollback()


def _make(connection: Connection, names: Iterable[str]) -> None:
    try:
        for name in sorted(names):
            connection.exec_driver_sql(f"CREATE SCHEMA {quoted(name)}")
        if not set(names):
            connection.exec_driver_sql("CREATE TEMPORARY TABLE guard_probe (n integer)")
            connection.exec_driver_sql("DROP TABLE pg_temp.guard_probe")
    except DBAPIError as error:
        raise NoNamespace(first_line(error)) from error


def quoted(name: str) -> str:
    """An identifier as PostgreSQL reads it."""
    return '"' + name.replace('"', '""') + '"'


_SETTINGS = {"lock_timeout": _LONGEST_WAIT, "check_function_bodies": "off"}

_SET = "SELECT pg_catalog.set_config(:name, :value, true)"
_TEMPORARY = """
SELECT nspname::text FROM pg_catalog.pg_namespace WHERE oid = pg_catalog.pg_my_temp_schema()
UNION ALL SELECT NULL LIMIT 1
"""
_HAND_OVER = """
SELECT pg_catalog.set_config('alembic_guard.script', :script, true),
       pg_catalog.set_config('alembic_guard.failed', '[]', true)
"""
_FAILED = "SELECT pg_catalog.current_setting('alembic_guard.failed')"
_RUN = """
DO $guard$
DECLARE
  one pg_catalog.record;
  failed pg_catalog.jsonb := '[]';
BEGIN
  FOR one IN SELECT place - 1 AS place, sql FROM pg_catalog.jsonb_array_elements_text(
      pg_catalog.current_setting('alembic_guard.script')::pg_catalog.jsonb
    ) WITH ORDINALITY AS each (sql, place)
  LOOP
    BEGIN
      EXECUTE one.sql;
    EXCEPTION WHEN OTHERS THEN
      failed := failed || pg_catalog.jsonb_build_array(
        pg_catalog.jsonb_build_array(one.place, SQLSTATE, SQLERRM));
    END;
  END LOOP;
  PERFORM pg_catalog.set_config('alembic_guard.failed', failed::text, true);
END
$guard$
"""
"""OTHERS catches no cancellation (PostgreSQL manual, 43.6.8), so Ctrl-C and timeouts end it."""
