"""The models that a revision file imports."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import pytest
from sqlalchemy import Column, Integer, MetaData, Table
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from alembic_guard.finding import Place
from alembic_guard.runtime.model_imports import ModelImport, model_imports


class Base(DeclarativeBase):
    pass


class Shop(Base):
    __tablename__ = "shops"
    __table_args__ = {"schema": "sales"}  # noqa: RUF012

    id: Mapped[int] = mapped_column(primary_key=True)
    city: Mapped[str]


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    module = ModuleType("own_models")
    module.__file__ = str(tmp_path / "own_models.py")
    module.Shop = Shop  # type: ignore[attr-defined]
    module.orders = Table("orders", MetaData(), Column("id", Integer))  # type: ignore[attr-defined]
    module.Base = Base  # type: ignore[attr-defined]
    module.LIMIT = 5  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "own_models", module)
    monkeypatch.chdir(tmp_path)
    return module


def test_mapped_classes_and_tables_are_models_wherever_they_are_imported(
    models: ModuleType, tmp_path: Path
) -> None:
    file = tmp_path / "a1.py"
    file.write_text(
        "from own_models import LIMIT, Base, Shop\n\ndef upgrade():\n"
        "    from own_models import orders as sold\n"
    )
    assert model_imports(file) == (
        ModelImport("own_models.Shop", Place("a1.py", 1), "sales.shops", ("id", "city")),
        ModelImport("own_models.orders", Place("a1.py", 4), "orders", ("id",)),
    )


def test_what_is_not_imported_yet_not_there_or_no_python_has_none(
    models: ModuleType, tmp_path: Path
) -> None:
    file = tmp_path / "a1.py"
    file.write_text("from never_imported import Shop\nfrom own_models import nothing\n")
    broken = tmp_path / "b2.py"
    broken.write_text("from own_models import (\n")
    assert [model_imports(each) for each in (file, broken, tmp_path / "c3.py")] == [(), (), ()]


def test_an_installed_package_is_not_the_projects_own(models: ModuleType, tmp_path: Path) -> None:
    models.__file__ = str(tmp_path / "site-packages" / "own_models.py")
    file = tmp_path / "a1.py"
    file.write_text("from own_models import Shop\n")
    assert model_imports(file) == ()
