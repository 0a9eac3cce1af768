"""Structured logs: one line an event, without secrets, the standard library's loggers included.

Who works on a clip binds its id once, ``structlog.contextvars.bound_contextvars(clip_id=…)``, and every line
below carries it.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any, TextIO

import structlog
from structlog.typing import Processor

from sorceress_video.runtime.redaction import Redactor, configured_secrets
from sorceress_video.settings import get_settings

# They say at INFO what is of interest to their own developers only, addresses with tokens among it.
_CHATTY = ("httpx", "httpx2", "httpcore", "httpcore2", "alembic", "PIL", "asyncio", "socketio", "engineio")


def configure(process: str, stream: TextIO | None = None) -> None:
    """Send every log line of this process, its own and the libraries', to ``stream`` (standard output).

    Args:
        process: name of the process, the first field of each line.
        stream: for tests.
    """
    settings = get_settings()
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    redactor = Redactor(configured_secrets(settings))
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        _Named(process),
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        structlog.processors.UnicodeDecoder(),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream or sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                redactor,
                renderer(settings.log_format),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in _CHATTY:
        logging.getLogger(name).setLevel(max(level, logging.WARNING))
    logging.captureWarnings(capture=True)


def renderer(log_format: str) -> Processor:
    """What turns an event into a line: JSON for machines, columns for a terminal."""
    if log_format == "json":
        return structlog.processors.JSONRenderer(ensure_ascii=False)
    return structlog.dev.ConsoleRenderer(
        colors=sys.stdout.isatty(), exception_formatter=structlog.dev.plain_traceback
    )


class _Named:
    """Puts the process's name into each event."""

    def __init__(self, process: str) -> None:
        self._process = process

    def __call__(self, _logger: object, _method: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
        return {"process": self._process, **event}
