"""Loggers as one test left them are not what the next one finds.

Most env.py call `logging.config.fileConfig()`, which silences every logger that its file does not
name; a test that runs Alembic in its own process would silence ours for all tests behind it.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def own_loggers() -> Iterator[None]:
    """Put back at the end what each logger lets through, and what takes the root's records."""
    root = logging.getLogger()
    before, handlers = {each: _state(each) for each in [root, *_loggers()]}, [*root.handlers]
    try:
        yield
    finally:
        root.handlers[:] = handlers
        for logger in [root, *_loggers()]:
            logger.disabled, logger.propagate, level = before.get(
                logger, (False, True, logging.NOTSET)
            )
            logger.setLevel(level)  # forgets what was remembered of the old level


def _loggers() -> list[logging.Logger]:
    found = logging.root.manager.loggerDict.values()
    return [each for each in found if isinstance(each, logging.Logger)]


def _state(logger: logging.Logger) -> tuple[bool, bool, int]:
    return logger.disabled, logger.propagate, logger.level
