"""What happened inside goes to a file of the data directory; the terminal is for answers."""

from __future__ import annotations

import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path

BYTES = 2_000_000
KEPT = 3


def log_to(data_dir: Path) -> None:
    """Send our messages to `logs/vigie.log` there, made when the first one comes; replaces an earlier choice."""
    logger = logging.getLogger("vigie")
    for old in [handler for handler in logger.handlers if isinstance(handler, RotatingFileHandler)]:
        logger.removeHandler(old)
        old.close()
    folder = data_dir / "logs"
    try:
        folder.mkdir(exist_ok=True)
    except OSError:
        return  # what cannot be written to is said by the lock, in one line
    handler = RotatingFileHandler(folder / "vigie.log", maxBytes=BYTES, backupCount=KEPT, encoding="utf-8", delay=True)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
