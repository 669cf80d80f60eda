"""Leaves the caller's loggers as they were, whatever env.py does to them meanwhile.

env.py of every stock template calls ``logging.config.fileConfig()``, which disables each logger
that the ini file does not name, gives the root logger another level and other handlers, and closes
every handler of the process. At a shell that is meant; in an application that upgrades its own
database, its log goes silent.

What it holds on to, tried on Python 3.10 to 3.13: ``logging._handlerList`` and
``logging._handlers`` are what ``fileConfig()`` and ``dictConfig()`` close and empty.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def kept_loggers() -> Iterator[None]:
    """Put back every logger's level, handlers and switches; loggers made meanwhile are enabled.

    The block's own logging works as env.py configures it. The handlers that there are now are
    hidden from it, for one that was closed cannot be opened again without loss.
    """
    before = {each: _state(each) for each in _loggers()}
    known, named = [*logging._handlerList], dict(logging._handlers)  # type: ignore[attr-defined]
    logging._handlerList.clear()  # type: ignore[attr-defined]
    logging._handlers.clear()  # type: ignore[attr-defined]
    try:
        yield
    finally:
        logging._handlerList[:0] = known  # type: ignore[attr-defined]
        logging._handlers.update(named)  # type: ignore[attr-defined]
        for logger in _loggers():
            level, handlers, propagate, disabled = before.get(logger, _state(logger))
            logger.setLevel(level)
            logger.handlers[:] = handlers
            logger.propagate = propagate
            logger.disabled = disabled and logger in before


@contextmanager
def quiet_loggers() -> Iterator[None]:
    """While it is open, nothing below a warning is logged, however env.py configures logging."""
    before = logging.root.manager.disable
    logging.disable(logging.INFO)
    try:
        yield
    finally:
        logging.disable(before)


def _state(logger: logging.Logger) -> tuple[int, list[logging.Handler], bool, bool]:
    return logger.level, [*logger.handlers], logger.propagate, logger.disabled


def _loggers() -> list[logging.Logger]:
    named = [*logging.Logger.manager.loggerDict.values()]
    return [logging.root, *(each for each in named if isinstance(each, logging.Logger))]
