"""Parse and write one file of `snippets/`: head, program and recorded output.

The head is inline script metadata, PEP 723
(https://packaging.python.org/en/latest/specifications/inline-script-metadata/),
with our keys in `[tool.snippet]`.
"""

from __future__ import annotations

import difflib
import os
import re
import sys
import time
import tomllib
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any, Literal

from .run import Stream

Order = Literal["in-order", "any-order", "each-kind"]
Language = Literal["python", "zsh"]

LANGUAGES: dict[str, Language] = {".py": "python", ".zsh": "zsh"}
START_METHODS = ("fork", "spawn", "forkserver")

_OPENING = "# /// script"
_CLOSING = "# ///"
_OUTPUT = re.compile(r"#: output(?: on Python (\d+\.\d+))?$")
_MARKS: dict[str, Stream] = {"#>": "stdout", "#!": "stderr"}


class SnippetError(ValueError):
    """A file of `snippets/` that is not a snippet: one line, with file and line."""

    def __init__(self, path: PurePath, line: int, message: str) -> None:
        super().__init__(f"{path}:{line}: {message}")
        self.path = path
        self.line = line
        self.message = message


@dataclass(frozen=True, slots=True)
class Recording:
    """What a program printed when it was recorded.

    `python` is the version it holds for ("3.12"); None: every version that has
    no recording of its own.
    """

    lines: tuple[tuple[Stream, str], ...]
    python: str | None = None

    def __str__(self) -> str:
        title = "#: output" + (f" on Python {self.python}" if self.python else "")
        mark = {stream: mark for mark, stream in _MARKS.items()}
        body = (f"{mark[stream]} {text}".rstrip() for stream, text in self.lines)
        return "\n".join([title, *body]) + "\n"


@dataclass(frozen=True, slots=True)
class Snippet:
    """One program with what its head says of it. Times in seconds."""

    name: str
    path: Path
    head: str
    code: str
    language: Language
    title: str
    source: int | None = None
    lines: Order = "in-order"
    setup: str = ""
    stops: float | None = None
    raises: str | None = None
    mask: tuple[tuple[str, str], ...] = ()
    alone: bool = False
    start_method: str | None = None
    requires_python: str = ">=3.11"
    dependencies: tuple[str, ...] = ()
    recordings: tuple[Recording, ...] = ()

    @property
    def chapter(self) -> str:
        """The folder of `snippets/` it stands in, which names its page."""
        return self.name.partition("/")[0]

    @property
    def text(self) -> str:
        """The whole file."""
        return self.head + self.code + "".join(map(str, self.recordings))

    def recording(self, python: str) -> Recording | None:
        """What the program should print on `python` ("3.12"), where recorded."""
        own = {recording.python: recording for recording in self.recordings}
        return own.get(python, own.get(None))


def parse(text: str, path: Path, name: str) -> Snippet:
    """The snippet in `text`, called `name`, as it stands in the file `path`.

    Raises SnippetError, which names the file and the line, where the text is
    not a snippet.
    """
    lines = text.splitlines(keepends=True)
    bare = [line.rstrip() for line in lines]
    if not bare or bare[0] != _OPENING:
        raise SnippetError(path, 1, f"the first line must be {_OPENING!r}")
    try:
        closing = bare.index(_CLOSING)
    except ValueError:
        raise SnippetError(path, 1, f"the head never ends: no line {_CLOSING!r}") from None
    fields = _fields(_head(bare[1:closing], path), bare[:closing], path)
    opening = next(
        (n for n in range(closing + 1, len(bare)) if bare[n].startswith("#: output")),
        len(bare),
    )
    code = "".join(lines[closing + 1 : opening])
    if not code.strip():
        raise SnippetError(path, closing + 2, "there is no program under the head")
    return Snippet(
        name=name,
        path=path,
        head="".join(lines[: closing + 1]),
        code=code if code.endswith("\n") else code + "\n",
        language=LANGUAGES[path.suffix],
        recordings=_recordings(bare, opening, path),
        **fields,
    )


def _head(lines: list[str], path: Path) -> dict[str, Any]:
    for number, line in enumerate(lines, 2):
        if line != "#" and not line.startswith("# "):
            raise SnippetError(path, number, "each line of the head begins with '# '")
    try:
        return tomllib.loads("\n".join(line[2:] for line in lines))
    except tomllib.TOMLDecodeError as error:
        place = re.search(r" \(at (?:line (\d+), column \d+|end of document)\)$", str(error))
        number = int(place[1]) if place and place[1] else len(lines)
        message = str(error)[: place.start()] if place else str(error)
        raise SnippetError(path, number + 1, f"bad TOML: {message}") from None


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value > 0


def _is_mask(value: object) -> bool:
    if not isinstance(value, list):
        return False
    for pair in value:
        match pair:
            case [str(pattern), str()]:
                try:
                    re.compile(pattern)
                except re.error:
                    return False
            case _:
                return False
    return True


