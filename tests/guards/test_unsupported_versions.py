"""What does not fit what is named, with the line that installs what does."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy

from alembic_guard import guards
from alembic_guard.finding import Severity
from alembic_guard.guards._versions import meets
from alembic_guard.runtime.failure import EnvironmentFailed
from alembic_guard.runtime.installation import Installation, Requirement
from tests.project import Project
from tests.runtime.distributions import distribution


def found(
    python: str = "3.11.4", *needed: Requirement, scheme: str = "", **versions: str
) -> list[tuple[str, str, tuple[str, ...], Severity]]:
    """What the guard says of an installation."""
    named = {name.replace("_", "-"): version for name, version in versions.items()}
    subject = Installation(python, {"sqlalchemy": "2.1.9", **named}, needed, schemes=(scheme,))
    return [(each.name, each.message, each.next, each.severity) for each in guards.judge(subject)]


def test_versions_that_fit_are_not_mentioned() -> None:
    needed = Requirement("alembic 1.20.1", "SQLAlchemy", ">=2.0", "2.1.9")
    assert found("3.13.0", needed, psycopg2="2.9.9", scheme="postgresql+psycopg2") == []


@pytest.mark.parametrize(
    ("owner", "severity"),
    [("sqlmodel 0.0.14", Severity.WARNING), ("alembic-guardrails 0.1.0", Severity.ERROR)],
)
def test_a_requirement_that_is_not_met_names_both_and_what_to_install(
    owner: str, severity: Severity
) -> None:
    needed = Requirement(owner, "SQLAlchemy", "<2.1.0,>=2.0.14", "2.1.9")
    assert found("3.11.4", needed) == [
        (
            "unsupported-versions",
            f"{owner} needs SQLAlchemy <2.1.0,>=2.0.14, and 2.1.9 is installed.",
            ("pip install 'SQLAlchemy<2.1.0,>=2.0.14'",),
            severity,
        )
    ]


def test_a_python_that_is_too_old_is_named() -> None:
    needed = Requirement("SQLAlchemy 2.1.9", "Python", ">=3.11", "3.10.13")
    assert found("3.10.13", needed) == [
        (
            "unsupported-versions",
            "SQLAlchemy 2.1.9 needs Python >=3.11, and 3.10.13 is installed.",
            ("pip install --upgrade SQLAlchemy  # or run it with Python >=3.11",),
            Severity.WARNING,
        )
    ]


def test_psycopg2_alone_is_not_what_postgresql_means_to_sqlalchemy_2_1() -> None:
    assert found(psycopg2_binary="2.9.9", scheme="postgresql") == [
        (
            "unsupported-versions",
            "SQLAlchemy 2.1.9 takes postgresql:// for psycopg 3, and only psycopg2-binary 2.9.9 "
            "is installed.",
            ("pip install 'psycopg[binary]'", "postgresql+psycopg2://  # or this in the URL"),
            Severity.WARNING,
        )
    ]
    assert found(psycopg2_binary="2.9.9", psycopg="3.2", scheme="postgresql") == []
    assert found(psycopg2_binary="2.9.9", sqlalchemy="2.0.43", scheme="postgresql") == []


def test_python_3_14_needs_a_sqlalchemy_that_reads_its_annotations() -> None:
    assert found("3.14.0", sqlalchemy="2.0.42") == [
        (
            "unsupported-versions",
            "Python 3.14.0 needs SQLAlchemy >=2.0.43, and 2.0.42 is installed.",
            ("pip install 'sqlalchemy>=2.0.43'",),
            Severity.WARNING,
        )
    ]
    assert found("3.14.0", sqlalchemy="2.0.43") == []


def test_asyncio_without_greenlet_is_explained() -> None:
    error = ImportError("The SQLAlchemy asyncio module requires that the Python 'greenlet' …")
    said = guards.judge(EnvironmentFailed(error, "env.py", "loading"))
    assert [(each.message, each.next) for each in said if each.name == "unsupported-versions"] == [
        (
            "SQLAlchemy's asyncio needs greenlet, which is not installed.",
            ("pip install 'sqlalchemy[asyncio]'",),
        )
    ]


@pytest.mark.parametrize(
    ("installed", "wanted", "met"),
    [
        ("2.0.10", ">=2.0.9", True),
        ("2.1.0b1", ">=2.1", False),
        ("2.1.0rc1", ">=2.1.0b1", True),
        ("2.1.0.post1", ">=2.1", True),
        ("3.1.15", ">=3.0.7,!=3.1.15", False),
        ("1.9", "<2,>=1.4", True),
        ("3.3.9", "==3.3.*", True),
        ("3.4", "==3.3.*", False),
        ("1.4.2", "~=1.4.1", True),
        ("1.5", "~=1.4.1", False),
        ("2.0", "==2", True),
        ("nonsense", "===what", True),
        ("1.0", "", True),
    ],
)
def test_versions_are_compared_as_pip_does(installed: str, wanted: str, met: bool) -> None:
    assert meets(installed, wanted) is met


def test_the_doctor_names_an_installed_one_that_does_not_fit(
    sqlite_project: Project, tmp_path: Path
) -> None:
    env = distribution(tmp_path / "site", "sqlmodel", "0.0.14", requires=["SQLAlchemy<2.0"])
    before = sqlite_project.snapshot()
    result = sqlite_project.alembic("guard-doctor", env=env)
    assert result.returncode == 0
    said = [line for line in result.stdout.splitlines() if line.startswith("warning: ")]
    assert said == [
        "warning: unsupported-versions: sqlmodel 0.0.14 needs SQLAlchemy <2.0, "
        f"and {sqlalchemy.__version__} is installed."
    ]
    assert sqlite_project.snapshot() == before
