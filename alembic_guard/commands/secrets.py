"""The passwords of a project, known before anything can repeat one.

It reads what a project writes them into: the ini file, the ``pyproject.toml`` and the environment.
A file that cannot be read is no business of this module; whoever needs it will say so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from alembic_guard.masking import Mask

if TYPE_CHECKING:
    from alembic.config import Config

_NAMES_A_PASSWORD = re.compile(r"(?i)(?:^|_)(?:pg)?(?:password|passwd)$|_(?:pwd|pass)$")


def project_mask(config: Config, environ: Mapping[str, str]) -> Mask:
    """A mask that knows the passwords in a project's files and in the environment."""
    mask = Mask()
    for name in (config.config_file_name, config.toml_file_name):
        with suppress(OSError):
            if name is not None:
                mask.learn_from(Path(name).read_text("utf-8", errors="replace"))
    for name, value in environ.items():
        if "://" in value:
            mask.learn_from(value)
        elif _NAMES_A_PASSWORD.search(name):
            mask.learn(value)
    return mask
