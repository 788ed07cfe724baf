"""How our processes log: one line an event, JSON, ids instead of people; tracebacks without the values of variables."""

from __future__ import annotations

import logging
import sys

import structlog


def set_up_logs() -> None:
    """For the entry point of a process. Local variables never appear: they hold what shoppers write."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s %(message)s")
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
