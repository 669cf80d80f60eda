"""Names that a module loads and that nothing in it defines."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent

import pytest

from alembic_guard.runtime.names import UndefinedName, import_for, undefined_names
from tests.own_modules import own_modules

Write = Callable[[str, str], None]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Write]:
    """Write a module into a folder on sys.path; it is unloaded afterwards."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def write_file(path: str, text: str) -> None:
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(dedent(text))
        importlib.invalidate_caches()

    with own_modules(tmp_path):
        yield write_file


def found(source: str) -> list[tuple[int, str]]:
    return [(name.line, name.dotted) for name in undefined_names(dedent(source), "revision.py")]


def test_a_name_comes_with_its_whole_chain_and_line() -> None:
    source = """\
        import sqlalchemy as sa
        from alembic import op

        def upgrade() -> None:
            op.add_column("orders", sa.Column("price", app.types.Money(length=3)))
    """
    assert [UndefinedName("app", "app.types.Money", 5)] == undefined_names(dedent(source), "r.py")


def test_a_chain_that_is_loaded_twice_is_found_once() -> None:
    source = """\
        def upgrade(): app.types.Money(), app.types.Date()
        def downgrade(): app.types.Money()
    """
    assert found(source) == [(1, "app.types.Money"), (1, "app.types.Date")]


def test_a_chain_ends_at_the_first_call() -> None:
    assert found("x = postgresql.JSONB().with_variant(1, 'x').y") == [(1, "postgresql.JSONB")]


def test_an_attribute_that_is_assigned_loads_its_root() -> None:
    assert found("config.value = 1\nconfig.items[0] = 2") == [
        (1, "config.value"),
        (2, "config.items"),
    ]


def test_builtins_and_what_a_module_has_by_itself_are_defined() -> None:
    source = """\
        print(__file__, __name__, __doc__, __spec__, __builtins__, len, ValueError, __debug__)
        class A:
            name = __qualname__ + __module__
            def method(self): return __class__, super().__init__()
    """
    assert found(source) == []


def test_what_any_branch_binds_is_defined() -> None:
    source = """\
        import os, sys as system
        from os import path as p
        try:
            import simplejson
        except ImportError as error:
            simplejson = None
        if os:
            conditional: int = 1
        with open(p) as handle, handle as (a, [b, *c]):
            pass
        for i, (j, k) in []:
            pass
        else:
            otherwise = 1
        while (walrus := 0):
            pass
        match os:
            case {"a": one, **rest}: pass
            case [first, *others] | (first, *others): pass
            case str() as text: pass
        def upgrade():
            return (os, system, simplejson, error, conditional, handle, a, b, c, i, j, k, otherwise,
                    walrus, one, rest, first, others, text, later, downgrade, Later)
        def downgrade(): pass
        class Later: pass
        later = 1
    """
    assert found(source) == []


def test_a_name_is_not_defined_by_an_annotation_or_by_an_inner_scope() -> None:
    source = """\
        declared: int
        squares = [n * n for n in range(3)]
        class A:
            member = 1
            def method(self): return member
        def f():
            local = 1
        def upgrade():
            return declared, n, local
    """
    assert found(source) == [(5, "member"), (9, "declared"), (9, "n"), (9, "local")]


def test_a_function_that_declares_a_name_global_defines_it() -> None:
    source = """\
        def prepare():
            global prepared, imported, only_said
            prepared = 1
            import imported
        def upgrade():
            return prepared, imported, only_said
    """
    assert found(source) == [(6, "only_said")]


def test_parameters_and_names_of_enclosing_functions_are_not_global() -> None:
    source = """\
        def outer(a, /, b, *c, d, **e):
            inner_name = 1
            def inner():
                nonlocal inner_name
                inner_name = a, b, c, d, e
                return lambda x, y=inner_name: (x, y, a)
            class Local:
                value = inner_name
            return inner, Local
    """
    assert found(source) == []


def test_del_makes_a_name_local_to_its_function() -> None:
    assert found("def f():\n    del x\n    x, gone") == [(3, "gone")]


def test_a_function_called_top_has_local_names_too() -> None:
    assert found("def top(self):\n    stack = self\n    return stack, missing") == [(3, "missing")]


@pytest.mark.parametrize(
    "comprehension",
    [
        "[a(x) for x in b if c]",
        "{a(x) for x in b if c}",
        "{a: x for x in b if c}",
        "list(a(x) for x in b if c)",
    ],
)
def test_a_comprehension_hides_its_own_names_only(comprehension: str) -> None:
    for source in (
        comprehension,
        f"def f(): return {comprehension}",
        f"class A: y = {comprehension}",
    ):
        assert {"a", "b", "c"} == {name for _, name in found(source)}


def test_the_first_iterable_of_a_comprehension_is_outside_of_it() -> None:
    assert found("def f(): return [x for x in x]") == [(1, "x")]
    assert found("def f(): return [[y for y in y] for z in ()]") == [(1, "y")]


def test_a_lambda_sees_the_comprehension_around_it() -> None:
    assert found("fs = [lambda: (x, missing) for x in ()]") == [(1, "missing")]
    assert found("def f():\n    return [x for x in ()] and (lambda: x)") == [(2, "x")]


