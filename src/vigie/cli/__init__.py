"""The command line. What a command needs is imported when it runs, so that `vigie --help` is there at once."""

from vigie.cli.app import main

__all__ = ["main"]
