from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import URL, Connection
from sqlalchemy.exc import SQLAlchemyError

from alembic_guard.ddl.type_changes import TypeChange, change
from alembic_guard.sql_types import SqlType, parse_type
from tests import servers
from tests.ddl.measuring import session

# Every pair of these that PostgreSQL can change without a USING.
NAMES = (
    "boolean smallint integer bigint oid regclass real uuid inet cidr json jsonb "
    "numeric numeric(10) numeric(10,2) numeric(12,2) numeric(12,4) "
    "text varchar varchar(10) varchar(20) char(4) char(8) name "
    "bit(8) varbit varbit(8) varbit(16) date time time(3) timetz "
    "interval interval(3) interval(6) timestamp timestamp(3) timestamp(6) "
    "timestamptz timestamptz(3) varchar[] varchar(10)[] varchar(20)[] text[]"
)
TYPES = NAMES.split()
ZONES = ["utc", "Etc/GMT", "Europe/London"]
FILES = "SELECT pg_relation_filenode('of_type'), pg_relation_filenode('of_index')"


@pytest.fixture(scope="module")
def connection(postgresql_server: URL) -> Iterator[Connection]:
    with servers.postgresql_database(postgresql_server) as url, session(url) as connection:
        yield connection


def make(connection: Connection, type: str, more: str = "") -> bool:
    """Make a table with a column; whether an index on it could be made too."""
    connection.exec_driver_sql("DROP TABLE IF EXISTS of_type")
    connection.exec_driver_sql(f"CREATE TABLE of_type (c {type})")
    try:
        connection.exec_driver_sql(f"CREATE INDEX of_index ON of_type (c {more})")
    except SQLAlchemyError:  # json has no operators to sort by
        connection.exec_driver_sql("CREATE INDEX of_index ON of_type ((1))")
        return False
    return True


def measured(connection: Connection, clause: str, zone: str) -> tuple[bool, bool] | None:
    """Whether the table and its index were written anew; None where it cannot be done."""
    connection.exec_driver_sql("BEGIN")
    try:
        before = connection.exec_driver_sql(FILES).one()
        connection.exec_driver_sql(f"SET LOCAL TimeZone = '{zone}'")
        connection.exec_driver_sql(f"ALTER TABLE of_type ALTER c TYPE {clause}")
        after = connection.exec_driver_sql(FILES).one()
    except SQLAlchemyError:
        return None
    finally:
        connection.exec_driver_sql("ROLLBACK")
    return before[0] != after[0], before[1] != after[1]


@pytest.mark.parametrize("before", TYPES)
def test_the_server_rewrites_what_is_said_to_be_rewritten(
    connection: Connection, before: str
) -> None:
    said, done = {}, {}
    indexed = make(connection, before)
    for after in TYPES:
        for zone in ZONES if before.startswith("timestamp") else ZONES[:1]:
            found = measured(connection, after, zone)
            if found is None:
                continue
            cost = change(parse_type(before), parse_type(after), timezone=zone, indexed=indexed)
            said[after, zone] = (cost.rewrites, cost.rebuilds_indexes)
            # An index that is not on the column is built anew where the table is.
            done[after, zone] = found if indexed else (found[0], False)
    assert said == done


@pytest.mark.parametrize(
    "types", ["text citext", "citext text", "citext varchar", "varchar citext"]
)
def test_citext_changes_in_place_but_for_its_indexes(connection: Connection, types: str) -> None:
    before, after = types.split()
    try:
        connection.exec_driver_sql("CREATE EXTENSION IF NOT EXISTS citext")
    except SQLAlchemyError as missing:
        pytest.skip(str(missing).splitlines()[0])
    make(connection, before)
    cost = change(parse_type(before), parse_type(after), indexed=True)
    assert (cost.rewrites, cost.rebuilds_indexes) == measured(connection, after, "utc")
    assert (cost.rewrites, cost.rebuilds_indexes) == (False, True)


def test_another_collation_builds_indexes_anew(connection: Connection) -> None:
    make(connection, "text")
    cost = change(SqlType("text"), SqlType("text"), collation="C", indexed=True)
    assert (cost.rewrites, cost.rebuilds_indexes) == measured(connection, 'text COLLATE "C"', "utc")
    assert cost == TypeChange(False, True, "the type stays the same")


@pytest.mark.parametrize(
    ("using", "plain"),
    [
        ("c::text", True),
        ("(c::text)", True),
        ("c", True),
        ('"c"::text', True),
        ("CAST(c AS text)", True),
        ("c::varchar(5)::text", False),
        ("c::varchar(5)", False),
        ("lower(c)", False),
        ("c::text || 'a'", False),
        ("CASE WHEN random() < 2 THEN c END", False),
        ("'a'", False),
    ],
)
def test_a_using_that_is_the_plain_cast_costs_nothing(
    connection: Connection, using: str, plain: bool
) -> None:
    make(connection, "varchar(10)")
    found = measured(connection, f"text USING {using}", "utc")
    cost = change(parse_type("varchar(10)"), SqlType("text"), using=using, indexed=True)
    assert (cost.rewrites, cost.rebuilds_indexes) == found == (not plain, not plain)


def test_a_using_that_computes_is_said_to_compute() -> None:
    said = change(SqlType("text"), SqlType("jsonb"), using="to_jsonb(c)", indexed=True)
    assert said == TypeChange(True, True, "USING to_jsonb(c) computes each value")


def test_nothing_is_said_of_a_type_that_is_not_known() -> None:
    reason = "the type before is not known"
    assert change(None, SqlType("text")) == TypeChange(None, False, reason)


def test_nothing_is_said_of_a_type_that_may_be_a_domain() -> None:
    said = change(SqlType("email"), SqlType("text"))
    assert said == TypeChange(None, False, "email is a type of its own, perhaps a domain")


def test_timestamps_depend_on_a_time_zone_that_is_not_known() -> None:
    reason = "each value is converted unless the session's time zone is UTC"
    said = change(SqlType("timestamp"), SqlType("timestamptz"))
    assert said == TypeChange(None, False, reason)


def test_before_version_12_timestamps_are_converted_in_any_zone() -> None:
    said = change(SqlType("timestamp"), SqlType("timestamptz"), timezone="utc", version=(11, 9))
    assert said == TypeChange(True, False, "before PostgreSQL 12 each value is converted")
