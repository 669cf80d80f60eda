"""What env.py asked for and did not get, where an exception alone does not say it."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from alembic_guard.runtime.failure import EnvironmentFailed

SETTINGS = """
class Settings:
    model_config = {"env_prefix": "app_"}

    def __init__(self):
        raise ValidationError(MISSING)

Settings()
"""


class ValidationError(ValueError):
    """Has the name, the module and the method by which pydantic's is recognised."""

    __module__ = "pydantic_core._pydantic_core"

    def __init__(self, *fields: str) -> None:
        super().__init__("1 validation error for Settings")
        self.fields = fields

    def errors(self) -> list[dict[str, Any]]:
        return [{"type": "missing", "loc": (field,)} for field in self.fields]


def failed(tmp_path: Path, source: str, **names: Any) -> EnvironmentFailed:
    """The failure of a file that is run as env.py."""
    file = tmp_path / "env.py"
    file.write_text(source)
    module = ModuleType("env_py")
    vars(module).update(names)
    with pytest.raises(Exception) as caught:  # noqa: PT011 - whichever it is
        exec(compile(source, str(file), "exec"), vars(module))
    return EnvironmentFailed(caught.value, str(file), "loading")


def test_a_field_that_pydantic_misses_is_a_variable_with_its_prefix(tmp_path: Path) -> None:
    names = {"ValidationError": ValidationError, "MISSING": "database_url"}
    failure = failed(tmp_path, SETTINGS, **names)
    assert failure.kind == "no-database-url"
    assert (failure.unset.name, failure.unset.variable) == ("APP_DATABASE_URL", True)
    assert failure.unset.place == (str(tmp_path / "env.py"), 6)


def test_a_field_that_is_about_no_database_is_not(tmp_path: Path) -> None:
    names = {"ValidationError": ValidationError, "MISSING": "api_key"}
    assert failed(tmp_path, SETTINGS, **names).kind == "env-error"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("DATABASE_URL", "no-database-url"),
        ("SQLALCHEMY_DATABASE_URI", "no-database-url"),
        ("DB_HOST", "no-database-url"),
        ("POSTGRES_USER", "no-database-url"),
        ("PGHOST", "no-database-url"),
        ("APP_DSN", "no-database-url"),
        ("SECRET_KEY", "env-error"),
        ("DEBUG", "env-error"),
    ],
)
def test_the_name_of_a_variable_says_whether_it_is_about_a_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, kind: str
) -> None:
    monkeypatch.delenv(name, raising=False)
    assert failed(tmp_path, f"import os\nos.environ[{name!r}]\n").kind == kind
