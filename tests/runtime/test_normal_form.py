"""The normal form of a source: equal for what does the same, on every Python."""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import alembic
import pytest
import sqlalchemy
from hypothesis import given
from hypothesis import strategies as st

from alembic_guard.runtime import normal_form as module
from alembic_guard.runtime.normal_form import VERSION, normal_form

ROOT = Path(__file__).parents[2]

PLAIN = '''
"""add email

Revision ID: 0002
"""

from alembic import op
import sqlalchemy as sa

revision = "0002"
down_revision = "0001"


def upgrade():
    """Add it."""
    op.add_column("users", sa.Column("email", sa.String(50), nullable=True))  # for now
    for name in ("a", "b"):
        op.execute(f"UPDATE users SET name = '{name}' WHERE id < {10:>{len(name)}}")


def downgrade():
    pass
'''

SAME = {
    "comments": ("# for now", "# until 2027"),
    "no comment": ("  # for now", ""),
    "a docstring": ('"""Add it."""', '"""Add the email."""'),
    "no docstring": ('    """Add it."""\n', ""),
    "the module's docstring": ("add email", "add an email"),
    "quotes": ('"email"', "'email'"),
    "line breaks": ("nullable=True)", "\n        nullable=True,\n    )"),
    "joined strings": ('"email"', '"em" "ail"'),
    "joined f-strings": ('f"UPDATE users ', '"UPDATE " f"users '),
    "parentheses": ("10:>", "(10):>"),
    "return hints": ("def upgrade():", "def upgrade() -> None:"),
    "a hint": ('revision = "0002"\n', 'revision: str = "0002"\n'),
    "hints with their imports": (
        "import sqlalchemy as sa\n\nrevision =",
        "import sqlalchemy as sa\nfrom typing import Union\n\nrevision: Union[str, None] =",
    ),
    "imports for hints": (
        "import sqlalchemy as sa\n",
        "import sqlalchemy as sa\nfrom typing import TYPE_CHECKING\n"
        "if TYPE_CHECKING:\n    from app import User\n",
    ),
    "the order of imports": (
        "from alembic import op\nimport sqlalchemy as sa\n",
        "import sqlalchemy as sa\n\nfrom alembic import op\n",
    ),
    "an unused import": ("import sqlalchemy as sa\n", "import sqlalchemy as sa\nimport os\n"),
    "future annotations": ("from alembic", "from __future__ import annotations\nfrom alembic"),
    "the revision below": ('down_revision = "0001"', 'down_revision = ("0001", "000a")'),
    "a label": ('down_revision = "0001"', 'down_revision = "0001"\nbranch_labels = "x"'),
    "dots for pass": ("    pass", "    ..."),
    "line ends": ("\n", "\r\n"),
}

DIFFERENT = {
    "an argument": ("String(50)", "String(51)"),
    "a keyword": ("nullable=True", "nullable=False"),
    "a name": ('"email"', '"e_mail"'),
    "a call": ("op.add_column", "op.alter_column"),
    "a statement less": ('    op.add_column("users"', '    ("users"'),
    "an order": ('("a", "b")', '("b", "a")'),
    "an f-string's text": ("UPDATE users", "UPDATE  users"),
    "an f-string's value": ("{name}", "{name!r}"),
    "an f-string's format": ("10:>", "10:<"),
    "a string that is none": ('f"UPDATE', '"UPDATE'),
    "a type": ("String(50)", "String('50')"),
    "what a name means": ("import sqlalchemy as sa", "import sqlmodel as sa"),
    "the downgrade": ("    pass", '    op.drop_column("users", "email")'),
    "a decorator": ("def downgrade", "@staticmethod\ndef downgrade"),
    "a parameter": ("def upgrade()", "def upgrade(engine_name)"),
    "a default": ("def upgrade()", "def upgrade(*, name=None)"),
}


def changed(change: tuple[str, str]) -> str:
    old, new = change
    assert old in PLAIN
    return PLAIN.replace(old, new)


@pytest.mark.parametrize("change", SAME.values(), ids=SAME)
def test_what_does_not_change_what_a_revision_does_is_no_edit(change: tuple[str, str]) -> None:
    assert changed(change) != PLAIN
    assert normal_form(changed(change)) == normal_form(PLAIN)


