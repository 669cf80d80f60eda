"""The guard's hooks in ``script.py.mako``: rendered by mako, and taken out byte for byte."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import alembic
import pytest
from alembic.config import Config
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from mako.exceptions import MakoException
from mako.template import Template

import alembic_guard
from alembic_guard.script.template import (
    HEADER,
    HOOKS,
    IMPORT,
    TemplateWithoutLines,
    install,
    is_installed,
    remove,
)

STOCK = sorted(Path(alembic.__file__).parent.joinpath("templates").glob("*/script.py.mako"))
GENERIC = next(path for path in STOCK if path.parent.name == "generic").read_text("utf-8")

SMALL = "# revision identifiers, used by Alembic.\nrevision = 1\n\ndef upgrade():\n    pass\n"
SMALL_INSTALLED = f"""\
{IMPORT}{HEADER}# revision identifiers, used by Alembic.
revision = 1

{HOOKS}def upgrade():
    pass
"""


def values() -> dict[str, Any]:
    """What Alembic passes to a template."""
    config = Config()
    config.set_main_option("databases", "one, two")
    return {
        "message": "a message",
        "up_revision": "abc",
        "down_revision": None,
        "branch_labels": None,
        "depends_on": None,
        "create_date": "2024-01-01",
        "comma": lambda value: value or "",
        "imports": "",
        "upgrades": "op.drop_table('t')",
        "downgrades": None,
        "config": config,
    }


def render(text: str, folder: Path | None = None) -> str:
    """As Alembic renders: from a file's bytes where a folder is given."""
    if folder is None:
        return str(Template(text).render_unicode(**values()))
    path = folder / "script.py.mako"
    path.write_bytes(text.encode())
    return str(Template(filename=str(path)).render_unicode(**values()))


@contextmanager
def without_the_package() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "alembic_guard", None)
        patch.setitem(sys.modules, "alembic_guard.mako", None)
        yield


@contextmanager
def with_calls(header: str, hooks: str) -> Iterator[None]:
    """An ``alembic_guard.mako`` whose calls return these texts, and see mako's context."""

    def checked(text: str) -> Any:
        return lambda context: text if context["message"] == "a message" else "no context"

    fake = ModuleType("alembic_guard.mako")
    fake.__dict__.update(header=checked(header), hooks=checked(hooks))
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "alembic_guard.mako", fake)
        patch.setattr(alembic_guard, "mako", fake, raising=False)
        yield


def in_each_line_ending(text: str) -> list[str]:
    return [
        text,
        text.rstrip("\n"),
        text.replace("\n", "\r\n"),
        text.replace("\n", "\r\n").rstrip(),
    ]


stock = pytest.mark.parametrize("path", STOCK, ids=lambda path: path.parent.name)


def test_the_three_pieces_stand_where_they_belong() -> None:
    assert install(SMALL) == SMALL_INSTALLED
    assert (
        SMALL_INSTALLED
        == """\
<%!
try:
    from alembic_guard import mako as guard
except ImportError:  # a teammate without alembic-guardrails can still render this template
    class guard:
        header = hooks = staticmethod(lambda context: "")
%>\\
${guard.header(context)}\\
# revision identifiers, used by Alembic.
revision = 1

${guard.hooks(context)}\\
def upgrade():
    pass
"""
    )


@stock
def test_a_stock_template_renders_as_before_for_a_teammate_without_the_package(
    path: Path, tmp_path: Path
) -> None:
    for text in in_each_line_ending(path.read_bytes().decode()):
        with without_the_package():
            assert render(install(text), tmp_path) == render(text, tmp_path)


@stock
def test_a_stock_template_renders_as_before_when_the_calls_return_nothing(path: Path) -> None:
    for text in in_each_line_ending(path.read_bytes().decode()):
        with with_calls(header="", hooks=""):
            assert render(install(text)) == render(text)


@stock
def test_a_stock_template_renders_what_the_calls_return(path: Path) -> None:
    text = path.read_bytes().decode()
    expected = render(text)
    for line, addition in (("# revision identifiers", "# H\n"), ("def upgrade(", "allow = {}\n\n")):
        assert expected.count(f"\n{line}") == 1
        expected = expected.replace(f"\n{line}", f"\n{addition}{line}")

    with with_calls(header="# H\n", hooks="allow = {}\n\n"):
        assert render(install(text)) == expected


@stock
def test_a_stock_template_comes_back_byte_for_byte(path: Path) -> None:
    for text in in_each_line_ending(path.read_bytes().decode()):
        installed = install(text)
        assert not is_installed(text)
        assert is_installed(installed)
        assert install(installed) == installed
        assert remove(installed) == text


