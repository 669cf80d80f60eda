"""What env.py says of `target_metadata`, read by syntax."""

from __future__ import annotations

from pathlib import Path

import pytest

from alembic_guard.runtime.env_target import EnvTarget, env_target, late_imports


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("target_metadata = None", EnvTarget(1, "target_metadata = None")),
        ("x = 1", EnvTarget()),
        (
            "target_metadata = {'one': Base.metadata, 'two': None}",
            EnvTarget(
                1,
                "target_metadata = {'one': Base.metadata, 'two': None}",
                keyed=True,
                keys=("one",),
            ),
        ),
        ("target_metadata: object = {}", EnvTarget(1, "target_metadata: object = {}", keyed=True)),
        ("target_metadata = MetaData()", EnvTarget(1, "target_metadata = MetaData()", made_at=1)),
        (
            "from models import Base\ntarget_metadata = Base.metadata",
            EnvTarget(2, "target_metadata = Base.metadata"),
        ),
        (
            "class Base(DeclarativeBase): pass\ntarget_metadata = Base.metadata",
            EnvTarget(2, "target_metadata = Base.metadata", made_at=1),
        ),
        (
            "Base = declarative_base()\ntarget_metadata = Base.metadata",
            EnvTarget(2, "target_metadata = Base.metadata", made_at=1),
        ),
        (
            "target_metadata = None\nif x:\n    target_metadata = B.metadata",
            EnvTarget(3, "target_metadata = B.metadata"),
        ),
        (
            "context.configure(url=url, target_metadata=t)\ncontext.configure(connection=c)",
            EnvTarget(handed=False),
        ),
        ("context.configure(connection=c, target_metadata=t)", EnvTarget()),
        ("context.configure(connection=c, **options)", EnvTarget()),
        ("not Python", EnvTarget()),
    ],
)
def test_the_last_line_that_says_it_is_found(
    tmp_path: Path, text: str, expected: EnvTarget
) -> None:
    (tmp_path / "env.py").write_text(text)
    assert env_target(tmp_path / "env.py") == expected


def test_an_env_py_that_is_not_there_says_nothing(tmp_path: Path) -> None:
    assert env_target(tmp_path / "env.py") == EnvTarget()


def test_an_import_that_has_not_run_yet_is_found_where_it_will(tmp_path: Path) -> None:
    text = """\
import json
from shop_of_it import order as renamed
import bills_of_it.lines
if x:
    import conditional_of_it
def later():
    import local_of_it
from . import relative_of_it
"""
    (tmp_path / "env.py").write_text(text)
    assert late_imports(tmp_path / "env.py") == {
        "shop_of_it": 2,
        "shop_of_it.order": 2,
        "bills_of_it.lines": 3,
    }
    assert late_imports(tmp_path / "nothing.py") == {}
