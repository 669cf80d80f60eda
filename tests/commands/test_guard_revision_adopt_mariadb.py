"""`guard-revision --adopt` and `.sql` files on a MariaDB: views, routines, triggers, sequences."""

from __future__ import annotations

from sqlalchemy import URL, create_engine, text

from alembic_guard.runtime.schema_facts import schema_facts
from tests import servers
from tests.commands.revising import applied, body, edit, revise, settled, written
from tests.project import Project, Result

OBJECTS = {"ALEMBIC_GUARD_SQL_OBJECTS": "db/objects"}
SETTING = (
    'Add to the settings of alembic_guard, so that they are read: sql_objects = "db/objects"\n'
)
EVERYTHING = (
    "CREATE SEQUENCE tickets START WITH 10 INCREMENT BY 5",
    "CREATE ALGORITHM = MERGE VIEW named AS SELECT id, name FROM users WHERE name <> '100%: a:b'",
    "CREATE SQL SECURITY INVOKER VIEW above AS SELECT count(*) AS n FROM named",
    "CREATE FUNCTION twice (n INT) RETURNS INT DETERMINISTIC RETURN n * 2",
    "CREATE PROCEDURE clear (IN some VARCHAR(50))\nBEGIN\n"
    "  IF some <> ';' THEN\n    DELETE FROM users WHERE name = some;\n  END IF;\nEND",
    "CREATE TRIGGER audited BEFORE INSERT ON users FOR EACH ROW\nBEGIN\n"
    "  SET NEW.name = concat(NEW.name, ':x%');\n  SET NEW.name = trim(NEW.name);\nEND",
)


def by_hand(project: Project) -> Project:
    """A settled project whose database has more than its models."""
    settled(project)
    with project.connect() as connection:
        for sql in EVERYTHING:
            connection.exec_driver_sql(sql.replace("%", "%%"))
    return project


def adopt(project: Project) -> Result:
    return project.alembic("guard-revision", "--adopt")


def everything(url: str) -> dict[str, str]:
    """What a MariaDB has, but for what keeps the history."""
    engine = create_engine(url)
    with engine.connect() as connection:
        facts = schema_facts(connection)
    engine.dispose()
    return {name: said for name, said in facts.items() if "alembic" not in name}


def test_everything_that_nobody_declares_is_adopted_and_made_by_the_next_migration(
    mariadb_project: Project, mariadb_server: URL
) -> None:
    project = by_hand(mariadb_project)
    before = everything(project.url)

    noted = project.alembic("guard-check")
    result = applied(adopt(project))

    assert "note: unmanaged: 6 objects of " in noted.stdout
    assert (
        "are in no model: function twice, procedure clear, sequence tickets, "
        "trigger audited of users, view above, and 1 more.\n" in noted.stdout
    )
    assert result.stdout == (
        "Wrote db/objects/functions/twice.sql\n"
        "Wrote db/objects/procedures/clear.sql\n"
        "Wrote db/objects/sequences/tickets.sql\n"
        "Wrote db/objects/triggers/users.audited.sql\n"
        "Wrote db/objects/views/above.sql\n"
        f"Wrote db/objects/views/named.sql\n{SETTING}"
    )
    assert project.read("db/objects/triggers/users.audited.sql") == f"{EVERYTHING[5]};\n"
    assert project.read("db/objects/views/named.sql") == (
        "CREATE ALGORITHM=MERGE SQL SECURITY DEFINER VIEW `named` AS select `users`.`id` AS `id`,"
        "`users`.`name` AS `name` from `users` where `users`.`name` <> '100%: a:b';\n"
    )
    checked = applied(project.alembic("guard-check", env=OBJECTS))
    assert checked.stdout == "Checked 1 revision and 1 database: no guard refuses.\n"
    assert "Nothing to write: the files are there already." in applied(adopt(project)).stdout

    with servers.mariadb_database(mariadb_server) as fresh:
        url = fresh.render_as_string(hide_password=False)
        edit(project, "alembic.ini", project.url, url)
        for words in (["safe-upgrade"], ["guard-revision", "-m", "objects"], ["safe-upgrade"]):
            applied(project.alembic(*words, env=OBJECTS))
        assert everything(url) == before


