"""Writes the pages that the code already knows: guards, rules, commands, settings.

- ``python docs/generate.py`` writes them;
- ``python docs/generate.py --check`` says which are out of date, with status 1 if any is.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from alembic_guard import COMMANDS, guards, rules
from alembic_guard.catalogue import Entry
from alembic_guard.commands.invoke import load_command
from alembic_guard.finding import Severity
from alembic_guard.settings import PREFIX, describe

DOCS = Path(__file__).parent
EVERYWHERE = "every command"
WHERE = {
    "EnvironmentFailed": "every command that runs env.py",
    "NoConfiguration": EVERYWHERE,
    "BrokenHistory": EVERYWHERE,
    "UnknownRevision": "every command with a database",
    "CommandError": EVERYWHERE,
    "SeveralHeads": "every command that needs one head",
    "RevisionFiles": "`guard-doctor`, `guard-check`",
    "ConfigurationText": "`guard-doctor`, `guard-check`",
    "InProcess": "`guard-doctor`",
    "Installation": "`guard-doctor`, `guard-check`",
    "NeverCommitted": "`guard-doctor`, `guard-check`",
    "HeadsFile": "`guard-check`, `guard-doctor`",
    "Uncommitted": "before `safe-upgrade` applies, `guard-doctor`, `guard-check`",
    "LiveConnection": "before `safe-upgrade` applies, `guard-doctor`, `guard-check`",
    "RecordedHistory": "before `safe-upgrade` applies, `guard-doctor`, `guard-check`",
    "UnrecordedTables": "before `safe-upgrade` applies, `guard-doctor`, `guard-check`",
    "LeftIndexes": "before `safe-upgrade` applies",
    "BusyTables": "before `safe-upgrade` applies, PostgreSQL",
    "Shortage": "before `safe-upgrade` applies",
    "VersionColumn": "before `safe-upgrade` applies, `guard-doctor`, `guard-check`",
    "MissingTables": "every command with a database at head",
    "LoadedMetadata": "`guard-revision`, `revision --autogenerate`, `guard-doctor`, `guard-check`",
    "Position": "`guard-revision`",
    "Draft": "`guard-revision`, `revision --autogenerate`",
    "RenderedText": "`guard-revision`",
    "TemplateFailed": "`guard-revision`",
    "HookFailure": "`guard-revision`",
    "BrokenByHooks": "`guard-revision`",
    "Gap": "`guard-lint`, `guard-check`, before `safe-upgrade` applies",
    "NoScratch": "`guard-lint --trace`, `safe-upgrade --rehearse`",
    "IdleAllowance": "`guard-lint`, `guard-check`, before `safe-upgrade` applies",
    "ProposedId": "`guard-revision`",
    "Taken": "`guard-revision`",
    "NotRendered": "`safe-upgrade --sql`",
    "CheckNotRendered": "`safe-upgrade --sql`",
    "AnotherDeployer": "`safe-upgrade`",
    "AnotherSchema": "`guard-revision`, `safe-upgrade --rehearse`",
    "CheckFailed": "`safe-upgrade`",
    "DeployerLockLost": "`safe-upgrade`",
    "Drift": "`guard-check`, and after `safe-upgrade --verify`",
    "Uncompared": "`guard-revision`, `guard-check`, `safe-upgrade --verify`",
    "Unmanaged": "`guard-revision`, `guard-check`",
    "Reordered": "`guard-check --verbose`",
    "NotAdopted": "`guard-revision --adopt`",
    "Unconverged": "`guard-revision`",
    "NotProved": "`guard-revision`",
    "DowngradeFailed": "`guard-revision`, `safe-upgrade --rehearse`",
    "EmptyDowngrades": "before `safe-downgrade` reverts",
    "LosingDowngrade": "before `safe-downgrade` reverts",
    "NoWayDown": "`safe-downgrade`",
    "RefusingDowngrades": "before `safe-downgrade` reverts",
    "WithoutDowngrade": "`safe-downgrade`",
    "Interrupted": "`safe-upgrade`",
    "JournalNotWritable": "`safe-upgrade`",
    "LeftBehind": "`guard-revision`, `safe-upgrade --rehearse`",
    "LockNotGranted": "`safe-upgrade`",
    "MigrationFailed": "`guard-revision`, `safe-upgrade`",
    "ConnectionLost": "`safe-upgrade`, in the middle",
    "BecameReadOnly": "`safe-upgrade`, in the middle",
    "BackupFailed": "`safe-upgrade --backup`",
    "LeftUnvalidated": "after `safe-upgrade`",
    "MovedMeanwhile": "`safe-upgrade`",
    "PooledConnection": "`safe-upgrade`",
    "WrongMigrationUrl": "`safe-upgrade`, `guard-doctor`, `guard-check`",
    "RolledBack": "`safe-upgrade`",
    "Stopped": "`safe-upgrade`",
}
"""What a guard judges, by the name of its class, and the moments at which there is such a thing."""
NOTICE = "<!-- Written by docs/generate.py from the code; edit the docstring. -->\n\n"


def pages() -> Iterator[tuple[Path, str]]:
    """Every generated page: where it belongs, and its text."""
    entries = guards.catalogue()
    for entry in entries.values():
        yield DOCS / "guards" / f"{entry.name}.md", guard_page(entry)
    yield DOCS / "guards" / "index.md", guard_index(entries)
    rule_entries = rules.catalogue()
    for entry in rule_entries.values():
        yield DOCS / "rules" / f"{entry.name}.md", rule_page(entry)
    yield DOCS / "rules" / "index.md", rule_index(rule_entries)
    for name in COMMANDS:
        yield DOCS / "commands" / f"{name}.md", command_page(name)
    yield DOCS / "settings.md", settings_page()


def guard_page(entry: Entry) -> str:
    """The page of a guard, from its docstring."""
    parts = [f"# {entry.name}", entry.title, entry.why, f"**Fix.** {entry.fix}", facts(entry)]
    for title, example in (("Bad", entry.bad), ("Good", entry.good)):
        if example:
            parts += [f"## {title}", f"```text\n{example}\n```"]
    return NOTICE + "\n\n".join(parts) + "\n"


def facts(entry: Entry) -> str:
    """How much it weighs, where it runs, and whether it can be let through."""
    rows = [
        ("severity", severity(entry)),
        ("where", where(entry)),
        ("can be allowed", allowed(entry)),
    ]
    return "\n".join(["| | |", "| --- | --- |", *(f"| {name} | {text} |" for name, text in rows)])


def severity(entry: Entry) -> str:
    """An error, unless it says otherwise."""
    return str(getattr(entry.load(), "SEVERITY", "error"))


def where(entry: Entry) -> str:
    """The moments at which it judges."""
    judges = entry.load().JUDGES
    kinds = judges if isinstance(judges, tuple) else (judges,)
    moments = dict.fromkeys(WHERE[kind.__name__] for kind in kinds)
    return EVERYWHERE if not moments or EVERYWHERE in moments else "; ".join(moments)


def allowed(entry: Entry) -> str:
    """Whether it can be let through."""
    if guards.is_never_allowed(entry.name):
        return "no"
    never = getattr(entry.load(), "NEVER_ALLOWED_WHERE", "")
    return f"yes; not {never}" if never else "yes"


def guard_index(entries: dict[str, Entry]) -> str:
    """The table of all guards."""
    rows = [
        f"| [{entry.name}]({entry.name}.md) | {entry.title} "
        f"| {severity(entry)} | {where(entry)} | {allowed(entry)} |"
        for entry in entries.values()
    ]
    head = ["| guard | finds | severity | where | can be allowed |", "|" + " --- |" * 5]
    table = "\n".join([*head, *rows])
    intro = (
        "Every refusal has a name. `alembic guard-revision --explain NAME` shows the same text as\n"
        "the page; `--allow NAME` lets it through where that is possible."
    )
    notation = (
        "The examples on the pages begin in a healthy project (SQLite, one model `User`, the\n"
        "database at head) and are run by a test: `# file: NAME` starts a file,\n"
        "`# edit: NAME: OLD -> NEW` replaces a text in one, `# remove: NAME` deletes it,\n"
        "`$ COMMAND` is typed, `& COMMAND` runs beside the next ones."
    )
    return f"{NOTICE}# Guards\n\n{intro}\n\n{notation}\n\n{table}\n"


def rule_page(entry: Entry) -> str:
    """The page of a rule, from its docstring."""
    rows = [
        ("severity", rule_severity(entry)),
        ("databases", ", ".join(PRODUCTS[kind] for kind in entry.load().DATABASES)),
        ("lock", rule_lock(entry)),
        ("judged", judged(entry)),
    ]
    table = "\n".join(["| | |", "| --- | --- |", *(f"| {a} | {b} |" for a, b in rows if b)])
    parts = [f"# {entry.name}", entry.title, entry.why, f"**Fix.** {entry.fix}", table]
    for title, example in (("Bad", entry.bad), ("Good", entry.good)):
        if example:
            parts += [f"## {title}", f"```python\n{example}\n```"]
    return NOTICE + "\n\n".join(parts) + "\n"


def rule_severity(entry: Entry) -> str:
    """An error, unless it says otherwise."""
    severity = getattr(entry.load(), "SEVERITY", Severity.ERROR).value
    grows = getattr(entry.load(), "GROWS", False)
    return f"{severity}; a note on a small table" if grows else severity


def rule_lock(entry: Entry) -> str:
    """The lock of PostgreSQL that it is about."""
    lock = getattr(entry.load(), "LOCK", None)
    return "" if lock is None else str(lock)


def judged(entry: Entry) -> str:
    """Whether it is judged by itself."""
    opt_in = getattr(entry.load(), "OPT_IN", False)
    return f"with `enable = {entry.name}`" if opt_in else "always"


PRODUCTS = {
    "postgresql": "PostgreSQL",
    "mariadb": "MariaDB",
    "mysql": "MySQL",
    "sqlite": "SQLite",
}


def rule_index(entries: dict[str, Entry]) -> str:
    """The table of all rules."""
    rows = [
        f"| [{entry.name}]({entry.name}.md) | {entry.title} | {rule_severity(entry)} "
        f"| {', '.join(PRODUCTS[kind] for kind in entry.load().DATABASES)} | {judged(entry)} |"
        for entry in entries.values()
    ]
    head = ["| rule | finds | severity | databases | judged |", "|" + " --- |" * 5]
    table = "\n".join([*head, *rows])
    intro = (
        "What `alembic guard-lint` judges migrations by. `guard-lint --explain NAME` shows\n"
        "the same text as the page. The examples are bodies of `upgrade()` for the small shop of\n"
        "`tests/rules/shop.py`; a test judges each of them, and runs it on a real server.\n"
        "`# next revision` begins another revision.\n\n"
        "[Judging migrations](../linting.md) tells what is judged, and how one is let through."
    )
    return f"{NOTICE}# Rules\n\n{intro}\n\n{table}\n"


def command_page(name: str) -> str:
    """The help of a command."""
    command = load_command(name)
    context = click.Context(command, info_name=f"alembic {name}", terminal_width=90)
    return f"{NOTICE}# alembic {name}\n\n```text\n{command.get_help(context)}\n```\n"


def settings_page() -> str:
    """The table of all settings."""
    rows = [
        f"| `{name}` | `{default or '(none)'}` | `{PREFIX}{name.upper()}` | {help_text} |"
        for name, default, help_text in describe()
    ]
    head = ["| setting | default | variable | what |", "| --- | --- | --- | --- |"]
    table = "\n".join([*head, *rows])
    return f"""{NOTICE}# Settings

