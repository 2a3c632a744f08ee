"""The log of the site's build; a warning makes a strict build fail."""

from __future__ import annotations


class Log:
    """The logger of the site generator that runs the build.

    It is imported at the first warning because the import is slow.
    """

    def warning(self, message: str, *values: object) -> None:
        """Log a warning; `values` are inserted into `message` as in `logging`."""
        from markdown_exec import get_logger

        get_logger("snippet_engine").warning(message, *values)
