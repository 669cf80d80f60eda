"""An application that upgrades in process has the loggers afterwards that it had before."""

from __future__ import annotations

import json
import logging
import logging.config
from pathlib import Path

import pytest

from alembic_guard.runtime.loggers import kept_loggers
from tests.commands.upgrading import run
from tests.project import Project

PROGRAM = """
    import json
    import logging
    import os

    logging.basicConfig(filename="app.log", filemode="w", level=logging.DEBUG, force=True)
    app = logging.getLogger("app")
    app.addHandler(logging.StreamHandler())
    app.propagate = True
    quiet = logging.getLogger("quiet")
    quiet.disabled = True
    app.info("before")


    def state():
        return [
            (each.name, each.level, each.disabled, each.propagate, len(each.handlers))
            for each in (logging.root, app, quiet, logging.getLogger("alembic"))
        ]


    from alembic.config import Config
    from alembic_guard import check, doctor, guard_revision, safe_upgrade

    toml = "pyproject.toml" if os.path.exists("pyproject.toml") else None
    config, before = Config("alembic.ini", toml_file=toml), state()
    safe_upgrade(config)
    after = [state()]
    guard_revision(config, "users")
    after.append(state())
    doctor(config)
    after.append(state())
    check(config)
    after.append(state())
    app.info("after")
    print(json.dumps([before, *after]))
"""


@pytest.mark.parametrize(
    "template", ["generic", "async", "multidb", "pyproject", "pyproject_async"]
)
def test_the_callers_loggers_are_as_they_were_after_every_function_of_ours(
    project_path: Path, sqlite_url: str, template: str
) -> None:
    project = Project.create(project_path, sqlite_url, template)
    done = run(project, PROGRAM)
    assert done.returncode == 0, done.stderr
    before, *after = json.loads(done.stdout)
    assert after == [before] * 4
    said = [line for line in project.read("app.log").splitlines() if ":app:" in line]
    assert said == ["INFO:app:before", "INFO:app:after"]


def test_a_logger_that_was_made_meanwhile_is_not_left_disabled() -> None:
    with kept_loggers():
        late = logging.getLogger("tests.late")
        logging.config.dictConfig({"version": 1, "disable_existing_loggers": True})
        assert late.disabled
    assert not late.disabled


def test_a_handler_is_not_closed_and_not_forgotten(tmp_path: Path) -> None:
    handler = logging.FileHandler(tmp_path / "app.log", mode="w")
    handler.name = "tests.kept"
    try:
        handler.emit(logging.makeLogRecord({"msg": "before"}))
        with kept_loggers():
            logging.config.dictConfig({"version": 1, "disable_existing_loggers": False})
        handler.emit(logging.makeLogRecord({"msg": "after"}))
        assert (tmp_path / "app.log").read_text() == "before\nafter\n"
        assert logging._handlers["tests.kept"] is handler  # type: ignore[attr-defined]
    finally:
        handler.close()


def test_they_are_put_back_after_a_failure_too() -> None:
    logger, level = logging.getLogger("tests.failing"), logging.root.level

    @kept_loggers()
    def failing() -> None:
        logger.disabled, logging.root.level = True, 77
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        failing()
    assert (logger.disabled, logging.root.level) == (False, level)