def test_files_with_several_statements_and_bodies_are_migrated_and_come_back(
    mariadb_project: Project,
) -> None:
    project = settled(mariadb_project)
    project.write("db/objects/all.sql", ";\n-- next\n".join(reversed(EVERYTHING)))

    applied(revise(project, env=OBJECTS))
    applied(project.alembic("safe-upgrade", env=OBJECTS))
    checked = applied(project.alembic("guard-check", env=OBJECTS))
    applied(project.alembic("downgrade", "0001"))

    assert checked.stdout == "Checked 2 revisions and 1 database: no guard refuses.\n"
    assert list(everything(project.url)) == [
        name for name in everything(project.url) if "users" in name
    ]
    assert "op.execute('CREATE SEQUENCE tickets START WITH 10 INCREMENT BY 5')" in body(
        written(project)[0]
    )


def test_a_declared_view_is_replaced_and_the_others_of_its_kind_go(
    mariadb_project: Project,
) -> None:
    project = by_hand(mariadb_project)
    applied(adopt(project))
    project.write("db/objects/views/named.sql", "/* fewer */ CREATE VIEW named AS SELECT 1 AS id;")
    (project.path / "db/objects/views/above.sql").unlink()

    result = applied(revise(project, env=OBJECTS))

    assert "unmanaged" not in result.output
    assert body(written(project)[0]) == (
        "op.execute('DROP VIEW `above`')\n"
        "op.execute('CREATE OR REPLACE VIEW named AS SELECT 1 AS id')"
    )


def test_what_declares_nothing_that_is_compared_is_not_run(mariadb_project: Project) -> None:
    project = settled(mariadb_project)
    project.write("db/objects/a.sql", "CREATE VIEW v AS SELECT 1 AS a; DROP TABLE users;")
    project.write("db/objects/b.sql", "CREATE TEMPORARY SEQUENCE s;")
    project.write("db/objects/c.sql", "DELIMITER //\nCREATE PROCEDURE p () SELECT 1 //\n")
    event = "CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO BEGIN DELETE FROM users; END"
    project.write("db/objects/d.sql", event)

    result = revise(project, env=OBJECTS)

    compared = (
        "declares nothing that is compared: on MariaDB and MySQL, views, functions, procedures, "
        "triggers and sequences are"
    )
    assert [line for line in result.stdout.splitlines() if line.startswith("error: ")] == [
        f"error: unsafe-declaration: db/objects/a.sql: DROP TABLE {compared}: DROP TABLE users",
        "error: unsafe-declaration: db/objects/b.sql: what is TEMPORARY is gone with its "
        "connection: CREATE TEMPORARY SEQUENCE s",
        "error: unsafe-declaration: db/objects/c.sql: DELIMITER is of the mysql client: without it "
        "a body ends with its END: DELIMITER // CREATE PROCEDURE p () SELECT 1 //",
        f"error: unsafe-declaration: db/objects/d.sql: CREATE EVENT {compared}: {event}",
    ]
    assert (result.returncode, written(project)) == (1, [])


def test_a_file_that_the_server_refuses_is_named_and_its_kind_unknown(
    mariadb_project: Project,
) -> None:
    project = by_hand(mariadb_project)
    project.write("db/objects/bad.sql", "CREATE VIEW named AS SELECT gone FROM users;")

    result = revise(project, "--allow", "empty-revision", env=OBJECTS)

    assert (
        "warning: not-compared: db/objects/bad.sql: CREATE VIEW named AS SELECT gone FROM users "
        "was not compared: (1054, \"Unknown column 'gone' in 'SELECT'\").\n"
        in result.stdout
        or "was not compared: (1054, \"Unknown column 'gone' in 'field list'\").\n" in result.stdout
    ), result.output
    assert body(written(project)[0]) == "pass"


def test_what_is_written_by_who_may_make_no_database_says_the_same(
    mariadb_project: Project,
) -> None:
    project = by_hand(mariadb_project)
    with project.connect() as connection:
        name = str(connection.execute(text("SELECT DATABASE()")).scalar_one())
        user = f"adopt_{name[-12:]}"
        connection.exec_driver_sql(f"CREATE USER {user}@'127.0.0.1'")
        connection.exec_driver_sql(f"GRANT ALL ON `{name}`.* TO {user}@'127.0.0.1'")
    try:
        edit(project, "alembic.ini", "root@", f"{user}@")
        result = applied(adopt(project))
        checked = applied(project.alembic("guard-check", env=OBJECTS))
    finally:
        with project.connect() as connection:
            connection.exec_driver_sql(f"DROP USER {user}@'127.0.0.1'")
    assert result.stdout.count("Wrote db/objects/") == 4
    assert "was compared by text: " in checked.stdout
    assert "unmanaged" not in checked.stdout
    for hidden in ("function twice", "procedure clear"):
        assert (
            f"{hidden} of the database was not compared: SHOW CREATE says nothing of it: a right "
            "is missing, perhaps.\n" in checked.stdout
        )
