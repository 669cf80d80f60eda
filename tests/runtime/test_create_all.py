"""Calls of `create_all()` are found by syntax, and only those on the project's own metadata."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import MetaData

from alembic_guard.runtime.create_all import create_all_calls
from tests.runtime.code import BASE, Code, code_in, metadata_of


@pytest.fixture
def code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Code]:
    with code_in(tmp_path, monkeypatch) as code:
        yield code


def called(code: Code, metadata: MetaData, *skip: str) -> list[tuple[str, int]]:
    found = create_all_calls([metadata], [code.root], [code.root / each for each in skip])
    return [(call.path.relative_to(code.root).as_posix(), call.line) for call in found]


def test_every_way_of_calling_it_is_found_with_its_line(code: Code) -> None:
    text = f"""{BASE}
def loaded(engine):
    Base.metadata.create_all(engine)
"""
    code.write("shop/db.py", text)
    code.write("shop/main.py", "import shop.db\ndef f(e):\n    shop.db.Base.metadata.create_all(e)")
    code.write(
        "shop/inner.py",
        "async def f(c):\n    from .db import Base\n    await c.run_sync(Base.metadata.create_all)",
    )
    code.write("shop/alias.py", "from .db import Base\nm = Base.metadata\nm.create_all(bind=None)")
    code.load("shop.db")
    assert called(code, metadata_of("shop.db")) == [
        ("shop/alias.py", 3),
        ("shop/db.py", 5),
        ("shop/inner.py", 3),
        ("shop/main.py", 3),
    ]


def test_tests_migrations_and_other_metadata_are_not_found(code: Code) -> None:
    code.write("shop/db.py", BASE)
    call = "from shop.db import Base\nBase.metadata.create_all(None)"
    for path in ("shop/tests/x.py", "shop/test_x.py", "migrations/env2.py"):
        code.write(path, call)
    code.write("shop/other.py", f"{BASE}Base.metadata.create_all(None)")
    code.write("shop/unknown.py", "def f(metadata):\n    metadata.create_all()")
    code.write("shop/text.py", "'Base.metadata.create_all()'  # create_all")
    code.write("shop/broken.py", "Base.metadata.create_all(")
    code.load("shop.db")
    assert called(code, metadata_of("shop.db"), "migrations") == []


def test_scripts_are_read_and_what_is_beside_the_application_is_not(code: Code) -> None:
    code.write("shop/db.py", BASE)
    for path in ("scripts/init_db.py", "docs/x.py", "examples/x.py", "testing/x.py"):
        code.write(path, "from shop.db import Base\nBase.metadata.create_all(None)")
    code.load("shop.db")
    assert called(code, metadata_of("shop.db")) == [("scripts/init_db.py", 2)]


def test_flask_sqlalchemy_and_sqlmodel_are_followed(code: Code) -> None:
    pytest.importorskip("flask_sqlalchemy")
    sqlmodel = pytest.importorskip("sqlmodel")
    code.write("shop/ext.py", "from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()")
    code.write("shop/app.py", "from .ext import db\ndef f():\n    db.create_all()")
    code.write("shop/hero.py", "from sqlmodel import SQLModel\nSQLModel.metadata.create_all(None)")
    code.load("shop.ext")
    assert called(code, metadata_of("shop.ext", "db")) == [("shop/app.py", 3)]
    assert called(code, sqlmodel.SQLModel.metadata) == [("shop/hero.py", 2)]