@pytest.mark.parametrize("change", DIFFERENT.values(), ids=DIFFERENT)
def test_what_changes_it_is_an_edit(change: tuple[str, str]) -> None:
    assert normal_form(changed(change)) != normal_form(PLAIN)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("{None: a}", "{**a}"),
        ("def f(*, a=None): pass", "def f(*, a): pass"),
        ("def f(a, /, b): pass", "def f(a, b): pass"),
        ("a = 1", "a = 1.0"),
        ("a = 1", "a = True"),
        ("a = b'x'", "a = 'x'"),
        ("a['b', 'c']", "a['b']['c']"),
        ("[a, [b]]", "[a], [b]"),
        ("class A:\n    b: int", "class A:\n    b: str"),
        ("class A:\n    b: int", "class A:\n    b: int = 1"),
        ("try:\n    a\nfinally:\n    b", "try:\n    a\nexcept B:\n    b"),
        ("match a:\n    case 1: b", "match a:\n    case [1]: b"),
        ("from a import *", "from b import *"),
        ("from . import a\na", "from .. import a\na"),
    ],
)
def test_two_things_that_look_alike_are_told_apart(one: str, other: str) -> None:
    assert normal_form(one) != normal_form(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("del (a, b)", "del a, b"),
        ("with (a as b, c): d", "with a as b, c: d"),
        ("f'{a:}'", "f'{a}'"),
        ("a = '\\xe9\\U0001fae8'", "a = 'é\U0001fae8'"),
        ("a = 0xFF, 1_000, 1e3", "a = 255, 1000, 1000.0"),
        ("from a import b, c\nb, c", "from a import c\nfrom a import b\nb, c"),
        ("import a, b\na, b", "import b\nimport a\na, b"),
    ],
)
def test_two_ways_of_writing_one_thing_are_equal(one: str, other: str) -> None:
    assert normal_form(one) == normal_form(other)


@pytest.mark.parametrize("path", ["alembic_guard/guards/looks_like_rename.py", "tests/servers.py"])
def test_formatting_by_ruff_is_no_edit(path: str) -> None:
    source = (ROOT / path).read_text("utf-8")
    words = ["format", "--isolated", "--line-length=40", "--config=format.quote-style='single'"]
    done = subprocess.run(
        [ruff(), *words, "-"], input=source, capture_output=True, text=True, check=True
    )
    assert done.stdout != source
    assert normal_form(done.stdout) == normal_form(source)


