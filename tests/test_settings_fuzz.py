"""Whatever stands in the config files, it is settings or one clear refusal."""

from __future__ import annotations

import string
from pathlib import Path
from tempfile import TemporaryDirectory

from alembic.config import Config
from hypothesis import example, given
from hypothesis import strategies as st

from alembic_guard import WrongUsage
from alembic_guard.settings import Settings, describe

NAMES = st.sampled_from([name for name, _, _ in describe()]) | st.text(string.ascii_letters)
KEYS = NAMES | st.just("alembic")
SCALARS = st.sampled_from(
    [
        "1", "-1", "1e400", "nan", "true", '"5s"', "''", "[]", "['a',1]", "{}", "{x=1}", "0x1F",
        "1979-05-27T07:32:00Z", "07:32:00", "[[1]]", "%(here)s", "%", "=", '"""', "'''", ",",
    ]
)  # fmt: skip
HEADERS = st.sampled_from(
    [
        "[alembic_guard]", "[tool.alembic_guard]", "[tool.alembic_guard.alembic]", "[tool]", "[",
        "[[tool.alembic_guard]]", "[DEFAULT]", "alembic_guard=1", "[alembic_guard:alembic]",
    ]
)  # fmt: skip
LINES = st.lists(HEADERS | st.builds("{} = {}".format, KEYS, SCALARS) | st.text(max_size=10))
FILES = LINES.map("\n".join).map(lambda text: text.encode("utf-8", "replace")) | st.binary()


def outcome(ini: bytes, toml: bytes) -> Settings | WrongUsage:
    """The settings of two files, or what refused them."""
    with TemporaryDirectory() as folder:
        paths = [Path(folder, name) for name in ("alembic.ini", "pyproject.toml")]
        for path, content in zip(paths, (ini, toml), strict=True):
            path.write_bytes(content)
        config = Config(str(paths[0]), toml_file=str(paths[1]))
        try:
            return Settings.load(config, {})
        except WrongUsage as refused:
            return refused


@given(FILES, FILES)
@example(b"[alembic_guard]\nwait = %", b"")
@example(b"", b"[tool.alembic_guard]\nwait = {x = 1}")
@example(b"\xff", b"")
@example(b"", b"\xff")
@example(b"", b"tool = 1")
@example(b"", b"[[tool.alembic_guard]]")
@example(b"", b"x = " + b"[" * 5000)
@example(b"[alembic_guard]\nwait = %(x)s\nx = %(wait)s", b"")
def test_any_two_files_are_settings_or_a_named_refusal(ini: bytes, toml: bytes) -> None:
    found = outcome(ini, toml)
    if isinstance(found, WrongUsage):
        assert {each.name for each in found.findings} <= {"bad-setting", "unknown-setting"}


@given(FILES)
def test_no_secret_of_a_file_that_cannot_be_read_is_repeated(content: bytes) -> None:
    secret = b"sqlalchemy.url = postgresql://me:hunter2%@db/app\n"
    assert "hunter2" not in str(outcome(secret + content, b""))
    assert "hunter2" not in str(outcome(b"", secret + content))
