"""The command `snippets new`: write a runnable snippet with a metadata template."""

from __future__ import annotations

import argparse
import difflib
import re
import sys
from pathlib import Path

from snippet_engine.atomic_write import write_atomically
from snippet_engine.cli.common import (
    EXIT_OK,
    CommandError,
    Subparsers,
    add_command,
    add_json_option,
    complete_with,
    list_used_chapters,
    print_json,
)
from snippet_engine.project.fences import format_fence
from snippet_engine.project.navigation import read_page_titles
from snippet_engine.project.program_rules import explain_shadowing
from snippet_engine.project.project import Project
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


def add(commands: Subparsers) -> None:
    """Add `snippets new` to the subparsers `commands`."""
    parser = add_command(
        commands,
        "new",
        _new,
        "write a new snippet with metadata to fill in",
        """
        CHAPTER is the name of a page in docs/. NAME consists of lower-case letters, digits
        and hyphens, and ends the URL of the program. The file contains a small program to
        replace. An existing file is never overwritten, and a name that would hide a module
        of the standard library is refused.
        """,
        """
        snippets new threads/my-idea
        snippets new taking-turns/my-shell-idea.zsh --title "Taking turns in a shell"
        """,
    )
    name = parser.add_argument(
        "name", metavar="CHAPTER/NAME", help="threads/my-idea, or threads/my-idea.zsh"
    )
    complete_with(name, lambda root: [f"{chapter}/" for chapter in list_used_chapters(root)])
    parser.add_argument("--title", help="the title of its panel; default: derived from NAME")
    add_json_option(parser, "name, path, page, fence and next steps")


def _new(options: argparse.Namespace) -> int:
    project = Project(options.root)
    name, suffix = _split_name(options.name)
    chapter = _find_chapter(project, name)
    if suffix == ".py" and (reason := explain_shadowing(name.partition("/")[2])):
        raise CommandError(f"{reason}; choose another name")
    title = (options.title or name.partition("/")[2].replace("-", " ").capitalize()).strip()
    if not title or not title.isprintable():
        raise CommandError(f"invalid title {title!r}: expected one line of text")
    for other in LANGUAGES:
        if (project.root / "snippets" / f"{name}{other}").exists():
            message = f"snippets/{name}{other} already exists"
            raise CommandError(f"{message}: edit it, or choose another name")
    relative, page = f"snippets/{name}{suffix}", f"docs/{chapter}.md"
    path = project.root / relative
    path.parent.mkdir(parents=True, exist_ok=True)
    head = _HEAD.format(title=title.replace("\\", r"\\").replace('"', r"\""), claim=_CLAIMS[suffix])
    write_atomically(path, head + _PROGRAMS[suffix])
    steps, embed = _next_steps(name, relative, page), format_fence(name).rstrip()
    if options.json:
        print_json({"name": name, "path": relative, "page": page, "fence": embed, "next": steps})
        return EXIT_OK
    print(f"Wrote {relative}. Next steps:\n")
    for number, step in enumerate(steps, 1):
        print(f"  {number}. {step}")
    print("\n" + "\n".join(f"       {line}" for line in embed.splitlines()))
    print("\nCONTRIBUTING.md lists all metadata keys and the requirements for programs.")
    return EXIT_OK


def _split_name(name: str) -> tuple[str, str]:
    """Return "chapter/name" and the suffix, ".py" by default.

    Raise CommandError if the name or the suffix is invalid.
    """
    stem, dot, end = name.removeprefix("snippets/").partition(".")
    suffix = dot + end
    if suffix not in ("", *LANGUAGES):
        raise CommandError(f"invalid suffix {suffix!r}: expected {' or '.join(LANGUAGES)}")
    parts = stem.split("/")
    if len(parts) != 2 or not all(map(_NAME.fullmatch, parts)):
        expected = "CHAPTER/NAME of a-z, 0-9 and hyphens, e.g. threads/my-idea"
        raise CommandError(f"invalid name {name!r}: expected {expected}")
    return stem, suffix or ".py"


def _find_chapter(project: Project, name: str) -> str:
    chapter = name.partition("/")[0]
    if not (project.root / "docs" / f"{chapter}.md").is_file():
        known = list_used_chapters(project.root) or list(read_page_titles(project.root))
        similar = difflib.get_close_matches(chapter, known, 1)
        hint = f"did you mean {similar[0]!r}? " if similar else ""
        message = f"unknown chapter {chapter!r}: {hint}expected one of {', '.join(known)}; "
        raise CommandError(f"{message}for a new chapter write docs/{chapter}.md first")
    return chapter


def _next_steps(name: str, path: str, page: str) -> list[str]:
    """Return the next steps for the author; the last is to add the fence to `page`."""
    command = _command_path()
    return [
        f"write the program and its metadata: {path}",
        f"run it at each save: {command} run {name} --watch",
        f"record its output: make record NAME={name}",
        f"add this fence and text to {page}; then run {command} check",
    ]


def _command_path() -> str:
    """Return the path of `snippets` as it was typed, or of the one in `.venv`."""
    return sys.argv[0] if Path(sys.argv[0]).name == "snippets" else ".venv/bin/snippets"
