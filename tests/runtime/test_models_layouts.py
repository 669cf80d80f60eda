"""Every way of mapping and every layout of a project that is known, half of it imported."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import MetaData

from alembic_guard.runtime.models import (
    COMPUTED,
    CONDITIONAL,
    DeclaredTable,
    camel_to_snake_case,
    undeclared_tables,
)
from tests.runtime.code import BASE, Code, code_in, metadata_of

ORDER = "from shop.db import Base\nclass Order(Base): __tablename__ = 'orders'"


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


def found(code: Code, metadata: MetaData) -> list[DeclaredTable]:
    return undeclared_tables(metadata, [code.root], [])


def keys_once_loaded(code: Code, metadata: MetaData, module: str) -> list[str]:
    """What SQLAlchemy itself makes of a module: the answer that reading it has to give."""
    before = set(metadata.tables)
    code.load(module)
    return sorted(set(metadata.tables) - before)


# --- Names that are not said in the class --------------------------------------------------------


def test_a_mixin_and_an_abstract_class_hand_their_name_on_and_a_mapped_class_does_not(
    shop: Code,
) -> None:
    text = """\
        from sqlalchemy.orm import Mapped, mapped_column
        from .db import Base
        class Named:
            __tablename__ = "mixed"
        class Abstract(Base):
            __abstract__ = True
            __tablename__ = "handed_on"
            id: Mapped[int] = mapped_column(primary_key=True)
        class A(Named, Base):
            id: Mapped[int] = mapped_column(primary_key=True)
        class B(Abstract): pass
        class C(A):
            __tablename__ = None
    """
    shop.write("shop/order.py", text)
    metadata = metadata_of("shop.db")
    said = [table.key for table in found(shop, metadata)]
    assert said == ["mixed", "handed_on"]
    assert sorted(said) == keys_once_loaded(shop, metadata, "shop.order")


def test_a_name_that_is_computed_is_a_doubt(shop: Code) -> None:
    text = """\
        from sqlalchemy.orm import Mapped, declared_attr, mapped_column
        from .db import Base
        class Named:
            @declared_attr.directive
            def __tablename__(cls): return cls.__name__.lower()
        class A(Named, Base):
            id: Mapped[int] = mapped_column(primary_key=True)
        class B(Base):
            __tablename__ = "b".upper()
            id: Mapped[int] = mapped_column(primary_key=True)
        class C(Base):
            __tablename__ = "c"
            id: Mapped[int] = mapped_column(primary_key=True)
    """
    shop.write("shop/order.py", text)
    said = [(table.name, table.key, table.doubt) for table in found(shop, metadata_of("shop.db"))]
    assert said == [(None, "A", COMPUTED), (None, "B", COMPUTED), ("c", "c", "")]


def test_a_base_that_computes_names_makes_each_class_a_doubt(code: Code) -> None:
    text = """\
        from sqlalchemy.orm import DeclarativeBase, declared_attr
        class Base(DeclarativeBase):
            @declared_attr.directive
            def __tablename__(cls): return cls.__name__.lower()
    """
    code.write("shop/db.py", text)
    text = """\
        from sqlalchemy.orm import Mapped, mapped_column
        from shop.db import Base
        class Order(Base):
            id: Mapped[int] = mapped_column(primary_key=True)
    """
    code.write("shop/order.py", text)
    code.load("shop.db")
    said = [(table.key, table.doubt) for table in found(code, metadata_of("shop.db"))]
    assert said == [("Order", COMPUTED)]


def test_a_declaration_under_a_condition_is_a_doubt(shop: Code) -> None:
    text = """\
        import os
        from sqlalchemy import Table
        from .db import Base
        if os.environ.get("WITH_AUDIT"):
            class Audit(Base): __tablename__ = "audit"
            log = Table("log", Base.metadata)
        try:
            class Order(Base): __tablename__ = "orders"
        except Exception:
            pass
    """
    shop.write("shop/order.py", text)
    said = [(table.key, table.doubt) for table in found(shop, metadata_of("shop.db"))]
    assert said == [("audit", CONDITIONAL), ("log", CONDITIONAL), ("orders", "")]


# --- Ways of mapping -----------------------------------------------------------------------------


def test_dataclasses_registries_and_imperative_mappings_are_read_as_sqlalchemy_does(
    code: Code,
) -> None:
    text = """\
        from sqlalchemy import MetaData
        from sqlalchemy.orm import DeclarativeBase, MappedAsDataclass, registry
        class Base(MappedAsDataclass, DeclarativeBase): pass
        reg = registry(metadata=Base.metadata)
    """
    code.write("shop/db.py", text)
    text = """\
        from sqlalchemy import Column, Integer, Table
        from sqlalchemy.orm import Mapped, mapped_column
        from .db import Base, reg
        class A(Base, kw_only=True):
            __tablename__ = "a"
            id: Mapped[int] = mapped_column(primary_key=True)
        @reg.mapped_as_dataclass
        class B:
            __tablename__ = "b"
            id: Mapped[int] = mapped_column(primary_key=True)
        class C: pass
        c_table = Table("c", reg.metadata, Column("id", Integer, primary_key=True))
        reg.map_imperatively(C, c_table)
        @reg.mapped
        class D:
            __table__ = Table("d", Base.metadata, Column("id", Integer, primary_key=True))
        @reg.mapped
        class E:
            __table__ = c_table
        class F: pass
        reg.map_imperatively(F, Table("f", Base.metadata, Column("id", Integer, primary_key=True)))
    """
    code.write("shop/order.py", text)
    code.load("shop.db")
    metadata = metadata_of("shop.db")
    said = [table.key for table in found(code, metadata)]
    assert said == ["a", "b", "c", "d", "f"]
    assert said == keys_once_loaded(code, metadata, "shop.order")


def test_the_older_declarative_base_is_followed(code: Code) -> None:
    code.write(
        "shop/db.py", "from sqlalchemy.orm import declarative_base\nBase = declarative_base()"
    )
    code.write("shop/order.py", ORDER)
    code.load("shop.db")
    assert [table.key for table in found(code, metadata_of("shop.db"))] == ["orders"]


def test_several_metadata_are_one_project(code: Code) -> None:
    text = """\
        from sqlalchemy import MetaData
        from sqlalchemy.orm import DeclarativeBase
        class One(DeclarativeBase): pass
        class Two(DeclarativeBase): pass
        class Three(DeclarativeBase): pass
    """
    code.write("shop/db.py", text)
    text = "from shop.db import *\n" + "".join(
        f"class {name}Order({name}): __tablename__ = {name.lower()!r}\n"
        for name in ("One", "Two", "Three")
    )
    code.write("shop/order.py", text)
    code.load("shop.db")
    given = tuple(metadata_of("shop.db", name) for name in ("One", "Two"))
    tables = undeclared_tables(given, [code.root], [])
    assert [table.key for table in tables] == ["one", "two"]


# --- Flask-SQLAlchemy ----------------------------------------------------------------------------

EXTENSIONS = "from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy({})"


@pytest.mark.parametrize("options", ["", "model_class=Base"])
def test_flask_sqlalchemy_gives_names_by_itself(code: Code, options: str) -> None:
    pytest.importorskip("flask_sqlalchemy")
    code.write("shop/extensions.py", f"{BASE}{EXTENSIONS.format(options)}")
    text = """\
        from .extensions import db
        class Timed:
            made = db.Column(db.Integer)
        class Named:
            __tablename__ = "named"
        class Keyed(db.Model):
            __abstract__ = True
            id = db.Column(db.Integer, primary_key=True)
        class HTTPRequestLog(Timed, db.Model):
            id = db.Column(db.Integer, primary_key=True)
        class Tag(Keyed): pass
        class WithName(Named, Keyed): pass
        class OwnName(Keyed):
            __tablename__ = "own"
        class Person(db.Model):
            id = db.Column(db.Integer, primary_key=True)
            kind = db.Column(db.String)
            __mapper_args__ = {"polymorphic_on": kind, "polymorphic_identity": "person"}
        class Clerk(Person):
            __mapper_args__ = {"polymorphic_identity": "clerk"}
            desk = db.Column(db.Integer)
        class Engineer(Person):
            __mapper_args__ = {"polymorphic_identity": "engineer"}
            id = db.Column(db.ForeignKey("person.id"), primary_key=True)
    """
    code.write("shop/models.py", text)
    code.load("shop.extensions")
    metadata = metadata_of("shop.extensions", "db")
    said = [table.key for table in found(code, metadata)]
    assert said == ["http_request_log", "tag", "named", "own", "person", "engineer"]
    assert sorted(said) == keys_once_loaded(code, metadata, "shop.models")


def test_flask_sqlalchemy_without_names_of_its_own_makes_no_table_of_a_nameless_class(
    code: Code,
) -> None:
    pytest.importorskip("flask_sqlalchemy")
    code.write("shop/extensions.py", EXTENSIONS.format("disable_autonaming=True"))
    text = """\
        from .extensions import db
        class Tag(db.Model):
            id = db.Column(db.Integer, primary_key=True)
    """
    code.write("shop/models.py", text)
    code.load("shop.extensions")
    assert found(code, metadata_of("shop.extensions", "db")) == []


def test_a_bind_of_flask_sqlalchemy_has_a_metadata_of_its_own(code: Code) -> None:
    pytest.importorskip("flask_sqlalchemy")
    code.write("shop/extensions.py", f"{EXTENSIONS.format('')}\ndb._make_metadata('logs')")
    text = """\
        from .extensions import db
        class Tag(db.Model):
            id = db.Column(db.Integer, primary_key=True)
        class Line(db.Model):
            __bind_key__ = "logs"
            id = db.Column(db.Integer, primary_key=True)
        class OfLogs(db.Model):
            __abstract__ = True
            __bind_key__ = "logs"
        class Page(OfLogs):
            id = db.Column(db.Integer, primary_key=True)
        links = db.Table("links", db.Column("id", db.Integer), bind_key="logs")
    """
    code.write("shop/models.py", text)
    db = code.load("shop.extensions").db
    assert [table.key for table in found(code, db.metadatas[None])] == ["tag"]
    assert [table.key for table in found(code, db.metadatas["logs"])] == ["line", "page", "links"]


@pytest.mark.parametrize(
    "name", ["User", "HTTPServer", "UserID2Name", "_Private", "oauth2Client", "ABTest", "A", "XYZ"]
)
def test_a_name_is_spelled_as_flask_sqlalchemy_spells_it(name: str) -> None:
    model = pytest.importorskip("flask_sqlalchemy.model")
    assert camel_to_snake_case(name) == model.camel_to_snake_case(name)


# --- SQLModel ------------------------------------------------------------------------------------


def test_a_sqlmodel_without_loaded_modules_is_found_and_named_as_sqlmodel_names_it(
    code: Code,
) -> None:
    sqlmodel = pytest.importorskip("sqlmodel")
    text = """\
        from sqlmodel import Field, SQLModel
        class Named(SQLModel):
            name: str
        class HeroTeam(Named, table=True):
            id: int = Field(primary_key=True)
        class HeroOut(Named): pass
        class Power(SQLModel, table=True):
            __tablename__ = "powers"
            __table_args__ = {"schema": "game"}
            id: int = Field(primary_key=True)
    """
    code.write("heroes_of_it/models.py", text)
    metadata = sqlmodel.SQLModel.metadata
    said = [table.key for table in found(code, metadata)]
    assert said == ["heroteam", "game.powers"]
    try:
        assert sorted(said) == keys_once_loaded(code, metadata, "heroes_of_it.models")
    finally:
        for key in said:
            metadata.remove(metadata.tables[key])


# --- Layouts -------------------------------------------------------------------------------------


def test_in_a_src_layout_a_module_is_named_from_src(
    code: Code, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(code.root / "src"))
    code.write("src/shop/__init__.py")
    code.write("src/shop/db.py", BASE)
    code.write("src/shop/order.py", ORDER)
    code.write("src/billing/order.py", ORDER.replace("orders", "bills"))
    code.write("scripts/order.py", ORDER.replace("orders", "beside"))
    code.load("shop.db")

    tables = undeclared_tables(metadata_of("shop.db"), [code.root], [])
    assert [(table.module, table.key) for table in tables] == [
        ("billing.order", "bills"),
        ("shop.order", "orders"),
    ]


def test_a_package_that_is_installed_editable_is_found_from_another_folder(
    shop: Code, tmp_path_factory: pytest.TempPathFactory
) -> None:
    shop.write("shop/order.py", ORDER)
    shop.write("beside.py", ORDER.replace("orders", "beside"))
    elsewhere = tmp_path_factory.mktemp("elsewhere")

    tables = undeclared_tables(metadata_of("shop.db"), [elsewhere], [])
    assert [(table.module, table.key) for table in tables] == [("shop.order", "orders")]


def test_a_folder_within_a_package_that_is_on_the_path_too_gives_no_second_name(
    shop: Code, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(shop.root / "shop"))
    shop.write("shop/order.py", ORDER)

    assert shop.find(metadata_of("shop.db")) == [("shop.order", "Order", "orders", "2")]


def test_what_is_on_no_path_has_no_import_and_is_not_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "path", [each for each in sys.path if each])
    text = "from known_base import Base\nclass A(Base): __tablename__ = 'a'"
    (tmp_path / "unreachable.py").write_text(text)
    assert undeclared_tables(MetaData(), [tmp_path], []) == []


def test_the_package_that_forgets_one_of_its_modules_is_named(shop: Code) -> None:
    shop.write("shop/models/__init__.py", "from . import user")
    shop.write("shop/models/user.py", "from shop.db import Base")
    shop.write("shop/models/order.py", ORDER)
    shop.write("shop/models/sales/__init__.py", ORDER.replace("orders", "sales"))
    shop.write("shop/models/deep/bill.py", ORDER.replace("orders", "bills"))
    shop.write("shop/order.py", ORDER.replace("orders", "beside"))
    shop.load("shop.models")

    package = shop.root / "shop" / "models" / "__init__.py"
    said = {table.key: table.package for table in found(shop, metadata_of("shop.db"))}
    assert said == {"orders": package, "sales": package, "bills": None, "beside": None}


def test_a_sibling_service_is_not_entered_and_ones_own_is(code: Code) -> None:
    """`alembic -c services/a/alembic.ini` from the root of a repository with two services."""
    code.write("services/a/alembic.ini")
    code.write("services/a/migrations/script.py.mako")
    code.write("services/a/app/db.py", BASE)
    order = "from services.a.app.db import Base\nclass Order(Base): __tablename__ = 'orders'"
    for name in ("a", "b", "c"):
        code.write(f"services/{name}/app/order.py", order)
    code.write("services/b/alembic.ini")
    code.write("services/c/migrations/script.py.mako")
    code.load("services.a.app.db")

    metadata = metadata_of("services.a.app.db")
    expected = [("services.a.app.order", "Order", "orders", "2")]
    assert code.find(metadata, "services/a/migrations") == expected


def test_what_git_ignores_is_not_entered_unless_it_is_loaded(shop: Code) -> None:
    shop.write(".gitignore", "# generated\n/scratch/\nlocal\nshop\n*.pyc\n!kept\n*\n")
    for folder in ("scratch", "shop/local", "shop/scratch", "local"):
        shop.write(f"{folder}/order.py", ORDER)

    expected = [("shop.scratch.order", "Order", "orders", "2")]
    assert shop.find(metadata_of("shop.db")) == expected


def test_tests_and_scripts_that_run_are_not_read(shop: Code) -> None:
    for name in ("tests", "test_order", "order_test", "conftest", "__main__", "latest"):
        shop.write(f"shop/{name}.py", ORDER)

    assert shop.find(metadata_of("shop.db")) == [("shop.latest", "Order", "orders", "2")]


def test_folders_that_are_not_of_the_application_are_passed_by(shop: Code) -> None:
    names = ("benchmarks", "doc", "docs", "example", "examples", "scripts", "testing")
    for name in names:
        shop.write(f"{name}/factories.py", ORDER)
    for name in ("docs", "testing"):
        shop.write(f"shop/{name}/order.py", ORDER)

    assert [table.module for table in found(shop, metadata_of("shop.db"))] == ["shop.docs.order"]


def test_what_is_far_from_the_loaded_models_is_told_from_what_is_near(shop: Code) -> None:
    for path in ("demo.py", "billing/order.py", "shop/deep/down/order.py"):
        shop.write(path, ORDER)

    near = {table.module: table.near for table in found(shop, metadata_of("shop.db"))}
    assert near == {"demo": False, "billing.order": False, "shop.deep.down.order": True}


def test_a_module_beside_a_loaded_one_is_near_and_a_folder_beside_it_is_not(code: Code) -> None:
    code.write("models_of_it.py", BASE)
    order = "from models_of_it import Base\nclass Order(Base): __tablename__ = 'orders'"
    code.write("orders_of_it.py", order)
    code.write("billing/order.py", order)
    code.load("models_of_it")

    near = {table.module: table.near for table in found(code, metadata_of("models_of_it"))}
    assert near == {"orders_of_it": True, "billing.order": False}
