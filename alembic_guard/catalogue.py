r"""A folder of modules is a catalogue: each module is an entry, its docstring the page.

The format of a docstring::

    One line that names the harm.

    Why it is harmful, in paragraphs.

    Fix: what to do, in paragraphs.

    Bad::

        a situation in which it is found

    Good::

        the same situation, mended

Nothing is registered anywhere: a new file is a new entry. A docstring that holds a backslash is a
raw one.

Bad and Good are scripts, which ``tests/test_examples.py`` runs from the top, each in a copy of a
healthy project: ``alembic init migrations`` (the generic template) with the URL
``sqlite:///app.db``; a ``models.py`` whose ``Base`` has one model, ``User`` (``users``), with an
attribute a line, ``id`` and ``name`` (``String(50)``); an ``env.py`` with ``from models import
Base`` and ``target_metadata = Base.metadata``; and a revision, ``0001`` "users", that is applied.
Each line is one of:

``# file: NAME``
    Write a file. Its text are the lines that follow, up to the next line of this list.
``# edit: NAME: OLD -> NEW``
    Replace the first OLD in a file; it must be there. ``\n`` in either stands for a line's end.
``# remove: NAME``
    Delete a file.
``$ COMMAND``
    Run ``alembic …`` or ``python …``, words and quotes as in a shell, and wait for its end.
``& COMMAND``
    Start ``python …`` and go on when it has written its first line; it is killed at the very end.

Of a Bad, each ``$`` command but the last ends with status 0, and the last one reports the page's
name: with a status other than 0, unless the finding is a warning. Of a Good, each ends with status
0 and none reports the name. Both do their work by the same command. A page without them has a test
of its own, which ``tests/test_examples.py`` names.
"""

from __future__ import annotations

import functools
import inspect
import pkgutil
import re
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module, util
from types import ModuleType

_SECTION = re.compile(r"^(Fix:|Bad::|Good::)", re.MULTILINE)


@dataclass(frozen=True)
class Entry:
    """One page of the catalogue. The name and where it is cost nothing; the text is read on demand.

    :param name: kebab-case; :param module: its dotted name.
    """

    name: str
    module: str

    @property
    def source(self) -> str:
        """The text of the module, which is not imported for it; "" where only bytecode is there."""
        package, _, name = self.module.rpartition(".")
        with suppress(OSError):
            return (pkgutil.get_data(package, f"{name}.py") or b"").decode("utf-8")
        return ""

    def load(self) -> ModuleType:
        """The module itself, imported now."""
        return import_module(self.module)

    @property
    def title(self) -> str:
        """The first line."""
        return self._section("").partition("\n")[0].strip()

    @property
    def why(self) -> str:
        """What follows the first line."""
        return self._section("").partition("\n")[2].strip()

    @property
    def fix(self) -> str:
        """What to do."""
        return self._section("Fix:").strip()

    @property
    def bad(self) -> str:
        """A script after which it is found; empty where no script can make it so."""
        return inspect.cleandoc(self._section("Bad::")).strip()

    @property
    def good(self) -> str:
        """A script after which it is not."""
        return inspect.cleandoc(self._section("Good::")).strip()

    def _section(self, title: str) -> str:
        return sections(inspect.getdoc(self.load()) or "").get(title, "")


def sections(docstring: str) -> dict[str, str]:
    """The parts of a docstring by their titles; the first has the title ``""``."""
    head, *parts = _SECTION.split(docstring)
    return {"": head, **dict(zip(parts[::2], parts[1::2], strict=True))}


@functools.cache
def entries(package: str) -> dict[str, Entry]:
    """The entries of a folder, by name, in alphabetical order; no module of it is imported.

    :param package: dotted name of the folder, such as ``"alembic_guard.guards"``.
    """
    spec = util.find_spec(package)
    assert spec is not None
    modules = sorted(info.name for info in pkgutil.iter_modules(spec.submodule_search_locations))
    found = [name for name in modules if not name.startswith("_")]
    return {
        name.replace("_", "-"): Entry(name.replace("_", "-"), f"{package}.{name}") for name in found
    }
