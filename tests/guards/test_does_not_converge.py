"""`does-not-converge`: what is left after a draft is named, up to a limit."""

from __future__ import annotations

from alembic_guard import guards
from alembic_guard.finding import Finding
from alembic_guard.runtime.proof import Unconverged
from tests.commands.revising import add_attribute, edit, settled
from tests.commands.test_guard_revision_prove import BY_HAND, UP, proof
from tests.project import Project


def test_what_is_left_is_named_and_nothing_is_written(project: Project) -> None:
    settled(project)
    add_attribute(project)
    edit(project, "migrations/script.py.mako", UP, "pass")
    assert proof(project, status=1) == (
        "error: does-not-converge: The migration does not bring URL to what the models say.\n"
        "    After its upgrade(), on a scratch database, a migration would still be:\n"
        f"      adds column users.email\n{BY_HAND}"
    )


def test_of_many_the_first_ten_are_told() -> None:
    left = tuple(f"adds column users.c{number}" for number in range(12))
    assert guards.judge(Unconverged("sqlite:///app.db", left, "alembic guard-revision -m x")) == [
        Finding(
            "does-not-converge",
            "The migration does not bring sqlite:///app.db to what the models say.",
            why="\n".join(
                [
                    "After its upgrade(), on a scratch database, a migration would still be:",
                    *(f"  {each}" for each in left[:10]),
                    "  and 2 more",
                ]
            ),
            next=(
                "alembic guard-revision -m x --no-prove  "
                "# writes it as it is, to be mended by hand",
            ),
        )
    ]
