"""Logging: structlog on stderr, and the standard library's loggers through the same handler.

uvicorn's own lines below WARNING contain addresses and query strings, so they are filtered out.
Values can come from strangers: whatever could steer a terminal is escaped.
"""

import logging
import sys

import structlog
from structlog.typing import EventDict, WrappedLogger


def configure_logging() -> None:
    shared: list[structlog.types.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _escape,
                structlog.dev.ConsoleRenderer(
                    colors=sys.stderr.isatty(),
                    exception_formatter=structlog.dev.plain_traceback,
                ),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("footfall").setLevel(logging.INFO)


def _escape(_logger: WrappedLogger, _method: str, line: EventDict) -> EventDict:
    """The message itself is ours, and may have several lines."""
    for name, value in line.items():
        if name != "event" and isinstance(value, str) and not value.isprintable():
            line[name] = repr(value)[1:-1]
    return line