def ruff() -> str:
    found = shutil.which("ruff", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    if found is None:
        pytest.skip("ruff is not installed")
    return found


EXPRESSIONS = st.recursive(
    st.integers().map(repr)
    | st.text().map(repr)
    | st.binary().map(repr)
    | st.floats(allow_nan=False, allow_infinity=False).map(repr)
    | st.sampled_from(["None", "True", "...", "op.f('x')", "a.b", "-1", "f'{a!r:>{b}} {{c'"]),
    lambda inner: (
        st.builds("({}, {})".format, inner, inner)
        | st.builds("f({}, k={})".format, inner, inner)
        | st.builds("[*{}, {}]".format, inner, inner)
        | st.builds("{{{}: {}}}".format, inner, inner)
        | st.builds("(lambda a, *b: {} if {} else a)".format, inner, inner)
    ),
    max_leaves=8,
)


@given(EXPRESSIONS)
def test_what_python_itself_writes_anew_is_no_edit(expression: str) -> None:
    source = f"def upgrade():\n    return {expression}\n"
    assert normal_form(ast.unparse(ast.parse(source))) == normal_form(source)


@given(EXPRESSIONS, EXPRESSIONS)
def test_two_trees_have_one_form_only_if_they_are_equal(one: str, other: str) -> None:
    trees = [ast.dump(ast.parse(source)) for source in (one, other)]
    forms = [normal_form(f"x = {source}") for source in (one, other)]
    assert (forms[0] == forms[1]) == (trees[0] == trees[1])


def test_bytes_are_read_as_python_reads_them() -> None:
    latin = b"# coding: latin-1\na = '\xe9'\n"
    assert normal_form(latin) == normal_form("a = 'é'\n") == normal_form("\ufeffa = 'é'".encode())


def test_a_sum_of_a_thousand_strings_has_a_form() -> None:
    assert normal_form("a = " + " + ".join(["'x'"] * 1000)).startswith(f"{VERSION}:")


@pytest.mark.parametrize("source", ["def upgrade(:", b"\x00\x01", "(" * 5000])
def test_what_is_no_python_is_a_syntax_error(source: str | bytes) -> None:
    with pytest.raises(SyntaxError):
        normal_form(source)


def test_every_field_of_every_node_is_read_or_left_out_on_purpose() -> None:
    left_out = {"ctx", "kind", "type_comment", "type_ignores", "type_params", "annotation"}
    left_out |= {"returns", "simple"}
    abstract = {"Expression", "FunctionType", "Interactive", "Suite", "AugLoad", "AugStore"}
    abstract |= {"Param", "TypeIgnore", "Constant", "AnnAssign", "Num", "Str", "Bytes"}
    abstract |= {"NameConstant", "Ellipsis", "Index", "ExtSlice", "ParamSpec", "TypeVar"}
    abstract |= {"TypeVarTuple", "slice"}
    unread = [
        f"{name}.{field}"
        for name, node in vars(ast).items()
        if isinstance(node, type) and issubclass(node, ast.AST) and name not in abstract
        for field in getattr(node, "_fields", ())
        if field not in left_out and field not in module._FIELDS.get(name, ())
    ]
    assert unread == []


# What one parser or another says in its own way: f-strings above all, new in 3.12.
AWKWARD = r'''
from __future__ import annotations
from typing import Union

f"" ; a = f""
a = f"a" "b" f"{c}" "" f"d{{" "}}"
a = f"{{}}{c!r:>{d}{e:x}}}}" f"{c=}" f"{ c + 1 = !s:>4}" rf"\d{c}\n" f"\N{DIGIT ONE}{c:\n}"
a = f"{c:}" + f"{c:%Y-%m-%d}{c:{'>'}{10}}" + f"""{
    c
}""" "\\d" '\U0001fae8' u"u", b"\xff" b"b"
a = f"{(lambda x: x) if c else {'k': 1}['k']}" + f"{c:a{d}b}" + f"{'a' 'b'!a}{c,}{*c, d}"
a = -1, 1j, 1e400, 0x_ff, 123456789012345678901234567890, ..., __debug__, -0.0
del (a, (b, c)), [d]
with (open("a") as b, open("c")): pass
with (open("a"), open("c")) as d: pass
x: Union[int, str] = 1; (y): int; z.w: int = 2
@a.b[c](d)
async def f(a, /, b: int = 1, *c: d, e, f=None, **g) -> None:
    async with h as i: ...
    async for j in [k async for k in l if m if n]: await o
    return (yield)
def g(*, a): global b; b = a if b else c; return lambda *d, e=1, **f: (yield from g)
class A(B, *C, metaclass=D, **E):
    "doc"
    x: int
    y: str = "z"
match a:
    case {"k": 1 | -2, None: True, **rest} if b: ...
    case A(b, c=[d, *_, (e as f)]): ...
    case "a" "b" | a.b: ...
    case _: ...
try: a
except (B, C) as d: raise E from None
except F: pass
else: assert g, "h"
finally: i
a[1:2, ::3, ...], a[b, c], a[(b, c)], a[(b := 1)], not a, ~a, a @ b, a < b <= c is not d not in e
for a, (b, *c) in d: break
else: j
while (a := b): continue
print(*a, b, *c, d=e, **f); a = b = c; a //= 2
'''

PROGRAM = """
import json, sys
from importlib.util import module_from_spec, spec_from_file_location
spec = spec_from_file_location("form", sys.argv[1])
form = sys.modules["form"] = module_from_spec(spec)
spec.loader.exec_module(form)
print(json.dumps({name: form.normal_form(text) for name, text in json.load(sys.stdin).items()}))
"""


def interpreter(version: str) -> str | None:
    """A Python of a version, on PATH or kept by pyenv."""
    kept = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    found = [*kept.glob(f"{version}.*/bin/python")]
    return str(found[0]) if found else shutil.which(f"python{version}")


@pytest.mark.parametrize("version", ["3.10", "3.11", "3.12", "3.13", "3.14"])
def test_every_python_says_the_same(version: str) -> None:
    python = interpreter(version)
    if python is None:
        pytest.skip(f"no Python {version}")
    done = subprocess.run(
        [python, "-c", PROGRAM, str(module.__file__)],
        input=json.dumps(corpus()),
        capture_output=True,
        text=True,
        timeout=250,
    )
    assert done.returncode == 0, done.stderr
    there, here = json.loads(done.stdout), forms()
    assert {name for name in here if there[name] != here[name]} == set()


@cache
def corpus() -> dict[str, str]:
    """Sources: everything of ours, of Alembic and of SQLAlchemy, and what is awkward."""
    homes = (ROOT / "alembic_guard", ROOT / "tests", *alembic.__path__, *sqlalchemy.__path__)
    files = [file for home in homes for file in sorted(Path(home).rglob("*.py"))]
    return {**{str(file): file.read_text("utf-8") for file in files}, "awkward": AWKWARD}


@cache
def forms() -> dict[str, str]:
    """What this Python says of each."""
    return {name: normal_form(source) for name, source in corpus().items()}
