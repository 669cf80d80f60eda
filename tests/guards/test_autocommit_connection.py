"""An engine in AUTOCOMMIT, whose migrations are not atomic."""

from __future__ import annotations

import pytest

from alembic_guard.finding import Finding, Severity
from tests.commands.upgrading import change_env, masked_url
from tests.guards.connecting import found
from tests.project import Project

servers = pytest.mark.parametrize("database_url", ["postgresql", "mariadb"], indirect=True)


@servers
def test_an_engine_in_autocommit_is_a_warning_with_what_to_do_instead(project: Project) -> None:
    assert found(project.url, isolation_level="AUTOCOMMIT") == [
        Finding(
            "autocommit-connection",
            f"The connection to {masked_url(project)} is in AUTOCOMMIT, so no migration is atomic.",
            why="Each statement is committed by itself: of a migration that fails, what ran before "
            "stays, and the revision is not recorded.",
            next=(
                'in env.py or its configuration: take out isolation_level="AUTOCOMMIT"',
                "in a migration that needs it: with op.get_context().autocommit_block():",
            ),
            severity=Severity.WARNING,
        )
    ]


@pytest.mark.parametrize("level", [None, "SERIALIZABLE"])
def test_any_other_engine_is_none(project: Project, level: str | None) -> None:
    assert found(project.url, isolation_level=level) == []


@servers
def test_safe_upgrade_says_so_and_goes_on(project: Project) -> None:
    old = 'prefix="sqlalchemy.",'
    change_env(project, old, f'{old} isolation_level="AUTOCOMMIT",')
    project.add_revision("0001", None, "pass")
    result = project.alembic("safe-upgrade")
    message = (
        f"The connection to {masked_url(project)} is in AUTOCOMMIT, so no migration is atomic."
    )
    assert (result.returncode, message in result.output) == (0, True), result.output
