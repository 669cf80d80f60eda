"""A copy of a PostgreSQL database by ``pg_dump -Fc``, which others neither see nor wait for.

What it connects with is what the migration connects with: libpq's own parameters where the driver
is a libpq (psycopg and psycopg2 tell them, whatever made the connection), else the engine's URL.
The password goes by the environment; the arguments of a process are for everybody to read.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from sqlalchemy import text

from alembic_guard.runtime.backup import CannotBackUp
from alembic_guard.runtime.backup_tool import found, run, version_of
from alembic_guard.runtime.database import Database

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection

FOLDERS = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin")
"""Where packagers put the programs that they keep off PATH: Debian, Red Hat, Homebrew."""
_LOCK_WAIT = "60s"
"""That pg_dump waits for a table which somebody has locked as a whole."""
# What a URL may say to libpq (PostgreSQL 17, 32.1.2), passwords apart.
_OPTIONS = {
    *("host", "hostaddr", "port", "dbname", "user", "service", "passfile", "options"),
    *("sslmode", "sslcert", "sslkey", "sslrootcert", "sslcrl", "sslnegotiation", "gssencmode"),
    *("krbsrvname", "channel_binding", "connect_timeout", "target_session_attrs", "require_auth"),
}
_LOCATES = {"host", "hostaddr", "port", "dbname", "user", "service"}


@dataclass(frozen=True)
class PostgresqlWay:
    """A dump in pg_dump's custom format.

    :param program: pg_dump; :param uri: without a password; :param password: for the environment.
    :param public: SQL that makes the schema ``public`` again as a new database has it.
    :param schemas: the database's other ones, but for those of extensions.
    """

    program: str
    uri: str
    password: str | None
    name: str
    size: int | None
    schemas: tuple[str, ...]
    public: str
    kind: str = "PostgreSQL custom format"
    ending: str = ".dump"

    @classmethod
    def to(cls, database: Database) -> PostgresqlWay:
        """How this database is copied.

        :raises CannotBackUp: when pg_dump is missing or older than the server, or where to connect
            to is not known.
        """
        with database.beside() as side:
            facts = side.ask(_facts)
        parameters = facts["libpq"] or _in_url(database.engine.url)
        if not (_LOCATES & parameters.keys()):
            raise CannotBackUp(
                "the engine was made with a creator or without a host and a database, "
                "so that pg_dump cannot be told where to connect to"
            )
        if parameters.setdefault("dbname", facts["name"]) != facts["name"]:
            raise CannotBackUp(
                f"the engine's URL says database {parameters['dbname']}, "
                f"and the migration is connected to {facts['name']}"
            )
        password = parameters.pop("password", None)
        return cls(
            program=_program(facts["version"] // 10000),
            uri=_uri(parameters),
            password=password,
            name=facts["name"],
            size=facts["size"],
            schemas=tuple(facts["schemas"]),
            public=_public(facts["version"], facts["owner"]),
        )

    def write(self, file: Path, pause: Callable[[float], None]) -> None:
        """Dump, and have pg_restore read the dump's table of contents."""
        variables = {"PGAPPNAME": "alembic_guard"}
        if self.password is not None:
            variables["PGPASSWORD"] = self.password
        how = ("--format=custom", f"--lock-wait-timeout={_LOCK_WAIT}", "--no-password")
        run([self.program, *how, f"--file={file}", f"--dbname={self.uri}"], variables, pause)
        if not file.stat().st_size:
            raise CannotBackUp("pg_dump wrote nothing")
        run([self._beside("pg_restore"), "--list", str(file)], {}, pause)

    def restore(self, file: Path) -> str:
        """Empty the schemas, so that nothing newer stands in the way, and fill them again.

        ``pg_restore --clean`` alone drops what the dump knows, which fails where a newer foreign
        key or view depends on it, and keeps every newer table.
        """
        dropped = ", ".join([*map(_quoted, self.schemas), *(["public"] if self.public else [])])
        sql = f"DROP SCHEMA IF EXISTS {dropped} CASCADE; {self.public}".strip() if dropped else ""
        empty = [self._beside("psql"), "-q", "-d", self.uri, "-v", "ON_ERROR_STOP=1", "-c", sql]
        fill = [self._beside("pg_restore"), "--clean", "--if-exists", "-d", self.uri, str(file)]
        commands = [*([shlex.join(empty)] if sql else []), shlex.join(fill)]
        return " && ".join(commands)

    def _beside(self, name: str) -> str:
        """Another program of the same version; as short as PATH allows."""
        return name if "/" not in self.program else str(Path(self.program).with_name(name))


