"""What a project could give as target_metadata, found without importing it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from alembic_guard.runtime.metadata_holders import MetadataHolder, metadata_holders
from tests.runtime.code import BASE, Code, code_in


@pytest.fixture
def code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Code]:
    with code_in(tmp_path, monkeypatch) as code:
        yield code


def held(code: Code) -> list[tuple[str, int]]:
    """The line of code and the place of each."""
    return [(one.code(), one.line) for one in metadata_holders([code.root], [])]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("from sqlalchemy.orm import DeclarativeBase\nclass Base(DeclarativeBase): pass", "Base"),
        ("from sqlalchemy import orm\nclass B(orm.MappedAsDataclass, orm.DeclarativeBase): 1", "B"),
        ("import sqlalchemy.orm as o\nclass Base(o.DeclarativeBaseNoMeta): pass", "Base"),
        ("from sqlalchemy.orm import declarative_base as d\nBase = d()", "Base"),
        ("from sqlalchemy.ext.declarative import declarative_base\nB = declarative_base()", "B"),
        ("from sqlalchemy.orm import registry\nB = registry().generate_base()", "B"),
        ("from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()", "db"),
        ("from sqlalchemy.orm import registry\nreg = registry()", "reg"),
    ],
)
def test_what_has_a_metadata_is_found_by_how_it_is_made(code: Code, text: str, name: str) -> None:
    code.write("shop/holder.py", text)
    line = f"from shop.holder import {name}; target_metadata = {name}.metadata"
    assert held(code) == [(line, 2)]
    assert "shop.holder" not in sys.modules


def test_a_bare_metadata_counts_where_nothing_better_is_in_the_file(code: Code) -> None:
    code.write("a.py", "from sqlalchemy import MetaData\nmetadata = MetaData()")
    code.write("b.py", f"from sqlalchemy import MetaData\nmetadata = MetaData()\n{BASE}")
    assert held(code) == [
        ("from a import metadata; target_metadata = metadata", 2),
        ("from b import Base; target_metadata = Base.metadata", 4),
    ]


def test_sqlmodel_is_given_with_the_modules_of_its_tables(code: Code) -> None:
    text = "from sqlmodel import SQLModel\nclass {}(SQLModel, table={}): id: int"
    code.write("heroes/hero.py", text.format("Hero", True))
    code.write("heroes/team.py", text.format("Team", True))
    code.write("heroes/out.py", text.format("Out", False))
    assert held(code) == [
        (
            "import heroes.hero; import heroes.team; from sqlmodel import SQLModel; "
            "target_metadata = SQLModel.metadata",
            2,
        )
    ]


def test_one_that_is_loaded_says_how_many_tables_it_has_and_comes_first(code: Code) -> None:
    code.write("a.py", BASE)
    code.write(
        "b_of_it.py",
        f"from sqlalchemy import Table\n{BASE}Table('x', Base.metadata)",
    )
    code.load("b_of_it")
    assert [(one.module, one.tables) for one in metadata_holders([code.root], [])] == [
        ("b_of_it", 1),
        ("a", None),
    ]


def test_what_only_looks_alike_is_not_found(code: Code) -> None:
    code.write("a.py", "class DeclarativeBase: pass\nclass Base(DeclarativeBase): pass")
    code.write("b.py", "from mine import MetaData\nmetadata = MetaData()")
    code.write("c.py", "from sqlalchemy import MetaData\ndef f():\n    m = MetaData()")
    code.write("d.py", "from sqlalchemy.orm import DeclarativeBase\nclass Broken(DeclarativeBase:")
    assert held(code) == []


def test_multidb_gets_a_line_for_each_of_its_databases() -> None:
    holder = MetadataHolder("models", "Base", "Base.metadata", Path("models.py"), 1)
    assert holder.code(["a", "b"]) == (
        'from models import Base; target_metadata = {"a": Base.metadata, "b": Base.metadata}'
    )