In the ini file:

```ini
[alembic_guard]
lock_timeout = 500ms
```

or in the `pyproject.toml` that Alembic uses:

```toml
[tool.alembic_guard]
lock_timeout = "500ms"
```

The ini file wins over `pyproject.toml`, an environment variable over both, and an option of the
same name over all. With `alembic -n NAME`, `[alembic_guard:NAME]` and `[tool.alembic_guard.NAME]`
come before the plain ones. Durations are written `200ms`, `5s`, `10min`, `1h`; a bare number is in
seconds. An unknown setting or a bad value is refused with the nearest valid name.

{table}
"""


def main(check: bool) -> int:
    """Write the pages, or compare them; returns the exit status."""
    stale = 0
    wanted = dict(pages())
    known = {
        page for name in ("guards", "rules", "commands") for page in (DOCS / name).glob("*.md")
    }
    for path in sorted({*wanted, *known}):
        text, there = wanted.get(path), path.read_text("utf-8") if path.exists() else None
        if text == there:
            continue
        stale += 1
        print(f"{'out of date' if check else 'written'}: {path.relative_to(DOCS.parent)}")
        if not check and text is None:
            path.unlink()
        elif not check and text is not None:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, "utf-8")
    return int(check and stale > 0)


if __name__ == "__main__":
    raise SystemExit(main("--check" in sys.argv[1:]))
