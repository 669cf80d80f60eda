"""root-without-venv: a note where the system's Python is used by root, and nowhere else."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from alembic_guard import guards
from alembic_guard.finding import Finding, Severity
from alembic_guard.runtime.installation import Installation, in_container


def found(root: bool, virtual_environment: bool, container: bool) -> list[Finding]:
    subject = Installation(
        "3.11.4",
        {"sqlalchemy": "2.1.9"},
        root=root,
        virtual_environment=virtual_environment,
        container=container,
    )
    return guards.judge(subject)


def test_root_on_the_systems_python_is_a_note() -> None:
    assert found(root=True, virtual_environment=False, container=False) == [
        Finding(
            "root-without-venv",
            "Alembic runs as root, on the system's Python 3.11.4.",
            why="What is installed or written belongs to root, and the system may replace it.",
            next=(
                "python -m venv .venv && . .venv/bin/activate && pip install alembic-guardrails",
            ),
            severity=Severity.NOTE,
        )
    ]


@pytest.mark.parametrize(
    "state",
    [each for each in itertools.product([True, False], repeat=3) if each != (True, False, False)],
)
def test_anywhere_else_nothing_is_said(state: tuple[bool, bool, bool]) -> None:
    assert found(*state) == []


@pytest.mark.parametrize(
    ("file", "text"),
    [
        (".dockerenv", ""),
        ("run/.containerenv", ""),
        ("proc/1/cgroup", "12:cpu:/kubepods/besteffort/pod1\n"),
        ("proc/1/cgroup", "1:name=systemd:/docker/0123\n"),
    ],
)
def test_a_container_is_known_by_its_files(tmp_path: Path, file: str, text: str) -> None:
    assert not in_container({}, tmp_path)
    (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / file).write_text(text, "utf-8")
    assert in_container({}, tmp_path)


@pytest.mark.parametrize("variable", ["KUBERNETES_SERVICE_HOST", "CI", "container"])
def test_a_container_and_a_ci_job_are_known_by_their_variables(
    tmp_path: Path, variable: str
) -> None:
    assert in_container({variable: "true"}, tmp_path)
    assert not in_container({variable: ""}, tmp_path)
