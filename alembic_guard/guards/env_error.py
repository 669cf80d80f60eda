"""env.py raised something that none of the other guards knows.

Every command runs env.py, so none can go on; the finding names the line of the project's own code
that raised.

Fix: look at the line; ``alembic --raiseerr`` shows the whole traceback.

Bad::

    # edit: migrations/env.py: target_metadata = Base.metadata -> target_metadata = Base.metadata; 1 / 0
    $ alembic safe-upgrade

Good::

    $ alembic safe-upgrade
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.finding import Finding, Place
from alembic_guard.guards._variables import defined, ways_to_set
from alembic_guard.runtime.failure import EnvironmentFailed
from alembic_guard.runtime.history import relative

JUDGES = EnvironmentFailed
NEVER_ALLOWED = True


def judge(failed: EnvironmentFailed) -> Iterator[Finding]:
    """Refuse, with the innermost line of the project's own code."""
    if failed.kind != "env-error":
        return
    if not failed.env_py_exists:
        yield _absent(failed)
    elif isinstance(failed.error, KeyError) and failed.raised_in == "os":
        yield _unset(failed)
    else:
        yield _raised(failed)


def _unset(failed: EnvironmentFailed) -> Finding:
    unset, (path, line) = failed.unset, failed.frame
    return Finding(
        "env-error",
        f"{relative(path)} reads the variable {unset.name}, which is not set.",
        why=defined(unset),
        next=ways_to_set(unset),
        place=Place(relative(path), line or None),
    )


def _absent(failed: EnvironmentFailed) -> Finding:
    env_py = relative(failed.env_py)
    return Finding(
        "env-error",
        f"{env_py} is not there.",
        why="Alembic runs it for every command that needs a database.",
        next=(
            f"git checkout -- {env_py}"
            if failed.env_py_in_git
            else f'(cd "$(mktemp -d)" && alembic init new && cp new/env.py "$OLDPWD"/{env_py})',
        ),
        place=Place(env_py),
    )


def _raised(failed: EnvironmentFailed) -> Finding:
    error, (path, line) = failed.error, failed.frame
    said = error.msg if isinstance(error, SyntaxError) else str(error)
    text = said.strip().splitlines()
    return Finding(
        "env-error",
        f"{relative(path)} raises {type(error).__name__}"
        + (f": {text[0].rstrip('.')}." if text else "."),
        why=_why(failed),
        next=(
            f"python {relative(path)}"
            if isinstance(error, SyntaxError)
            else "alembic --raiseerr current  # the whole traceback",
        ),
        place=Place(relative(path), line or None),
    )


def _why(failed: EnvironmentFailed) -> str:
    chain = [f"{relative(file)}:{line}" for file, line in failed.chain]
    outer = [place for place in chain if not place.startswith(relative(failed.frame[0]))]
    if outer and failed.stage == "loading":
        return f"It was imported by way of {' -> '.join(outer)}."
    return "It was raised while Alembic ran env.py."
