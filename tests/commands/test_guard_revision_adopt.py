"""`guard-revision --adopt`: what nobody declares becomes files that say the same, or none do."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL, create_engine, text

from alembic_guard.runtime.schema_facts import schema_facts
from tests import servers
from tests.commands.revising import applied, body, configure, edit, revise, settled, written
from tests.project import Project, Result

OBJECTS = {"ALEMBIC_GUARD_SQL_OBJECTS": "db/objects"}
SETTING = (
    'Add to the settings of alembic_guard, so that they are read: sql_objects = "db/objects"\n'
)
NOTHING = "Nothing to adopt: everything that is compared is in the models, or declared.\n"
EVERYTHING = (
    "CREATE EXTENSION citext",
    "CREATE TYPE mood AS ENUM ('sad', 'it''s ok')",
    "COMMENT ON TYPE mood IS 'how one is'",
    "CREATE DOMAIN positive AS integer CONSTRAINT above CHECK (VALUE > 0)",
    "COMMENT ON DOMAIN positive IS 'above zero'",
    "CREATE TYPE pair AS (a integer, b text)",
    "COMMENT ON TYPE pair IS 'two'",
    "CREATE SEQUENCE tickets INCREMENT BY 5 START WITH 10",
    "COMMENT ON SEQUENCE tickets IS 'of the shop'",
    "GRANT USAGE ON SEQUENCE tickets TO {role}",
    "CREATE VIEW named AS SELECT id, name FROM users WHERE name <> '100%%: a:b'",
    "COMMENT ON VIEW named IS 'those with a name'",
    "COMMENT ON COLUMN named.name IS 'their name'",
    "GRANT SELECT ON named TO {role}",
    "GRANT UPDATE (name) ON named TO {role}",
    "CREATE VIEW above AS SELECT count(*) AS n FROM named",
    "CREATE MATERIALIZED VIEW counted AS SELECT name, count(*) AS n FROM users GROUP BY name",
    "CREATE UNIQUE INDEX counted_name ON counted (name)",
    "CREATE FUNCTION twice(n integer) RETURNS integer LANGUAGE sql AS 'SELECT n * 2'",
    "CREATE FUNCTION twice(n text) RETURNS text LANGUAGE sql AS 'SELECT n || n'",
    "REVOKE ALL ON FUNCTION twice(integer) FROM PUBLIC",
    "COMMENT ON FUNCTION twice(text) IS 'of texts'",
    "CREATE PROCEDURE clear() LANGUAGE plpgsql AS $$ BEGIN DELETE FROM users; END $$",
    "CREATE AGGREGATE product(integer) (SFUNC = int4mul, STYPE = integer, INITCOND = '1')",
    "CREATE FUNCTION audit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$",
    "CREATE TRIGGER audited AFTER INSERT ON users FOR EACH ROW EXECUTE FUNCTION audit()",
    "ALTER TABLE users DISABLE TRIGGER audited",
    "CREATE TRIGGER through INSTEAD OF INSERT ON named FOR EACH ROW EXECUTE FUNCTION audit()",
    "CREATE RULE kept AS ON DELETE TO named DO INSTEAD NOTHING",
    "ALTER TABLE users ENABLE ROW LEVEL SECURITY",
    "CREATE POLICY own ON users FOR SELECT TO {role} USING (name = current_user)",
    "CREATE FUNCTION noted() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN END $$",
    "CREATE EVENT TRIGGER noting ON ddl_command_end WHEN TAG IN ('CREATE TABLE')"
    " EXECUTE FUNCTION noted()",
)
FILES = (
    *("aggregates/product_integer", "composite_types/pair", "domains/positive", "enums/mood"),
    *("event_triggers/noting", "extensions/citext", "functions/audit", "functions/noted"),
    *("functions/twice_integer", "functions/twice_text", "materialized_views/counted"),
    *("policies/users.own", "procedures/clear", "row_security/users", "rules/named.kept"),
    *("sequences/tickets", "triggers/named.through", "triggers/users.audited"),
    *("views/above", "views/named"),
)
_DETAILS = """
SELECT oid::regprocedure::text, proacl::text FROM pg_proc
 WHERE pronamespace = 'public'::regnamespace
   AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = pg_proc.oid AND d.deptype = 'e')
UNION ALL SELECT oid::regclass::text, relacl::text FROM pg_class
 WHERE relnamespace = 'public'::regnamespace AND relname NOT LIKE 'alembic%'
UNION ALL SELECT attrelid::regclass::text || attname, attacl::text FROM pg_attribute
 WHERE attacl IS NOT NULL AND attrelid >= 16384
