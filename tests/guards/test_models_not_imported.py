"""`models-not-imported` names the file, its tables and the line that loads them."""

from __future__ import annotations

from alembic_guard.runtime.env_target import EnvTarget
from alembic_guard.runtime.models import COMPUTED, CONDITIONAL, DeclaredTable
from tests.guards.of_metadata import findings, here, said

TARGET = EnvTarget(23, "target_metadata = Base.metadata")


def table(name: str | None, line: int = 4, **more: object) -> DeclaredTable:
    values: dict[str, object] = {
        "schema": None,
        "path": here("shop/models/order.py"),
        "line": line,
        "class_name": "Order",
        "module": "shop.models.order",
    }
    return DeclaredTable(name, **{**values, **more})  # type: ignore[arg-type]


def test_the_tables_of_one_file_are_one_finding() -> None:
    [finding] = findings(undeclared=(table("orders"), table("lines", 9)))
    assert said(finding) == (
        "error: models-not-imported",
        "shop/models/order.py:4",
        "shop/models/order.py declares orders, lines, and migrations/env.py never imports it.",
        "Autogenerate would leave it out.",
        ("in migrations/env.py, above context.configure(): import shop.models.order",),
    )


def test_the_import_goes_above_the_line_that_gives_the_metadata() -> None:
    [finding] = findings(undeclared=(table("orders"),), target=TARGET)
    assert finding.next == (
        "in migrations/env.py, above line 23 (target_metadata = …): import shop.models.order",
    )


def test_an_import_that_comes_too_late_is_moved() -> None:
    late = {"shop.models.order": 80}
    [finding] = findings(undeclared=(table("orders"),), target=TARGET, late_imports=late)
    assert said(finding) == (
        "error: models-not-imported",
        "shop/models/order.py:4",
        "shop/models/order.py declares orders, and migrations/env.py imports it in line 80, after "
        "it ran the migrations.",
        "Autogenerate would leave it out.",
        ("in migrations/env.py: move line 80 above line 23 (target_metadata = …)",),
    )


def test_a_model_far_from_the_others_is_a_warning_unless_the_database_has_its_table() -> None:
    [far] = findings(undeclared=(table("orders", near=False),))
    assert said(far) == (
        "warning: models-not-imported",
        "shop/models/order.py:4",
        "shop/models/order.py declares orders, and migrations/env.py never imports it.",
        "Autogenerate would leave it out, if it is a model of the application.",
        ("in migrations/env.py, above context.configure(): import shop.models.order",),
    )
    live = frozenset({"users", "orders"})
    [there] = findings(undeclared=(table("orders", near=False),), live=live)
    assert there.refuses
    assert there.why == "The database has orders, so autogenerate would drop it."


def test_what_the_database_has_would_be_dropped() -> None:
    [finding] = findings(undeclared=(table("orders"),), live=frozenset({"users", "orders"}))
    assert finding.why == "The database has orders, so autogenerate would drop it."


def test_a_package_that_forgets_a_module_is_where_to_import_it() -> None:
    package = here("shop/models/__init__.py")
    [finding] = findings(undeclared=(table("orders", package=package),))
    assert said(finding)[2:] == (
        "shop/models/order.py declares orders, and shop/models/__init__.py never imports it.",
        "Autogenerate would leave it out.",
        ("in shop/models/__init__.py: from . import order",),
    )


def test_what_cannot_be_told_is_a_warning_of_its_own() -> None:
    sure, computed = table("orders"), table(None, 9, doubt=COMPUTED)
    maybe = table("audit", 20, doubt=CONDITIONAL, class_name="Audit")
    found = findings(undeclared=(sure, computed, maybe))
    why = (
        "Autogenerate would leave it out; what it is called, or whether it is there, cannot be "
        "told without running it."
    )
    step = ("in migrations/env.py, above context.configure(): import shop.models.order",)
    name, path = "models-not-imported", "shop/models/order.py"
    assert [said(each) for each in found][1:] == [
        (
            f"warning: {name}",
            f"{path}:20",
            f"{path} declares audit under a condition, and migrations/env.py never imports it.",
            why,
            step,
        ),
        (
            f"warning: {name}",
            f"{path}:9",
            f"{path} declares Order, whose table name is computed, and migrations/env.py never "
            "imports it.",
            why,
            step,
        ),
    ]
    assert found[0].refuses