# key: (what it must be, in words; the check)
_KEYS: dict[str, tuple[str, Any]] = {
    "title": ("a line of text", lambda v: isinstance(v, str) and v.strip() and "\n" not in v),
    "source": ("the number of a block", lambda v: isinstance(v, int) and _is_number(v)),
    "lines": (
        "'in-order', 'any-order' or 'each-kind'",
        lambda v: v in ("in-order", "any-order", "each-kind"),
    ),
    "setup": ("code to run first", lambda v: isinstance(v, str) and v.strip()),
    "stops": ("a number of seconds", _is_number),
    "raises": (
        "the name of an exception",
        lambda v: isinstance(v, str) and v.replace(".", "").isidentifier(),
    ),
    "mask": ("a list of pairs [pattern, name]", _is_mask),
    "alone": ("true or false", lambda v: isinstance(v, bool)),
    "start-method": (
        "'fork', 'spawn' or 'forkserver'",
        lambda v: v in START_METHODS,
    ),
}
_TOP: dict[str, tuple[str, Any]] = {
    "requires-python": ("a version specifier", lambda v: isinstance(v, str) and v.strip()),
    "dependencies": (
        "a list of requirements",
        lambda v: isinstance(v, list) and all(isinstance(item, str) for item in v),
    ),
    "tool": ("a table", lambda v: isinstance(v, dict)),
}


def _fields(head: dict[str, Any], lines: list[str], path: Path) -> dict[str, Any]:
    """The fields of a Snippet that its head gives, checked."""

    def line_of(key: str) -> int:
        pattern = re.compile(rf"# [\"']?{re.escape(key)}[\"']?\s*=")
        return next((n for n, line in enumerate(lines, 1) if pattern.match(line)), 1)

    def check(table: dict[str, Any], known: dict[str, tuple[str, Any]]) -> None:
        for key, value in table.items():
            if key not in known:
                near = difflib.get_close_matches(key, known, 1)
                hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(known)}"
                raise SnippetError(path, line_of(key), f"unknown key {key!r}; {hint}")
            meaning, good = known[key]
            if not good(value):
                message = f"{key!r} must be {meaning}, not {value!r}"
                raise SnippetError(path, line_of(key), message)

    check(head, _TOP)
    ours = head.get("tool", {}).get("snippet", {})
    if not isinstance(ours, dict):
        raise SnippetError(path, line_of("snippet"), "'snippet' must be a table")
    check(ours, _KEYS)
    if "title" not in ours:
        raise SnippetError(path, 1, 'no title: put title = "…" under [tool.snippet]')
    if "stops" in ours and "raises" in ours:
        raise SnippetError(path, line_of("raises"), "a program that stops cannot also raise")
    fields = {key.replace("-", "_"): value for key, value in ours.items()}
    fields["mask"] = tuple(map(tuple, ours.get("mask", ())))
    fields["requires_python"] = head.get("requires-python", ">=3.11")
    fields["dependencies"] = tuple(head.get("dependencies", ()))
    return fields


def _recordings(lines: list[str], opening: int, path: Path) -> tuple[Recording, ...]:
    found: dict[str | None, list[tuple[Stream, str]]] = {}
    current: list[tuple[Stream, str]] = []
    for number, line in enumerate(lines[opening:], opening + 1):
        if title := _OUTPUT.match(line):
            if title[1] in found:
                raise SnippetError(path, number, f"a second {line[3:]!r}")
            current = found[title[1]] = []
        elif line[:2] in _MARKS and line[2:3] in ("", " "):
            current.append((_MARKS[line[:2]], line[3:]))
        elif line:
            message = "below '#: output' a line begins with '#> ' (output) or '#! ' (error)"
            raise SnippetError(path, number, message)
    return tuple(Recording(tuple(lines), python) for python, lines in found.items())


def version(python: str = sys.version.split()[0]) -> str:
    """The feature version, "3.12", of a full one, "3.12.1"; this interpreter's if none."""
    return ".".join(python.split(".")[:2])


class SnippetPath(type(Path())):  # type: ignore[misc] # the base is known at run time only
    """A path whose `write_text` writes beside the file and renames.

    Whoever writes a snippet (pytest-examples too) leaves the old file or the
    new one, never half of one.
    """

    def read_text(self, *_: Any, **__: Any) -> str:
        """The file, decoded as UTF-8 on every platform."""
        return super().read_text(encoding="utf-8")  # type: ignore[no-any-return]

    def write_text(self, data: str, *_: Any, **__: Any) -> int:
        """Replace the file as one step; returns the number of characters."""
        beside = Path(self.parent, f".{self.name}.{os.getpid()}")
        for left in self.parent.glob(".*.*.[0-9]*"):  # by one who was killed: a write takes no time
            if time.time() - left.stat().st_mtime > 60:
                left.unlink(missing_ok=True)
        try:
            beside.write_text(data, encoding="utf-8", newline="\n")
            os.replace(beside, self)
        finally:
            beside.unlink(missing_ok=True)
        return len(data)
