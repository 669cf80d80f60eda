"""The rows of docs/errors.md: each is what two real commands print of the same broken project.

`python -m tests.errors_page --write` puts what they print now into the page; it wants PostgreSQL,
MariaDB and the versions that the page names. `tests/test_errors_page.py` compares.
"""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp

from sqlalchemy import URL, make_url

from tests import servers
from tests.broken_projects import FAILURES, Failure
from tests.project import Project, Result

PAGE = Path(__file__).parent.parent / "docs" / "errors.md"
HEAD = "| typed | plain Alembic | guard | here |\n| --- | --- | --- | --- |\n"
Databases = Callable[[str, Path], AbstractContextManager[str]]
"""Makes an empty database of a kind for a project in a folder; gives its URL."""


def row(failure: Failure, path: Path, database: Databases) -> str:
    """The row of a failure as the commands make it now, each in a project of its own."""
    with broken(failure, path / "plain", database) as project:
        plain = run(failure, project, failure.plain, failure.env)
        printed = normal(last_line(plain), project)
    with broken(failure, path / "ours", database) as project:
        ours = run(failure, project, failure.ours_or_usual)
        said = normal(sentence(failure, ours), project)
    return (
        f"| {code(failure.typed)} | {code(printed)} ({plain.returncode}) "
        f"| [{failure.guard}](guards/{failure.guard}.md) "
        f"| {code(failure.typed_here)}: {code(said)} ({ours.returncode}) |"
    )


@contextmanager
def broken(failure: Failure, path: Path, database: Databases) -> Iterator[Project]:
    """The broken project, on a database of its own."""
    path.mkdir()
    with database(failure.database, path) as url, Project.create(path, url) as project:
        failure.build(project)
        yield project


def run(
    failure: Failure, project: Project, words: str, env: Mapping[str, str] | None = None
) -> Result:
    folder = replace(project, path=project.path / failure.folder)
    with failure.during(project):
        return folder.alembic(*shlex.split(words), env=env)


def last_line(result: Result) -> str:
    """The line that a user would look up.

    Of a traceback it is the first line of the exception, of a refusal the one that says FAILED, of
    a warning its text, and of anything else the last line.
    """
    lines = result.stderr.splitlines()
    traces = [place for place, line in enumerate(lines) if line.startswith("Traceback ")]
    if traces:
        return next(line for line in lines[traces[-1] + 1 :] if not line.startswith(" "))
    failed = re.search(r"FAILED: .*", result.stdout)
    warned = re.search(r"UserWarning: .*", result.stderr)
    if found := failed or warned:
        return found[0]
    # The word "done" may come on a line of its own.
    said = re.sub(r"\.\.\.\s+done", "...  done", result.stdout) or result.stderr
    return said.strip().splitlines()[-1].strip()


def sentence(failure: Failure, result: Result) -> str:
    """What our command says under the name of the guard."""
    found = re.search(
        rf"^(?:error|warning|note): {failure.guard}(?: \(.*?\))?: (.*)$", result.stdout, re.M
    )
    assert found, f"{failure.typed_here} ends with {result}"
    return found[1]


def normal(text: str, project: Project) -> str:
    """A line without what differs from one machine, server, version or run to the next."""
    url = make_url(project.url)
    shown = url.render_as_string(hide_password=True)
    server = url.get_backend_name() != "sqlite"
    for pattern, instead in (
        (re.escape(shown if server else "\0"), f"{url.drivername}://USER@HOST/DATABASE"),
        (re.escape(url.database if server and url.database else "\0"), "DATABASE"),
        (r'server at "[^"]*"(?: \(.*?\))?, port \d{2,}', 'server at "127.0.0.1", port 5432'),
        (re.escape(f"{project.path}/"), ""),
        (re.escape(str(project.path)), "."),
        (r"(?<![0-9a-f])[0-9a-f]{12}(?![0-9a-f])", "ID"),
        (r"(\.(?:py|ini|toml|mako)):\d+", r"\1:N"),
        (r"\bline \d+", "line N"),
        (r"sqlalche\.me/e/\d+/", "sqlalche.me/e/N/"),
        (r"\d+ tr(?:y|ies) over [\d.]+ s", "N tries over N s"),
        (r"waited [\d.]+ s", "waited N s"),
        (r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC by \S+@\S*\w", "DATE by USER@HOST"),
    ):
        text = re.sub(pattern, instead, text)
    return text


def code(text: str) -> str:
    """Text as a cell of a table shows it verbatim."""
    fence = "``" if "`" in text else "`"
    space = " " if "`" in text else ""
    return f"{fence}{space}{text}{space}{fence}".replace("|", "\\|")


def rows_of(page: str) -> dict[str, list[str]]:
    """The rows of the page, by heading."""
    tables = re.findall(rf"^## (.*)\n(?:(?!## ).*\n)*?{re.escape(HEAD)}((?:\|.*\n)*)", page, re.M)
    return {heading: rows.splitlines() for heading, rows in tables}


def written(page: str, rows: Mapping[str, list[str]]) -> str:
    """The page with other rows."""
    for heading, lines in rows.items():
        head = rf"^## {re.escape(heading)}\n(?:(?!## ).*\n)*?{re.escape(HEAD)}"
        table = re.search(rf"{head}((?:\|.*\n)*)", page, re.M)
        assert table, f"{PAGE} has no table under {heading}"
        text = "".join(f"{line}\n" for line in lines)
        page = page[: table.start(1)] + text + page[table.end(1) :]
    return page


def databases(server: Callable[[str], URL]) -> Databases:
    """Databases on the servers that are asked for by kind."""

    @contextmanager
    def database(kind: str, path: Path) -> Iterator[str]:
        if kind == "sqlite":
            yield f"sqlite:///{(path / 'app.db').as_posix()}"
            return
        make = servers.postgresql_database if kind == "postgresql" else servers.mariadb_database
        with make(server(kind)) as url:
            yield url.render_as_string(hide_password=False)

    return database


def main() -> None:
    """Rewrite the rows of the page."""
    assert sys.argv[1:] == ["--write"], "python -m tests.errors_page --write"
    with servers.postgresql() as postgresql, TemporaryDirectory() as folder:
        urls = {"postgresql": postgresql, "mariadb": servers.mariadb()}
        rows = {
            heading: [
                row(failure, Path(mkdtemp(dir=folder)), databases(urls.__getitem__))
                for failure in failures
            ]
            for heading, failures in FAILURES.items()
        }
    PAGE.write_text(written(PAGE.read_text("utf-8"), rows), "utf-8")


if __name__ == "__main__":
    main()
