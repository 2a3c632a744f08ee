"""The command `snippets new`: write a runnable snippet with a metadata template."""

from __future__ import annotations

import argparse
import difflib
import re
import sys
from pathlib import Path

from snippet_engine.atomic_write import write_atomically
from snippet_engine.cli.common import (
    WELL,
    CommandError,
    Commands,
    command,
    completed_by,
    json_option,
    print_json,
    used_chapters,
)
from snippet_engine.project.fences import fence
from snippet_engine.project.navigation import chapters
from snippet_engine.project.program_rules import shadowing
from snippet_engine.project.project import Library
from snippet_engine.snippet.model import LANGUAGES

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")

_HEAD = """\
# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.snippet]
# title = "{title}"
# lines = "any-order"
#
# [[tool.snippet.guarantees]]
# says = "Which of the two is done first."
# any-order = ' is done$'
#
# [tool.snippet.claims]
# {claim}
# seconds = {{ max = 2 }}
# ///
"""
_PROGRAMS = {
    ".py": """\
from threading import Thread
from time import sleep


def work(name):
    sleep(0.2)
    print(f"{name} is done")


threads = [Thread(target=work, args=(name,)) for name in ("one", "two")]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
""",
    ".zsh": """\
for name in one two; do
    { sleep 0.2; print "$name is done" } &
done
wait
""",
}
_CLAIMS = {".py": "threads = 2", ".zsh": "lines = 2"}


def add(commands: Commands) -> None:
    """Add `snippets new` to the subparsers `commands`."""
    parser = command(
        commands,
        "new",
        _new,
        "write a new snippet, with a head to fill in",
        """
        The chapter is the name of a page in docs/. The name is what the address of the
        program ends with: lower-case letters, digits and hyphens. The file holds a small
        program that runs, for you to replace. Existing files are never overwritten, and a
        name that would hide a module of the standard library is refused.
        """,
        """
        snippets new threads/my-idea
        snippets new taking-turns/my-shell-idea.zsh --title "Taking turns in a shell"
        """,
    )
    name = parser.add_argument(
        "name", metavar="CHAPTER/NAME", help="threads/my-idea, or with .zsh at its end"
    )
    completed_by(name, lambda root: [f"{chapter}/" for chapter in used_chapters(root)])
    parser.add_argument("--title", help="the name of its panel; made from NAME if not said")
    json_option(parser, "name, path, page, fence and the next steps")


def _new(options: argparse.Namespace) -> int:
    library = Library(options.root)
    name, suffix = _parted(options.name)
    chapter = _chapter(library, name)
    if suffix == ".py" and (reason := shadowing(name.partition("/")[2])):
        raise CommandError(f"{reason}; choose another name")
    title = (options.title or name.partition("/")[2].replace("-", " ").capitalize()).strip()
    if not title or not title.isprintable():
        raise CommandError(f"a title is one line of text, not {title!r}")
    for other in LANGUAGES:
        if (library.root / "snippets" / f"{name}{other}").exists():
            there = f"snippets/{name}{other} is there already"
            raise CommandError(f"{there}: edit it, or choose another name")
    shown, page = f"snippets/{name}{suffix}", f"docs/{chapter}.md"
    path = library.root / shown
    path.parent.mkdir(parents=True, exist_ok=True)
    head = _HEAD.format(title=title.replace("\\", r"\\").replace('"', r"\""), claim=_CLAIMS[suffix])
    write_atomically(path, head + _PROGRAMS[suffix])
    steps, embed = _steps(name, shown, page), fence(name).rstrip()
    if options.json:
        print_json({"name": name, "path": shown, "page": page, "fence": embed, "next": steps})
        return WELL
    print(f"{shown} is written. Next:\n")
    for number, step in enumerate(steps, 1):
        print(f"  {number}. {step}")
    print("\n" + "\n".join(f"       {line}" for line in embed.splitlines()))
    print("\nCONTRIBUTING.md has every key of the head, and what will be asked of a program.")
    return WELL


def _parted(name: str) -> tuple[str, str]:
    """Return "chapter/name" and the suffix, ".py" by default.

    Raise CommandError if the name or the suffix is invalid.
    """
    stem, dot, end = name.removeprefix("snippets/").partition(".")
    suffix = dot + end
    if suffix not in ("", *LANGUAGES):
        raise CommandError(f"{suffix!r} is no suffix of a program: {' or '.join(LANGUAGES)}")
    parts = stem.split("/")
    if len(parts) != 2 or not all(map(_NAME.fullmatch, parts)):
        example = "CHAPTER/NAME, each of a-z, 0-9 and hyphens, as in threads/my-idea"
        raise CommandError(f"{name!r} is no name: it must be {example}")
    return stem, suffix or ".py"


def _chapter(library: Library, name: str) -> str:
    chapter = name.partition("/")[0]
    if not (library.root / "docs" / f"{chapter}.md").is_file():
        known = used_chapters(library.root) or list(chapters(library.root))
        near = difflib.get_close_matches(chapter, known, 1)
        meant = f"did you mean {near[0]!r}? " if near else ""
        message = f"there is no chapter {chapter!r}: {meant}there are {', '.join(known)}; "
        raise CommandError(f"{message}for a new one write docs/{chapter}.md first")
    return chapter


def _steps(name: str, path: str, page: str) -> list[str]:
    """Return the next steps for the author; the last is to add the fence to `page`."""
    here = _called()
    return [
        f"write the program and its head: {path}",
        f"see what it does, at each save: {here} run {name} --watch",
        f"record what it printed: make record NAME={name}",
        f"put this fence on {page}, and the words around it; then {here} check",
    ]


def _called() -> str:
    """Return the path of `snippets` as it was typed, or of the one in `.venv`."""
    return sys.argv[0] if Path(sys.argv[0]).name == "snippets" else ".venv/bin/snippets"
