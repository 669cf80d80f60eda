"""Tables that are declared on disk and not loaded: each project is written, then half imported."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import MetaData

from alembic_guard.runtime.models import DeclaredTable, undeclared_tables
from tests.runtime.code import BASE, Code, code_in, metadata_of


@pytest.fixture
def code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Code]:
    with code_in(tmp_path, monkeypatch) as code:
        yield code


@pytest.fixture
def shop(code: Code) -> Code:
    """A package `shop` whose `shop.db` defines Base and is loaded; nothing else is."""
    code.write("shop/__init__.py")
    code.write("shop/db.py", BASE)
    code.load("shop.db")
    return code


def test_a_mapped_class_that_nobody_imported_is_found_with_its_place(shop: Code) -> None:
    text = """\
        from sqlalchemy.orm import Mapped, mapped_column
        from shop.db import Base

        class Order(Base):
            __tablename__ = "orders"
            id: Mapped[int] = mapped_column(primary_key=True)
    """
    shop.write("shop/models/order.py", text)

    expected = DeclaredTable(
        name="orders",
        schema=None,
        path=shop.root / "shop" / "models" / "order.py",
        line=4,
        class_name="Order",
        module="shop.models.order",
    )
    assert undeclared_tables(metadata_of("shop.db"), [shop.root], []) == [expected]
    assert expected.key == "orders"
    assert "shop.models.order" not in sys.modules


def test_what_is_loaded_or_in_the_metadata_is_not_found(shop: Code) -> None:
    text = """\
        from sqlalchemy import Column, Integer
        from .db import Base
        class User(Base):
            __tablename__ = "users"
            id = Column(Integer, primary_key=True)
        if False:
            class Conditional(Base):
                __tablename__ = "conditional"
    """
    shop.write("shop/users.py", text)
    shop.write("shop/copy.py", text.replace("conditional", "copied"))
    shop.load("shop.users")

    expected = [("shop.copy", "Conditional", "copied", "7")]
    assert shop.find(metadata_of("shop.db")) == expected


@pytest.mark.parametrize(
    ("imports", "base"),
    [
        ("from shop.db import Base", "Base"),
        ("from shop.db import Base as B", "B"),
        ("from .db import Base", "Base"),
        ("from . import db", "db.Base"),
        ("import shop.db", "shop.db.Base"),
        ("import shop.db as d", "d.Base"),
        ("from shop.db import *", "Base"),
        ("import typing, shop.db\nModel = shop.db.Base", "Model"),
        (
            "try:\n    from nothing import Base\nexcept ImportError:\n    from .db import Base",
            "Base",
        ),
        ("from typing import TYPE_CHECKING\nfrom shop.facade import Base", "Base"),
        ("from shop.lazy import Base", "Base"),
        ("from shop.middle import Middle", "Middle"),
        ("from shop.db import Base\nclass Own(Base):\n    __abstract__ = True", "Own"),
        ("from shop.db import Base\nclass Mixin: pass", "Mixin, Base"),
        ("from shop.db import Base", "Base[int]"),
    ],
)
def test_a_base_is_followed_through_every_kind_of_import(
    shop: Code, imports: str, base: str
) -> None:
    shop.write("shop/facade.py", "from .lazy import Base")
    shop.write("shop/lazy.py", "if True:\n    from shop.db import Base")
    shop.write("shop/middle.py", "from shop.facade import Base\nclass Middle(Base): x = 1")
    shop.write("shop/order.py", f"{imports}\nclass Order({base}): __tablename__ = 'orders'")

    line = str(imports.count("\n") + 2)
    assert shop.find(metadata_of("shop.db")) == [("shop.order", "Order", "orders", line)]


@pytest.mark.parametrize(
    "imports",
    [
        "from other.db import Base",
        "from shop.another import Base",
        "from shop.missing import Base",
        "from sqlalchemy.orm import declarative_base\nBase = declarative_base()",
        "from sqlalchemy.orm import DeclarativeBase as Base",
        "from shop.circle import Base",
        "from .... import Base",
        "",
    ],
)
def test_a_base_that_is_another_or_unknown_is_not_reported(shop: Code, imports: str) -> None:
    shop.write("shop/another.py", BASE)
    shop.write("shop/circle.py", "from shop.round import Base\nclass A(B): pass\nclass B(A): pass")
    shop.write("shop/round.py", "from shop.circle import Base\nfrom shop.round import *")
    shop.write("shop/order.py", f"{imports}\nclass Order(Base): __tablename__ = 'orders'")

    assert shop.find(metadata_of("shop.db")) == []


def test_classes_that_go_in_circles_end_nothing_but_their_file(shop: Code) -> None:
    circle = "class A(B): __tablename__ = 'a'\nclass B(A): pass\nclass C(C): __tablename__ = 'c'"
    shop.write("shop/circle.py", circle)
    shop.write("shop/order.py", "from .db import Base\nclass Order(Base): __tablename__ = 'orders'")

    assert shop.find(metadata_of("shop.db")) == [("shop.order", "Order", "orders", "2")]


def test_two_bases_of_one_project_are_kept_apart(shop: Code) -> None:
    shop.write("shop/logs.py", BASE)
    shop.load("shop.logs")
    shop.write("shop/a.py", "from .db import Base\nclass A(Base): __tablename__ = 'a'")
    shop.write("shop/b.py", "from .logs import Base\nclass B(Base): __tablename__ = 'b'")
    first, second = metadata_of("shop.db"), metadata_of("shop.logs")

    assert shop.find(first) == [("shop.a", "A", "a", "2")]
    assert shop.find(second) == [("shop.b", "B", "b", "2")]
    assert shop.find([first, second]) == [("shop.a", "A", "a", "2"), ("shop.b", "B", "b", "2")]


def test_classes_that_have_no_table_of_their_own_are_not_found(shop: Code) -> None:
    text = """\
        from .db import Base
        class Abstract(Base):
            __abstract__ = True
            __tablename__ = "abstract"
        class Mixin:
            __tablename__ = "mixed"
        class Parent(Base):
            __tablename__: str = "parent"
        class SingleTable(Parent): pass
        class Joined(Parent):
            __tablename__ = "joined"
        def make():
            class Local(Base):
                __tablename__ = "local"
    """
    shop.write("shop/order.py", text)

    expected = [("shop.order", "Parent", "parent", "7"), ("shop.order", "Joined", "joined", "10")]
    assert shop.find(metadata_of("shop.db")) == expected


def test_tables_are_found_by_their_metadata(code: Code) -> None:
    code.write(
        "shop/db.py",
        """\
        from sqlalchemy import MetaData
        from sqlalchemy.orm import registry, declarative_base
        metadata = MetaData()
        mapper_registry = registry(metadata=metadata)
        Base = declarative_base(metadata=metadata)
        """,
    )
    code.write(
        "shop/tables.py",
        """\
        import sqlalchemy as sa
        from sqlalchemy import Table, MetaData
        from .db import Base, mapper_registry, metadata
        own = MetaData()
        a = Table("a", metadata, sa.Column("id", sa.Integer))
        b: Table = sa.Table("b", Base.metadata)
        sa.schema.Table(name="c", metadata=mapper_registry.metadata)
        class D(Base):
            __table__ = Table("d", metadata)
        class E(Base):
            __tablename__ = "e"
            links = relationship(secondary=Table("e_links", Base.metadata))
        @mapper_registry.mapped
        class F:
            __tablename__ = "f"
        @mapper_registry.mapped_as_dataclass(unsafe_hash=True)
        class G:
            __tablename__ = "g"
        Table("not_ours", own)
        Table(computed, metadata)
        Base.Table("no_table", metadata)
        def later(): return Table("later", metadata)
        """,
    )
    code.load("shop.db")

    expected = [
        ("shop.tables", "", "a", "5"),
        ("shop.tables", "", "b", "6"),
        ("shop.tables", "", "c", "7"),
        ("shop.tables", "D", "d", "9"),
        ("shop.tables", "E", "e", "10"),
        ("shop.tables", "E", "e_links", "12"),
        ("shop.tables", "F", "f", "14"),
        ("shop.tables", "G", "g", "17"),
    ]
    assert code.find(metadata_of("shop.db")) == expected


def test_a_schema_is_read_where_it_is_said(shop: Code) -> None:
    text = """\
        from sqlalchemy import BLANK_SCHEMA, Table, UniqueConstraint
        from . import settings
        from .db import Base
        SCHEMA = "constant"
        class A(Base):
            __tablename__ = "a"
            __table_args__ = {"comment": "x", "schema": "literal"}
        class B(Base):
            __tablename__ = "b"
            __table_args__ = (UniqueConstraint("x"), {"schema": SCHEMA})
        class C(Base):
            __tablename__ = "c"
            __table_args__ = (UniqueConstraint("x"),)
        class D(Base):
            __tablename__ = "d"
            __table_args__ = {"schema": settings.SCHEMA}
        class E(Base):
            __tablename__ = "e"
            __table_args__ = ()
        Table("f", Base.metadata, schema="literal")
        Table("g", Base.metadata, schema=None)
        Table("h", Base.metadata, schema=BLANK_SCHEMA)
    """
    shop.write("shop/settings.py", "SCHEMA = 'setting'")
    shop.write("shop/order.py", text)

    expected = ["literal.a", "constant.b", "c", "setting.d", "e", "literal.f", "g", "h"]
    assert [row[2] for row in shop.find(metadata_of("shop.db"))] == expected


def test_the_metadata_gives_its_default_schema(code: Code) -> None:
    code.write("shop/__init__.py")
    code.write(
        "shop/db.py",
        """\
        from sqlalchemy import MetaData
        from sqlalchemy.orm import DeclarativeBase
        class Base(DeclarativeBase):
            metadata = MetaData(schema="sales")
        """,
    )
    code.write(
        "shop/order.py",
        """\
        from sqlalchemy import BLANK_SCHEMA, Column, Integer, Table
        from .db import Base
        class Order(Base):
            __tablename__ = "orders"
            id = Column(Integer, primary_key=True)
        Table("other", Base.metadata, Column("id", Integer), schema="other")
        Table("none", Base.metadata, Column("id", Integer), schema=BLANK_SCHEMA)
        """,
    )
    code.load("shop.db")
    metadata = metadata_of("shop.db")

    expected = [
        ("shop.order", "Order", "sales.orders", "3"),
        ("shop.order", "", "other.other", "6"),
        ("shop.order", "", "none", "7"),
    ]
    assert code.find(metadata) == expected
    code.load("shop.order")
    assert sorted(metadata.tables) == sorted(row[2] for row in expected)


def test_a_computed_schema_can_be_any_that_has_the_table(shop: Code) -> None:
    text = """\
        from sqlalchemy import Column, Integer, Table
        from .db import Base
        Table("known", Base.metadata, Column("id", Integer), schema="somewhere")
    """
    shop.write("shop/known.py", text)
    shop.load("shop.known")
    text = """\
        from sqlalchemy import Table
        from .db import Base
        Table("known", Base.metadata, schema=computed())
        Table("unknown", Base.metadata, schema=computed())
        class Known(Base):
            __tablename__ = "known"
            __table_args__ = (*arguments, options)
    """
    shop.write("shop/order.py", text)

    assert shop.find(metadata_of("shop.db")) == [("shop.order", "", "unknown", "4")]


def test_folders_that_hold_no_models_are_not_entered(shop: Code) -> None:
    passed_by = [
        "shop/migrations/versions/a.py",
        "shop/tests/a.py",
        "shop/test_order.py",
        "shop/conftest.py",
        "shop/.hidden/a.py",
        "shop/node_modules/a.py",
        "shop/__pycache__/a.py",
        "shop/build/a.py",
        "shop/lib/site-packages/a.py",
        "shop/venv/lib/a.py",
        "shop/service/models.py",
        "shop/tool/models.py",
        "shop/not-a-name/a.py",
        "shop/not-a-name.py",
    ]
    for path in [*passed_by, "shop/entered/order.py"]:
        shop.write(path, "from shop.db import Base\nclass Order(Base): __tablename__ = 'orders'")
    shop.write("shop/venv/pyvenv.cfg")
    shop.write("shop/service/alembic.ini")
    shop.write("shop/tool/pyproject.toml")

    expected = [("shop.entered.order", "Order", "orders", "2")]
    assert shop.find(metadata_of("shop.db"), "shop/migrations") == expected


def test_what_is_installed_inside_the_project_is_not_read(
    code: Code, monkeypatch: pytest.MonkeyPatch
) -> None:
    code.write("db.py", BASE)
    code.load("db")
    installed = ".venv/lib/python3/site-packages"
    order = "from db import Base\nclass Order(Base): __tablename__ = 'orders'"
    code.write(f"{installed}/theirs.py", order)
    monkeypatch.syspath_prepend(code.root / installed)
    assert code.find(metadata_of("db")) == []
    code.write("own.py", order)
    assert code.find(metadata_of("db")) == [("own", "Order", "orders", "2")]


def test_files_that_cannot_be_parsed_are_passed_over(shop: Code) -> None:
    shop.write("shop/broken.py", "class Order(Base: __tablename__ = 'broken'")
    (shop.root / "shop" / "nul.py").write_bytes(b"__tablename__ = '\0'")
    (shop.root / "shop" / "latin.py").write_bytes(b"__tablename__ = '\xe9'")
    (shop.root / "shop" / "gone.py").symlink_to(shop.root / "nowhere.py")
    shop.write("shop/order.py", "from .db import Base\nclass Order(Base): __tablename__ = '\\d'")

    assert shop.find(metadata_of("shop.db")) == [("shop.order", "Order", "\\d", "2")]


def test_a_project_of_single_modules_is_searched_from_its_root(code: Code) -> None:
    code.write("database_of_it.py", BASE)
    order = "from database_of_it import Base\nclass Order(Base): __tablename__ = 'orders'"
    code.write("orders_of_it.py", order)
    code.write("billing/__init__.py", order.replace("orders", "bills"))
    code.write("alembic.ini")
    code.load("database_of_it")

    expected = [("billing", "Order", "bills", "2"), ("orders_of_it", "Order", "orders", "2")]
    assert code.find(metadata_of("database_of_it")) == expected


def test_packages_beside_that_of_the_base_are_searched(shop: Code) -> None:
    order = "from shop.db import Base\nclass Order(Base): __tablename__ = 'orders'"
    shop.write("billing/models.py", order)

    assert shop.find(metadata_of("shop.db")) == [("billing.models", "Order", "orders", "2")]


def test_a_module_is_named_from_the_folder_that_its_package_is_found_in(
    code: Code, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(code.root / "src"))
    code.write("settings_of_it.py", "from shop.db import Base")
    code.write("src/shop/db.py", BASE)
    code.write("src/shop/order.py", "from .db import Base\nclass A(Base): __tablename__ = 'a'")
    code.load("settings_of_it")

    assert code.find(metadata_of("shop.db")) == [("shop.order", "A", "a", "2")]


def test_values_that_must_not_be_touched_are_not_touched(shop: Code) -> None:
    text = """\
        class Proxy:
            @property
            def __class__(self): raise RuntimeError("working outside of application context")
            def __getattr__(self, name): raise RuntimeError(name)
            def __eq__(self, other): raise RuntimeError("compared")
        current = Proxy()
    """
    shop.write("shop/proxies.py", text)
    text = """\
        from sqlalchemy import Table
        from .db import Base
        from .proxies import current
        Table("a", Base.metadata, schema=current)
        current.Table("b", current.metadata)
        class C(current.Model): __tablename__ = "c"
        class D(Base):
            __tablename__ = "d"
            __table_args__ = {"schema": current.config["SCHEMA"]}
    """
    shop.write("shop/order.py", text)
    shop.load("shop.proxies")

    expected = [("shop.order", "", "a", "4"), ("shop.order", "D", "d", "7")]
    assert shop.find(metadata_of("shop.db")) == expected


def test_a_folder_that_is_not_there_holds_nothing(tmp_path: Path) -> None:
    assert undeclared_tables(MetaData(), [tmp_path / "missing"], [tmp_path / "neither"]) == []


def test_flask_sqlalchemy_is_followed_to_its_model(code: Code) -> None:
    pytest.importorskip("flask_sqlalchemy")
    code.write("shop/extensions.py", "from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()")
    text = """\
        from .extensions import db
        class Order(db.Model):
            __tablename__ = "orders"
        links = db.Table("links", db.Column("id", db.Integer))
        more = db.Table("more", db.metadata)
    """
    code.write("shop/models.py", text)
    code.load("shop.extensions")
    metadata = metadata_of("shop.extensions", "db")

    expected = [
        ("shop.models", "Order", "orders", "2"),
        ("shop.models", "", "links", "4"),
        ("shop.models", "", "more", "5"),
    ]
    assert code.find(metadata) == expected


def test_sqlmodel_tables_are_those_that_say_so(code: Code) -> None:
    sqlmodel = pytest.importorskip("sqlmodel")
    text = """\
        from sqlmodel import Field, SQLModel
        class HeroBase(SQLModel):
            name: str
        class Hero(HeroBase, table=True):
            id: int = Field(primary_key=True)
        class Team(SQLModel, table=True):
            __tablename__ = "teams"
        class HeroPublic(HeroBase):
            __tablename__ = "not_a_table"
        class Empty(SQLModel, table=False): pass
    """
    code.write("heroes/models.py", text)

    expected = [("heroes.models", "Hero", "hero", "4"), ("heroes.models", "Team", "teams", "6")]
    assert code.find(sqlmodel.SQLModel.metadata) == expected
