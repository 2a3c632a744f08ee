"""What a snippet needs and this system lacks."""

from __future__ import annotations

from snippet_engine.errors import ExecutionError
from snippet_engine.snippet.model import Snippet


class NotHere(ExecutionError):
    """What a snippet `needs` is not here: it is shown without output, and that is no fault."""

    def __init__(self, snippet: Snippet, needs: str, found: str) -> None:
        super().__init__(f"{snippet.path}: needs {needs}; {found}")
        self.snippet = snippet
        self.needs = needs


class NotForThisPython(NotHere):
    """The interpreter is none of those that the snippet says it runs on."""

    def __init__(self, snippet: Snippet, python: str) -> None:
        super().__init__(snippet, f"Python {snippet.requires_python}", f"this is {python}")