@pytest.mark.parametrize(
    "first",
    [
        "#!/usr/bin/env python\n",
        "# -*- coding: utf-8 -*-\n",
        "\ufeff# -*- coding: utf-8 -*-\n",
        "\ufeff",
        "#!/usr/bin/env python\n# -*- coding: utf-8 -*-\n",
        "from __future__ import annotations\n",
        "## a mako comment\n",
        "% if message:\n# with a message\n% endif\n",
        "%% a literal percent sign\n",
        "\n\n%% a literal percent sign\n",
        "<%page args='message'/>\n",
        '<%!\nimport re\n%>"""${message}"""\n',
    ],
)
def test_whatever_a_template_starts_with_is_rendered_as_before(first: str, tmp_path: Path) -> None:
    for text in in_each_line_ending(first + GENERIC):
        with without_the_package():
            assert render(install(text), tmp_path) == render(text, tmp_path)
        assert remove(install(text)) == text


def test_a_coding_line_stays_the_first() -> None:
    first = "# -*- coding: latin-1 -*-\n"

    assert install(first + SMALL) == first + SMALL_INSTALLED


@pytest.mark.parametrize(
    "line",
    [
        "revision = ${repr(up_revision)}",
        "revision: str = ${repr(up_revision)}",
        "revision='${up_revision}'",
        "revision, down_revision = ${repr(up_revision)}, ${repr(down_revision)}",
    ],
)
def test_without_the_comment_the_header_goes_before_the_first_assignment(line: str) -> None:
    text = f"import x\n{line}\nrevision = 2\ndef upgrade():\n"

    expected = f"{IMPORT}import x\n{HEADER}{line}\nrevision = 2\n{HOOKS}def upgrade():\n"
    assert install(text) == expected
    assert remove(expected) == text


@pytest.mark.parametrize(
    "definition",
    [
        "def upgrade() -> None:",
        "def upgrade(engine_name: str) -> None:",
        "async def upgrade():",
        "@decorated\ndef upgrade():",
        "@one\n# why\n@two(\n    1,\n)\n\nasync  def  upgrade ():",
        "% if message:\n@decorated\n% endif\ndef upgrade():",
        "% if message:\nasync def upgrade():\n% else:\ndef upgrade():\n% endif",
        "@decorated\n% if message:\n% if imports:\ndef upgrade():\n% endif\n% endif",
    ],
)
def test_the_hooks_go_before_all_that_belongs_to_upgrade(definition: str) -> None:
    before = "revision = 1\n% for name in ():\n@other\n% endfor\ndef helper():\n    pass\n"
    text = f"{before}\n{definition}\n    pass\n"

    expected = f"{IMPORT}{HEADER}{before}\n{HOOKS}{definition}\n    pass\n"
    assert install(text) == expected
    assert remove(expected) == text


@pytest.mark.parametrize(
    "elsewhere",
    [
        '"""${message}\n\nrevision = 1\ndef upgrade():\n"""\n',
        "'''\nrevision = 1\ndef upgrade():\n'''\n",
        "<%doc>\nrevision = 1\ndef upgrade():\n</%doc>\n",
        "<%text>\nrevision = 1\ndef upgrade():\n</%text>\n",
        "<%!\nrevision = '%>'\ndef upgrade(): # don't %>\n    pass\n%>\n",
        "<%\nrevision = '''\ndef upgrade():'''\n%>\n",
        "## one \\\nrevision = 1 \\\ndef upgrade():\n",
        "${dict(\nrevision = {'}': {}}\n)}\n",
        '# it\'s """ no string\n',
        'x = \'it is """ none either\'\n',
    ],
)
def test_a_line_that_only_looks_like_code_is_no_place(elsewhere: str) -> None:
    text = elsewhere + SMALL

    assert install(text) == IMPORT + elsewhere + SMALL_INSTALLED.removeprefix(IMPORT)
    assert remove(install(text)) == text


def test_uneven_quotes_hide_nothing() -> None:
    text = f'% if message:\n"""${{message}}\n% else:\n"""None\n% endif\n"""\n{SMALL}"""\n'

    assert install(text).endswith(SMALL_INSTALLED.removeprefix(IMPORT) + '"""\n')
    with without_the_package():
        assert render(install(text)) == render(text)


@pytest.mark.parametrize(
    ("text", "message", "missing"),
    [
        (
            "revision = 1\n",
            'The template has no line "def upgrade(...)", '
            "so the guard's hooks have no place in it.",
            ("def upgrade(...)",),
        ),
        (
            "# the revision\ndef upgrade():\n",
            'The template has no line "revision = ...", so the guard\'s hooks have no place in it.',
            ("revision = ...",),
        ),
        (
            "",
            'The template has no line "revision = ..." and no line "def upgrade(...)", '
            "so the guard's hooks have no place in it.",
            ("revision = ...", "def upgrade(...)"),
        ),
    ],
)
def test_a_template_without_the_lines_is_refused_by_their_names(
    text: str, message: str, missing: tuple[str, ...]
) -> None:
    with pytest.raises(TemplateWithoutLines) as raised:
        install(text)
    assert str(raised.value) == message
    assert raised.value.missing == missing


