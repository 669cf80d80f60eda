"""What is installed here, and around it: versions, who owns our package, whose Python this is.

Everything is read from the metadata of distributions and from the machine; nothing is imported for
it, and nothing is judged: that is for the guards.
"""

from __future__ import annotations

import os
import platform
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from alembic_guard.runtime.env_text import options

if TYPE_CHECKING:
    from alembic.config import Config

OURS = "alembic-guardrails"
PACKAGE = "alembic_guard"

_CORE = {OURS, "alembic", "sqlalchemy"}
_REQUIREMENT = re.compile(
    r"(?P<name>[\w.-]+)\s*(?:\[[^]]*\])?\s*\(?(?P<wanted>[^;()]*)\)?\s*(?:;\s*(?P<marker>.*))?"
)
_DRIVER = re.compile(r"extra\s*==\s*['\"](?!mypy)[\w-]+['\"]")  # each other extra is one
_OWNS_PACKAGE = re.compile(rf'^"?{PACKAGE}[/\\]', re.MULTILINE)
_SCHEME = re.compile(r"([a-z][\w+]*)://")
_CONTAINER_FILES = (".dockerenv", "run/.containerenv")
_CONTAINER_GROUPS = re.compile(r"docker|kubepods|containerd|libpod|lxc")


@dataclass(frozen=True)
class Requirement:
    """What one distribution says that it needs of another, or of Python.

    :param owner: name and version of the one; :param name: the other, ``Python`` among them.
    :param wanted: a version specifier, as pip takes it; :param installed: the version that is.
    """

    owner: str
    name: str
    wanted: str
    installed: str


@dataclass(frozen=True)
class Installation:
    """The Python that runs Alembic, and what belongs to it.

    :param python: its version.
    :param versions: of every distribution, by normal name (``flask-migrate``).
    :param requirements: of and on Alembic, SQLAlchemy and alembic-guardrails, that something
        installed could fail to meet.
    :param strangers: other distributions, with their versions, that install ``alembic_guard`` too.
    :param schemes: of the URLs in the config file, ``postgresql+psycopg2`` for one.
    :param container: whether this is a container or a CI job, where nobody else uses the Python.
    """

    python: str
    versions: Mapping[str, str]
    requirements: tuple[Requirement, ...] = ()
    strangers: tuple[str, ...] = ()
    schemes: tuple[str, ...] = ()
    virtual_environment: bool = True
    root: bool = False
    container: bool = False


def installation(config: Config | None = None) -> Installation:
    """What is installed in the Python that runs this.

    :param config: the project's, for the URLs in its config file.
    """
    found = {_normal(each.metadata["Name"]): each for each in _distributions()}
    versions = {name: each.version for name, each in found.items()}
    strangers = [
        f"{each.metadata['Name']} {each.version}"
        for name, each in found.items()
        if name != OURS and _owns_package(each)
    ]
    return Installation(
        python=platform.python_version(),
        versions=versions,
        requirements=tuple(dict.fromkeys(_requirements(found, versions))),
        strangers=tuple(sorted(strangers)),
        schemes=_schemes(config),
        virtual_environment=sys.prefix != sys.base_prefix or "CONDA_PREFIX" in os.environ,
        root=hasattr(os, "geteuid") and os.geteuid() == 0,
        container=in_container(os.environ),
    )


def in_container(environ: Mapping[str, str], root: Path = Path("/")) -> bool:
    """Whether this is a container or a CI job.

    :param root: of the file system.
    """
    if environ.get("KUBERNETES_SERVICE_HOST") or environ.get("CI") or environ.get("container"):
        return True
    if any((root / name).exists() for name in _CONTAINER_FILES):
        return True
    try:
        return bool(_CONTAINER_GROUPS.search((root / "proc/1/cgroup").read_text("utf-8")))
    except (OSError, UnicodeDecodeError):
        return False


def _distributions() -> list[metadata.Distribution]:
    """Those that are imported from: of two with one name the first on ``sys.path``."""
    found: dict[str, metadata.Distribution] = {}
    for each in metadata.distributions():
        if each.metadata and "Name" in each.metadata:  # what is half removed has none
            found.setdefault(_normal(each.metadata["Name"]), each)
    return list(found.values())


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _owns_package(each: metadata.Distribution) -> bool:
    top = each.read_text("top_level.txt") or ""
    return PACKAGE in top.split() or bool(_OWNS_PACKAGE.search(each.read_text("RECORD") or ""))


def _requirements(
    found: Mapping[str, metadata.Distribution], versions: Mapping[str, str]
) -> Iterator[Requirement]:
    for owner, each in found.items():
        name = f"{each.metadata['Name']} {each.version}"
        if owner in _CORE and "Requires-Python" in each.metadata:
            python = each.metadata["Requires-Python"]
            yield Requirement(name, "Python", python, platform.python_version())
        for line in each.requires or ():
            match = _REQUIREMENT.fullmatch(line.strip())
            other = _normal(match["name"]) if match else ""
            if match is None or not match["wanted"].strip() or other not in versions:
                continue
            # an extra of SQLAlchemy says which versions of a driver it can use; any other marker
            # says where a requirement holds, and whether it does here is not known
            optional = owner == "sqlalchemy" and _DRIVER.fullmatch(match["marker"] or "")
            if {owner, other} & _CORE and (optional or not match["marker"]):
                yield Requirement(name, match["name"], match["wanted"].strip(), versions[other])


def _schemes(config: Config | None) -> tuple[str, ...]:
    values = [value for _, _, value in options(config)] if config is not None else []
    return tuple(sorted({found[1] for value in values if (found := _SCHEME.match(value))}))
