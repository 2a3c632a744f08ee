"""The log of the build: what is warned of there fails a strict one."""

from __future__ import annotations


class Log:
    """The generator's own log, whichever it is.

    It is looked for at the first warning only: that takes a second, for which the
    commands, and Tab in a shell, would wait.
    """

    def warning(self, message: str, *values: object) -> None:
        """Warn of `message` with `values` in it, as `logging` does."""
        from markdown_exec import get_logger

        get_logger("snippet_engine").warning(message, *values)