UNION ALL SELECT classoid::regclass::text || objsubid || description, '' FROM pg_description o
 WHERE o.objoid >= 16384
   AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = o.objoid AND d.deptype = 'e')
"""


def by_hand(project: Project, *statements: str) -> Project:
    """A settled project, to whose database somebody has done something by hand."""
    settled(project)
    with project.connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    return project


def adopt(project: Project, *words: str, **options: Any) -> Result:
    """Run `alembic guard-revision --adopt WORDS`."""
    return project.alembic("guard-revision", "--adopt", *words, **options)


def files(project: Project) -> list[str]:
    """The `.sql` files below `db`."""
    found = (project.path / "db").rglob("*.sql")
    return sorted(path.relative_to(project.path).as_posix() for path in found)


def everything_of(url: str) -> tuple[dict[str, str], set[Any]]:
    """What a database has, its privileges and comments too; by no query of the comparison."""
    engine = create_engine(url)
    with engine.connect() as connection:
        facts = {
            name: said for name, said in schema_facts(connection).items() if "alembic" not in name
        }
        details = {tuple(row) for row in connection.execute(text(_DETAILS))}
    engine.dispose()
    return facts, details


@contextmanager
def role(project: Project) -> Iterator[str]:
    """A role that privileges can be given to."""
    name = servers.unique_name()
    with project.connect() as connection:
        connection.execute(text(f"CREATE ROLE {name}"))
    try:
        yield name
    finally:
        with project.connect() as connection:
            connection.execute(text(f"DROP OWNED BY {name}"))
            connection.execute(text(f"DROP ROLE {name}"))


def test_everything_is_adopted_and_a_fresh_database_becomes_the_same(
    postgresql_project: Project, postgresql_server: URL
) -> None:
    project = settled(postgresql_project)
    with role(project) as reader, servers.postgresql_database(postgresql_server) as other:
        with project.connect() as connection:
            for statement in EVERYTHING:
                connection.exec_driver_sql(statement.replace("{role}", reader))
        before = everything_of(project.url)

        result = applied(adopt(project))

        names = [f"db/objects/{name}.sql" for name in FILES]
        assert result.stdout == "".join(f"Wrote {name}\n" for name in names) + SETTING
        assert files(project) == sorted(names)
        assert len(project.revisions()) == 1
        checked = applied(project.alembic("guard-check", env=OBJECTS))
        assert checked.stdout == "Checked 1 revision and 1 database: no guard refuses.\n"
        assert adopt(project, env=OBJECTS).stdout == NOTHING
        assert everything_of(project.url) == before

        fresh = other.render_as_string(hide_password=False)
        edit(project, "alembic.ini", project.url, fresh)
        for words in (["safe-upgrade"], ["guard-revision", "-m", "objects"], ["safe-upgrade"]):
            applied(project.alembic(*words, env=OBJECTS))
        assert everything_of(fresh) == before
        with create_engine(fresh).begin() as connection:
            connection.execute(text(f"DROP OWNED BY {reader}"))


def test_a_file_says_it_as_the_server_does_with_comments_and_privileges(
    postgresql_project: Project,
) -> None:
    project = settled(postgresql_project)
    with role(project) as reader:
        with project.connect() as connection:
            for statement in EVERYTHING[10:15]:
                connection.exec_driver_sql(statement.replace("{role}", reader))

        applied(adopt(project))

    assert project.read("db/objects/views/named.sql") == (
        "CREATE VIEW named AS\n"
        "SELECT users.id,\n"
        "    users.name\n"
        "   FROM users\n"
        "  WHERE ((users.name)::text <> '100%: a:b'::text);\n"
        "COMMENT ON VIEW named IS 'those with a name';\n"
        "COMMENT ON COLUMN named.name IS 'their name';\n"
        f"GRANT SELECT ON TABLE named TO {reader};\n"
        f"GRANT UPDATE (name) ON TABLE named TO {reader};\n"
    )


def test_another_folder_is_as_the_setting_would_say_it(postgresql_project: Project) -> None:
    project = by_hand(postgresql_project, "CREATE SEQUENCE tickets")

    result = applied(adopt(project, "db/more", "--format", "json"))

    assert json.loads(result.stdout)["data"] == {
        "files": [{"path": "db/more/sequences/tickets.sql", "object": "sequence tickets"}],
        "setting": 'sql_objects = "db/more"',
    }
    assert result.stderr.count("Wrote db/more/sequences/tickets.sql\n") == 1


def test_files_that_are_not_read_yet_are_left_as_they_are(postgresql_project: Project) -> None:
    project = by_hand(postgresql_project, "CREATE SEQUENCE tickets")
    applied(adopt(project))

    again = adopt(project)

    assert (again.returncode, again.stdout) == (
        0,
        f"Nothing to write: the files are there already.\n{SETTING}",
    )


def test_what_came_after_is_adopted_beside_what_is_declared(postgresql_project: Project) -> None:
    project = by_hand(
        postgresql_project, "CREATE SEQUENCE one", "CREATE VIEW v AS SELECT id FROM users"
    )
    project.write("db/objects/all.sql", "CREATE SEQUENCE one")

    result = adopt(project, env=OBJECTS)

    assert (result.returncode, result.stdout) == (0, "Wrote db/objects/views/v.sql\n")
    assert adopt(project, env=OBJECTS).stdout == NOTHING


def test_a_folder_that_the_setting_does_not_cover_is_wrong_usage(
    postgresql_project: Project,
) -> None:
    project = by_hand(postgresql_project, "CREATE SEQUENCE tickets")

    result = adopt(project, "sql", env=OBJECTS)

    assert (result.returncode, result.stdout) == (
        2,
        "error: wrong-usage: --adopt sql: declarations are read from sql_objects = db/objects, "
        "and what is elsewhere would not be.\n    next: alembic guard-revision --adopt\n",
    )
    assert files(project) == []


def test_names_that_a_file_cannot_have_are_kept_apart(postgresql_project: Project) -> None:
    project = by_hand(
        postgresql_project,
        'CREATE SEQUENCE "a/b"',
        'CREATE SEQUENCE "a b"',
        'CREATE SEQUENCE "A.B"',
        'CREATE SEQUENCE "../../x"',
        'CREATE SEQUENCE "…"',
    )

    applied(adopt(project))

    assert files(project) == [
        "db/objects/sequences/A_B.sql",
        "db/objects/sequences/_.sql",
        "db/objects/sequences/a_b-2.sql",
        "db/objects/sequences/a_b-3.sql",
        "db/objects/sequences/x.sql",
    ]
    assert adopt(project, env=OBJECTS).stdout == NOTHING


def test_what_the_filters_leave_out_is_not_adopted(postgresql_project: Project) -> None:
    project = by_hand(
        postgresql_project, "CREATE SEQUENCE tickets", "CREATE VIEW v AS SELECT id FROM users"
    )
    configure(project, "include_object=lambda item, name, kind, *_: kind != 'view'")

    applied(adopt(project))

    assert files(project) == ["db/objects/sequences/tickets.sql"]


def test_a_file_that_is_there_is_never_overwritten(postgresql_project: Project) -> None:
    project = by_hand(
        postgresql_project, "CREATE SEQUENCE tickets", "CREATE VIEW v AS SELECT id FROM users"
    )
    project.write("db/objects/views/v.sql", "mine")

    result = adopt(project)

    assert (result.returncode, result.stdout) == (
        1,
        "error: not-adopted: db/objects/views/v.sql is not adopted: it is there already, "
        "and is not overwritten.\n"
        "    next: alembic guard-revision --adopt --allow not-adopted  # all the others\n",
    )
    assert (files(project), project.read("db/objects/views/v.sql").strip()) == (
        ["db/objects/views/v.sql"],
        "mine",
    )


def test_what_would_not_come_out_the_same_is_named_and_nothing_is_written(
    postgresql_project: Project,
) -> None:
    project = by_hand(
        postgresql_project,
        "CREATE TABLE others (id integer)",
        "CREATE SEQUENCE theirs OWNED BY others.id",
        "CREATE SEQUENCE tickets",
        "CREATE VIEW v AS SELECT last_value FROM theirs",
    )
    configure(project, "include_object=lambda item, name, kind, *_: name != 'others'")

    result = adopt(project)

    assert (result.returncode, result.stdout) == (
        1,
        "error: not-adopted: sequence theirs is not adopted: "
        "sequence must be in same schema as table it is linked to.\n"
        "    next: alembic guard-revision --adopt --allow not-adopted  # all the others\n",
    )
    assert not (project.path / "db").exists()
    applied(adopt(project, "--allow", "not-adopted"))
    assert files(project) == ["db/objects/sequences/tickets.sql", "db/objects/views/v.sql"]


def test_where_one_file_cannot_be_written_none_is(postgresql_project: Project) -> None:
    project = by_hand(
        postgresql_project, "CREATE SEQUENCE tickets", "CREATE VIEW v AS SELECT id FROM users"
    )
    project.write("db/objects/views", "in the way")

    result = adopt(project)

    assert (result.returncode, result.stdout) == (
        1,
        "error: not-adopted: db/objects/views/v.sql is not adopted: "
        "it cannot be written: Not a directory.\n"
        "    next: alembic guard-revision --adopt --allow not-adopted  # all the others\n",
    )
    assert [path.name for path in (project.path / "db/objects").iterdir()] == ["views"]


def test_a_definition_that_may_hold_a_password_is_not_adopted(postgresql_project: Project) -> None:
    body = "SELECT dblink(''host=h password=geheim123'')"
    project = by_hand(
        postgresql_project,
        "CREATE SEQUENCE tickets",
        f"CREATE FUNCTION f() RETURNS text LANGUAGE plpgsql AS 'BEGIN {body}; END'",
    )

    result = adopt(project)

    assert (result.returncode, result.stdout) == (
        1,
        "error: not-adopted: function f() is not adopted: its definition may hold a password.\n"
        "    next: alembic guard-revision --adopt --allow not-adopted  # all the others\n",
    )
    assert files(project) == []
    allowed = applied(adopt(project, "--allow", "not-adopted"))
    assert "geheim123" not in allowed.output
    assert files(project) == ["db/objects/sequences/tickets.sql"]


def test_what_is_in_other_schemas_is_adopted_with_them(postgresql_project: Project) -> None:
    project = by_hand(
        postgresql_project,
        "CREATE SCHEMA extra",
        "CREATE EXTENSION citext SCHEMA extra",
        "CREATE SCHEMA app",
        "CREATE TABLE app.log (id serial PRIMARY KEY)",
        "CREATE SEQUENCE app.numbers",
        "ALTER SEQUENCE app.numbers OWNED BY app.log.id",
        "CREATE VIEW app.logged AS SELECT id FROM app.log",
    )
    models = project.read("models.py")
    log = 'Table("log", Base.metadata, Column("id", Integer, primary_key=True), schema="app")'
    project.write("models.py", f"{models}\n{log}\n")
    edit(project, "models.py", "import String", "import Column, Integer, String, Table")
    configure(project, "include_schemas=True, include_name=lambda n, t, _: n != 'extra'")

    applied(adopt(project))

    assert {name: project.read(name) for name in files(project)} == {
        "db/objects/extensions/citext.sql": (
            "CREATE SCHEMA IF NOT EXISTS extra;\n"
            "CREATE EXTENSION IF NOT EXISTS citext WITH SCHEMA extra;\n"
        ),
        "db/objects/sequences/app.numbers.sql": (
            "CREATE SEQUENCE app.numbers;\nALTER SEQUENCE app.numbers OWNED BY app.log.id;\n"
        ),
        "db/objects/views/app.logged.sql": (
            "CREATE VIEW app.logged AS\nSELECT log.id\n   FROM app.log;\n"
        ),
    }
    checked = applied(project.alembic("guard-check", env=OBJECTS))
    assert checked.stdout == "Checked 1 revision and 1 database: no guard refuses.\n"


def test_a_database_that_is_behind_is_not_adopted(postgresql_project: Project) -> None:
    project = by_hand(postgresql_project, "CREATE SEQUENCE tickets")
    project.add_revision("0002", "0001", "pass", "pass", message="later")

    result = adopt(project)

    assert result.stdout.startswith(f"error: database-behind: {project.url} is at 0001, and head")
    assert (result.returncode, files(project)) == (1, [])


@pytest.mark.parametrize(
    ("words", "option"),
    [
        (["-m", "x"], "--message"),
        (["--rename", "a.b:c"], "--rename"),
        (["--no-merge"], "--merge"),
        (["--head", "0001"], "--head"),
        (["--upgrade"], "--upgrade"),
    ],
)
def test_options_of_a_revision_are_wrong_usage(
    sqlite_project: Project, words: Sequence[str], option: str
) -> None:
    result = adopt(sqlite_project, *words)

    assert result.returncode == 2
    assert f"Error: --adopt writes no revision: {option} is for one.\n" in result.stderr


def test_a_message_is_still_needed_for_a_revision(sqlite_project: Project) -> None:
    result = sqlite_project.alembic("guard-revision")

    assert result.returncode == 2
    assert "Error: Missing option '-m' / '--message'.\n" in result.stderr


VIEWS = (
    "CREATE TABLE log (id INTEGER NOT NULL PRIMARY KEY)",
    "CREATE VIEW named AS SELECT id, name FROM users WHERE name <> '100%: a:b'",
    'CREATE VIEW "above" AS SELECT count(*) AS n FROM named',
    "CREATE TRIGGER audited AFTER INSERT ON users BEGIN\n"
    "  INSERT INTO log VALUES (CASE WHEN 1 THEN 2 END);\n  DELETE FROM log;\nEND",
    "CREATE TRIGGER through INSTEAD OF INSERT ON named BEGIN SELECT 1; END",
)


def with_views(project: Project) -> Project:
    """A settled project on a SQLite with views and triggers, and one more model."""
    by_hand(project, *VIEWS)
    models = project.read("models.py")
    log = 'Table("log", Base.metadata, Column("id", Integer, primary_key=True))'
    project.write("models.py", f"{models}\n{log}\n")
    edit(project, "models.py", "import String", "import Column, Integer, String, Table")
    return project


def test_views_and_triggers_of_a_sqlite_are_adopted(
    sqlite_project: Project, tmp_path: Path
) -> None:
    project = with_views(sqlite_project)
    before = everything(project.url)

    result = applied(adopt(project))

    assert result.stdout == (
        "Wrote db/objects/triggers/named.through.sql\n"
        "Wrote db/objects/triggers/users.audited.sql\n"
        "Wrote db/objects/views/above.sql\n"
        f"Wrote db/objects/views/named.sql\n{SETTING}"
    )
    assert project.read("db/objects/triggers/users.audited.sql") == f"{VIEWS[3]};\n"
    checked = applied(project.alembic("guard-check", env=OBJECTS))
    assert checked.stdout == "Checked 1 revision and 1 database: no guard refuses.\n"

    fresh = f"sqlite:///{tmp_path / 'fresh.db'}"
    edit(project, "alembic.ini", project.url, fresh)
    for words in (["safe-upgrade"], ["guard-revision", "-m", "objects"], ["safe-upgrade"]):
        applied(project.alembic(*words, env=OBJECTS))
    assert everything(fresh) == before


def everything(url: str) -> dict[str, str]:
    """What a SQLite has, but for what keeps the history."""
    engine = create_engine(url)
    with engine.connect() as connection:
        facts = schema_facts(connection)
    engine.dispose()
    return {name: said for name, said in facts.items() if "alembic" not in name}


def test_a_declared_view_of_a_sqlite_is_changed_and_the_others_of_its_kind_go(
    sqlite_project: Project,
) -> None:
    project = with_views(sqlite_project)
    applied(adopt(project))
    project.write("db/objects/views/named.sql", "CREATE VIEW named AS SELECT id FROM users;")
    (project.path / "db/objects/views/above.sql").unlink()

    result = applied(revise(project, env=OBJECTS))

    assert "unmanaged" not in result.output
    assert body(written(project)[0]) == (
        "op.execute('DROP TRIGGER through')\n"
        "op.execute('DROP VIEW above')\n"
        "op.execute('DROP VIEW named')\n"
        "op.execute('CREATE VIEW named AS SELECT id FROM users')\n"
        "op.execute('CREATE TRIGGER through INSTEAD OF INSERT ON named BEGIN SELECT 1; END')"
    )


def test_what_is_no_view_and_no_trigger_is_not_run_for_a_sqlite(sqlite_project: Project) -> None:
    project = settled(sqlite_project)
    project.write("db/objects/a.sql", "CREATE VIEW v AS SELECT 1 AS a; DROP TABLE users;")
    project.write("db/objects/b.sql", "CREATE TEMP VIEW w AS SELECT 1 AS a;")

    result = revise(project, env=OBJECTS)

    assert [line for line in result.stdout.splitlines() if line.startswith("error: ")] == [
        "error: unsafe-declaration: db/objects/a.sql: DROP TABLE declares nothing that is "
        "compared: on SQLite, views and triggers are: DROP TABLE users",
        "error: unsafe-declaration: db/objects/b.sql: what is TEMPORARY is gone with its "
        "connection: CREATE TEMP VIEW w AS SELECT 1 AS a",
    ]
    assert (result.returncode, written(project)) == (1, [])


def test_a_file_that_a_sqlite_refuses_is_named_and_its_kind_unknown(
    sqlite_project: Project,
) -> None:
    project = by_hand(sqlite_project, "CREATE VIEW named AS SELECT id FROM users")
    project.write("db/objects/bad.sql", "CREATE VIEW named AS SELEC 1;")

    result = revise(project, "--allow", "empty-revision", env=OBJECTS)

    assert (
        "warning: not-compared: db/objects/bad.sql: CREATE VIEW named AS SELEC 1 was not compared: "
        'near "SELEC": syntax error.\n' in result.stdout
    )
    assert body(written(project)[0]) == "pass"