def _facts(connection: Connection) -> dict[str, Any]:
    raw: Any = connection.connection.driver_connection
    facts: dict[str, Any] = dict(connection.execute(text(_FACTS)).mappings().one())
    connection.rollback()
    facts["schemas"] = facts["schemas"] or []
    return {**facts, "libpq": _of_libpq(getattr(raw, "info", None))}


def _of_libpq(info: Any) -> dict[str, str]:
    """What a libpq connected with; empty where the driver is none."""
    ask = getattr(info, "get_parameters", None)  # psycopg
    given = ask() if callable(ask) else getattr(info, "dsn_parameters", None)  # psycopg2
    if not isinstance(given, Mapping):
        return {}
    found = {name: str(value) for name, value in given.items() if name in _OPTIONS and value}
    found.pop("hostaddr", None)  # what psycopg found for the host's name, which may move
    named = {name: getattr(info, name) for name in ("host", "port", "user", "dbname", "password")}
    return found | {name: str(value) for name, value in named.items() if value}


def _in_url(url: URL) -> dict[str, str]:
    given: dict[str, str] = {}
    for name, value in url.query.items():
        name = "sslmode" if name == "ssl" else name  # asyncpg's word for it
        if name in _OPTIONS or name == "password":
            given[name] = value if isinstance(value, str) else ",".join(value)
    parts = {"host": url.host, "port": url.port, "user": url.username, "dbname": url.database}
    given |= {name: str(value) for name, value in parts.items() if value}
    if url.password:
        given["password"] = str(url.password)
    return given


def _uri(parameters: dict[str, str]) -> str:
    """Libpq's form of a connection, in which a socket's folder and several hosts are options."""
    rest = dict(parameters)
    host, port, user = rest.pop("host", ""), rest.pop("port", ""), rest.pop("user", "")
    place = ""
    if re.fullmatch(r"[\w.-]+", host) and port.isdigit():
        place = f"{host}:{port}"
    elif re.fullmatch(r"[\w.-]+", host) and not port:
        place = host
    else:
        rest |= {"host": host} if host else {}
        rest |= {"port": port} if port else {}
    name = quote(rest.pop("dbname", ""), safe="")
    who = f"{quote(user, safe='')}@" if user else ""
    options = f"?{urlencode(rest, quote_via=quote)}" if rest else ""
    return f"postgresql://{who}{place}/{name}{options}"


def _program(server: int) -> str:
    """A pg_dump of at least the server's major version: an older one refuses to dump it."""
    older = ""
    for program in found(["pg_dump"], FOLDERS):
        said = re.search(r"(\d+)(?:\.\d+)?", version_of(program))
        if said is not None and int(said[1]) >= server:
            on_path = next(found(["pg_dump"]), None) == program
            return "pg_dump" if on_path else program
        older = older or (said[0] if said else "")
    if older:
        raise CannotBackUp(f"pg_dump {older} is older than the server, PostgreSQL {server}")
    raise CannotBackUp("pg_dump is not on PATH")


def _public(version: int, owner: str | None) -> str:
    """The schema as initdb makes it, which is what a dump's rights are a difference to."""
    if owner is None:
        return ""
    as_before = " AUTHORIZATION pg_database_owner" if owner == "pg_database_owner" else ""
    rights = "USAGE" if version >= 150000 else "ALL"
    return f"CREATE SCHEMA public{as_before}; GRANT {rights} ON SCHEMA public TO PUBLIC"


def _quoted(name: str) -> str:
    plain = re.fullmatch(r"[a-z_][a-z0-9_]*", name)
    return name if plain else '"' + name.replace('"', '""') + '"'


_FACTS = """
SELECT current_database() AS name, current_setting('server_version_num')::int AS version,
       CASE WHEN has_database_privilege(current_database(), 'CONNECT')
            THEN pg_catalog.pg_database_size(current_database()) END AS size,
       (SELECT pg_catalog.pg_get_userbyid(nspowner) FROM pg_catalog.pg_namespace
         WHERE nspname = 'public') AS owner,
       (SELECT array_agg(n.nspname::text ORDER BY n.nspname) FROM pg_catalog.pg_namespace n
         WHERE n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'public')
           AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend d
                            WHERE d.classid = 'pg_catalog.pg_namespace'::pg_catalog.regclass
                              AND d.objid = n.oid AND d.deptype = 'e')) AS schemas
"""
