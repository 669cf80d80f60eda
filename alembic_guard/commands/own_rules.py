"""The rules of a project's own: the modules that its setting ``rules`` names.

They are imported only where migrations are judged, or where somebody types the name of one:
reading the settings imports nothing of a project. So a name in ``allow`` and ``enable`` that is
none of ours is refused here, as soon as it is known what the project's are called.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType
from typing import TYPE_CHECKING

from alembic_guard import guards, rules
from alembic_guard.catalogue import Entry
from alembic_guard.commands.refusing import refusing
from alembic_guard.errors import WrongUsage
from alembic_guard.masking import Mask
from alembic_guard.runtime.history import open_script
from alembic_guard.setting_values import ALL, nearest
from alembic_guard.settings import Settings

if TYPE_CHECKING:
    from alembic.config import Config


def own_rules(settings: Settings) -> dict[str, ModuleType]:
    """The project's own rules, by name.

    :raises WrongUsage: when a module of the setting ``rules`` can't be imported or is no rule, and
        when ``allow`` or ``enable`` has a name that neither we nor the project have.
    """
    found: dict[str, ModuleType] = {}
    for name in settings.rules:
        found |= _imported(name)
    for module in found.values():
        if not _is_rule(module):
            raise WrongUsage.one(
                "bad-setting",
                f"rules names {module.__name__}, which is no rule: it has no JUDGES or no judge().",
                next=("alembic guard-lint --list  # the rules that there are",),
            )
    if found:
        _refuse_unknown(settings, found)
    return found


def own_entries(config: Config) -> dict[str, Entry]:
    """Their pages, by name; as Alembic does, what ``prepend_sys_path`` says can be imported.

    :raises GuardError: as :func:`own_rules`, and where the project can't be opened.
    """
    with refusing(Mask()):
        settings = Settings.load(config)
        if not settings.rules:
            return {}
        open_script(config)
        found = own_rules(settings)
    return {name: Entry(name, module.__name__) for name, module in found.items()}


def _imported(name: str) -> dict[str, ModuleType]:
    try:
        return rules.local((name,))
    except Exception as error:  # whatever a module raises
        what = getattr(error, "name", None) if isinstance(error, ImportError) else None
        raise WrongUsage.one(
            "bad-setting",
            f"rules names {what or name}, which can't be imported: {_said(error)}.",
            next=("prepend_sys_path = .  # in alembic.ini: where the module is",)
            if isinstance(error, ImportError)
            else (f'python -c "import {name}"  # the whole traceback',),
        ) from error


def _said(error: Exception) -> str:
    return str(error) if isinstance(error, ImportError) else f"{type(error).__name__}: {error}"


def _is_rule(module: ModuleType) -> bool:
    judges = getattr(module, "JUDGES", None)
    classes = judges if isinstance(judges, tuple) else (judges,)
    return callable(getattr(module, "judge", None)) and all(
        isinstance(each, type) for each in classes
    )


def _refuse_unknown(settings: Settings, own: dict[str, ModuleType]) -> None:
    for setting, what, known in _takes(settings, own):
        for name in getattr(settings, setting):
            if name not in known:
                message = f"{setting}: there is no {what} {name!r}{nearest(name, known)}"
                raise WrongUsage.one("bad-setting", message, next=(f"mend the setting {setting}",))


def _takes(
    settings: Settings, own: dict[str, ModuleType]
) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    judged = (ALL, *rules.names(), *own)
    yield "enable", "rule", judged
    yield "allow", "guard or rule", (*judged, *guards.names())