def test_defaults_decorators_and_bases_are_loaded_outside() -> None:
    source = """\
        @decorator
        def f(a=default, *, b=keyword): pass
        @register.it
        class A(Base, metaclass=Meta): pass
        g = lambda a=value: a
    """
    expected = ["decorator", "default", "keyword", "register.it", "Base", "Meta", "value"]
    assert expected == [name for _, name in found(source)]


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="PEP 649: annotations are lazy")
def test_annotations_are_loaded_where_python_evaluates_them() -> None:
    source = """\
        module: Module = 1
        class A:
            member: Member
        def f(a: Argument, *b: Rest) -> Result:
            local: Local = 1
            local.attribute: Attribute = 2
    """
    expected = ["Module", "Member", "Argument", "Rest", "Result"]
    assert expected == [name for _, name in found(source)]


def test_annotations_under_the_future_import_are_not_loaded() -> None:
    source = """\
        from __future__ import annotations
        module: Module = 1
        class A:
            member: Member
        def f(a: Argument = default) -> Result: pass
    """
    assert found(source) == [(5, "default")]


def test_a_name_tried_under_except_name_error_is_asked_for_only() -> None:
    source = """\
        try:
            unicode
        except (NameError, KeyError):
            fallback
    """
    assert found(source) == [(4, "fallback")]


def test_names_in_f_strings_are_loaded() -> None:
    assert found('text = f"{name.x!r:>{width}}"') == [(1, "name.x"), (1, "width")]


@pytest.mark.skipif(sys.version_info < (3, 12), reason="PEP 695 is Python 3.12's")
def test_type_parameters_are_defined_and_their_bounds_and_aliases_are_lazy() -> None:
    source = """\
        def f[T: Bound](a: T = default) -> T: return a, T, body
        class A[T](Base[T]):
            def method(self) -> T: return T
        type Alias[T] = list[T, Lazy]
        def g(): return Alias, T
    """
    expected = [(1, "default"), (1, "body"), (2, "Base"), (5, "T")]
    assert expected == found(source)


def test_a_star_import_brings_the_public_names_of_the_module(write: Write) -> None:
    write("star_public.py", "given = 1\n_private = 2")
    write("star_all.py", "__all__ = ['_listed']\n_listed = 1\nunlisted = 2")
    source = """\
        from star_public import *
        from star_all import *
        def f(): return given, _private, _listed, unlisted
    """
    assert found(source) == [(3, "_private"), (3, "unlisted")]


@pytest.mark.parametrize("text", ["raise SystemExit(1)", "import nothing_of_that_name", "1 +"])
def test_a_star_import_that_fails_leaves_nothing_to_find(write: Write, text: str) -> None:
    write("star_broken.py", text)
    assert found("from star_broken import *\nmissing") == []


def test_a_relative_star_import_leaves_nothing_to_find() -> None:
    assert found("from . import *\nmissing") == []


def test_a_syntax_error_is_the_callers() -> None:
    with pytest.raises(SyntaxError) as raised:
        undefined_names("def upgrade(:", "broken.py")
    assert (raised.value.filename, raised.value.lineno) == ("broken.py", 1)


def test_this_very_module_and_the_one_under_test_have_no_undefined_name() -> None:
    import alembic_guard.runtime.names as names

    for file in (__file__, names.__file__):
        assert undefined_names(Path(file).read_text(encoding="utf-8"), file) == []


@pytest.mark.parametrize(
    ("dotted", "line"),
    [
        ("op.create_table", "from alembic import op"),
        ("sa.Column", "import sqlalchemy as sa"),
        ("sqlmodel.sql.sqltypes.AutoString", "import sqlmodel"),
        ("postgresql.JSONB", "from sqlalchemy.dialects import postgresql"),
        ("mysql.LONGTEXT", "from sqlalchemy.dialects import mysql"),
        ("sqlite.JSON", "from sqlalchemy.dialects import sqlite"),
        ("xml.dom.minidom.Text", "import xml.dom.minidom"),
        ("datetime.datetime.now", "import datetime"),
        ("uuid", "import uuid"),
        ("Integer", "from sqlalchemy import Integer"),
        ("JSONB", "from sqlalchemy.dialects.postgresql import JSONB"),
        ("UndefinedName", "from alembic_guard.runtime.names import UndefinedName"),
        ("geo.types.Point", "import geo.types"),
        ("NoSuchNameAnywhere", "import NoSuchNameAnywhere"),
    ],
)
def test_the_import_is_of_what_exists(dotted: str, line: str) -> None:
    assert line == import_for(UndefinedName(dotted.partition(".")[0], dotted, 1))


def test_the_longest_module_of_the_chain_is_imported(write: Write) -> None:
    write("shop_of_test/__init__.py", "")
    write("shop_of_test/types.py", "class Money: pass")
    undefined = UndefinedName("shop_of_test", "shop_of_test.types.Money", 1)
    assert import_for(undefined) == "import shop_of_test.types"


def test_a_package_that_raises_on_the_way_is_passed_over(write: Write) -> None:
    write("raising_package/__init__.py", "raise SystemExit('configuration is missing')")
    write("raising_package/types.py", "")
    undefined = UndefinedName("raising_package", "raising_package.types.Money", 1)
    assert import_for(undefined) == "import raising_package"