@pytest.mark.parametrize("gone", [IMPORT, HEADER, HOOKS])
def test_a_piece_that_somebody_deleted_is_put_back(gone: str) -> None:
    broken = SMALL_INSTALLED.replace(gone, "")

    assert not is_installed(broken)
    assert install(broken) == SMALL_INSTALLED
    assert remove(broken) == SMALL


def test_a_piece_in_a_comment_is_not_installed_and_stays_a_comment() -> None:
    text = SMALL_INSTALLED.replace(HOOKS, f"## {HOOKS}")

    assert not is_installed(text)
    assert remove(text) == SMALL.replace("def upgrade", f"## {HOOKS}def upgrade")


def test_pieces_that_the_user_moved_or_rewrote_stay_where_they_are() -> None:
    text = (
        "<%!\nfrom alembic_guard import mako as guard\n%>\n"
        "revision = 1  ${ guard.header(context) }\n"
        "def upgrade():\n    pass\n  ${guard.hooks( context ) | n}"
    )

    assert is_installed(text)
    assert install(text) == text
    assert remove(text) == "revision = 1  \ndef upgrade():\n    pass\n"


def test_code_that_the_user_joined_with_the_import_stays() -> None:
    joined = IMPORT.replace("<%!\n", "<%!\nimport re\n\n").replace(
        "%>\\\n", '\nflags = re.I\n%>"""'
    )
    text = f'{joined}${{message}}"""\n{SMALL}'

    for ending in ("\n", "\r\n"):
        expected = f'<%!\nimport re\n\n\nflags = re.I\n%>"""${{message}}"""\n{SMALL}'
        assert remove(text.replace("\n", ending)) == expected.replace("\n", ending)


@pytest.mark.parametrize(
    "block",
    [
        "<%!\nimport alembic_guard_of_mine\n%>\n",
        "<%!\nfrom alembic_guard import other\n%>\n",
        "<%!\nimport re; import alembic_guard.mako\n%>\n",
        "<%!\nalembic_guard is no code\n%>\n",
        "# see the docs of alembic_guard\n",
        "${guard_of_mine.header(context)}\n",
    ],
)
def test_what_only_mentions_us_is_the_users(block: str) -> None:
    assert remove(block + SMALL) == block + SMALL


FRAGMENTS = [
    *('"""${message}', '"""', "'''", "it's", 'a "quote"', "# don't", "text \\", "", "    pass"),
    *(
        "# -*- coding: utf-8 -*-",
        "#!/usr/bin/env python",
        "## a comment",
        "## two \\",
        "%% literal",
    ),
    *("% if message:", "% else:", "% endif", "% for x in 'ab':", "% endfor", "@one", "@two(", ")"),
    *("<%!", "<%", "%>", "<%! import re %>", "<% x = '%>' %>\\", "<%doc>", "</%doc>"),
    *(
        "<%text>",
        "</%text>",
        "<%block>",
        "</%block>",
        "${",
        "}",
        "${{1: '}'}[1]}",
        "${message | h}",
    ),
    *("# revision identifiers, used by Alembic.", "revision: str = 1", "revision = '${message}'"),
    *("def upgrade():", "async def upgrade():", "def upgrade(engine_name: str) -> None:"),
    "from __future__ import annotations",
]
TEXTS = st.builds(
    lambda lines, final: "".join(line + end for line, end in lines) + final,
    st.lists(st.tuples(st.sampled_from(FRAGMENTS), st.sampled_from(["\n", "\n", "\r\n"]))),
    st.sampled_from(["", *FRAGMENTS]),
)
TEMPLATES = st.builds(
    lambda a, b, c: f"{a}revision = 1\n{b}def upgrade():\n{c}", TEXTS, TEXTS, TEXTS
)


@given(text=st.one_of(TEXTS, TEMPLATES, st.text(alphabet="<%!>${}\"'#\\\n\r a=", max_size=40)))
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@example("<%doc>\nrevision = 1\ndef upgrade(\n")
def test_any_template_comes_back_and_is_rendered_as_before(text: str) -> None:
    try:
        installed = install(text)
    except TemplateWithoutLines:
        assert remove(text) == text
        return
    assert is_installed(installed)
    assert install(installed) == installed
    assert remove(installed) == text
    with without_the_package():
        try:
            before = render(text)
        except (MakoException, SyntaxError, NameError, AttributeError, TypeError):
            return
        assert render(installed) == before
