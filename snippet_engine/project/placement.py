"""Checks of the places of snippet files and of the fences that show them.

Each snippet is one file, `snippets/<chapter>/<name>.py` or `.zsh`, and is shown once, on the
page of its chapter, `docs/<chapter>.md`.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from snippet_engine.project.fences import Embed, find_embeds
from snippet_engine.snippet.model import LANGUAGES


@dataclass(frozen=True, slots=True)
class Misplaced:
    """A file or fence in the wrong place: `what` is wrong and `cure`, the remedy.

    `unknown` is true for a fence that names no existing snippet.
    """

    path: PurePosixPath
    line: int
    what: str
    cure: str
    unknown: bool = False

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.what}: {self.cure}"


def find_misplaced(root: Path) -> list[Misplaced]:
    """Return misplaced files and fences of the project in `root`, by path and line."""
    folder = root / "snippets"
    files = [path.relative_to(folder) for path in folder.rglob("*") if path.is_file()]
    return find_misplaced_files(map(PurePosixPath, files), read_pages(root))


def find_misplaced_files(
    files: Iterable[PurePosixPath], pages: Mapping[PurePosixPath, str]
) -> list[Misplaced]:
    """Return misplaced files and fences, sorted by path and line.

    `files` are relative to `snippets`; `pages` maps paths relative to `docs` to texts.
    """
    chapters = [page.stem for page in pages if len(page.parts) == 1]
    names: dict[str, PurePosixPath] = {}
    found: list[Misplaced] = []
    for file in sorted(filter(_is_relevant, files)):
        name = file.with_suffix("").as_posix()
        wrong = _describe_misplaced_file(file, chapters, names)
        if wrong:
            found.append(Misplaced(PurePosixPath("snippets") / file, 1, *wrong))
        else:
            names[name] = file
    found += _find_misplaced_embeds(names, pages)
    return sorted(found, key=lambda one: (one.path.as_posix(), one.line))


def unknown_snippet_message(root: Path, name: str | None, names: Iterable[str]) -> str:
    """Return an error message of one line for a name that is not in `names`.

    It lists the places on the pages in `root` that use `name`, because `show` is not given
    the page that calls it.
    """
    at = [
        f"docs/{page}:{embed.line}"
        for page, text in read_pages(root).items()
        for embed in find_embeds(text)
        if embed.name == (name or None)
    ]
    what, cure = suggest_name(name or None, list(names))
    return f"{', '.join(at) or 'a page'}: {what}: {cure}"


def read_pages(root: Path) -> dict[PurePosixPath, str]:
    """Return the text of each page of the project in `root`, by path in `docs`."""
    return {
        PurePosixPath(path.relative_to(root / "docs")): path.read_text(encoding="utf-8")
        for path in sorted((root / "docs").rglob("*.md"))
    }


def _is_relevant(file: PurePosixPath) -> bool:
    """Return False for hidden files, caches and backups of editors."""
    hidden = any(part.startswith((".", "__")) for part in file.parts)
    return not hidden and not file.name.endswith(("~", ".bak", ".orig", ".tmp"))


def _describe_misplaced_file(
    file: PurePosixPath, chapters: list[str], names: Mapping[str, PurePosixPath]
) -> tuple[str, str] | None:
    """Return what is wrong with the path of a file, and the remedy, or None.

    `names` maps each snippet found so far to its file.
    """
    if len(file.parts) == 1:
        return "it is in no chapter", f"move it to snippets/<chapter>/ ({', '.join(chapters)})"
    chapter = file.parts[0]
    if chapter not in chapters:
        known = ", ".join(chapters)
        return f"there is no chapter {chapter!r}", f"move it to one of {known}, or write its page"
    if len(file.parts) > 2:
        return "a chapter has no folders", f"move it to snippets/{chapter}/"
    if file.suffix not in LANGUAGES:
        suffixes = " or ".join(LANGUAGES)
        return f"a snippet is a {suffixes} file", "rename it, or keep it elsewhere"
    if other := names.get(file.with_suffix("").as_posix()):
        return f"snippets/{other} has the same name", "rename one of them"
    return None


def _find_misplaced_embeds(
    names: Mapping[str, PurePosixPath], pages: Mapping[PurePosixPath, str]
) -> Iterator[Misplaced]:
    """Yield fences with a wrong or repeated name, and snippets that no fence shows."""
    shown: dict[str, str] = {}
    for page, embed in _sort_embeds(pages):
        path = PurePosixPath("docs") / page
        if embed.name is None or embed.name not in names:
            yield Misplaced(path, embed.line, *suggest_name(embed.name, list(names)), True)
        elif embed.call == "show":
            chapter = names[embed.name].parts[0]
            if first := shown.get(embed.name):
                what = f"{embed.name} is shown a second time, after {first}"
                yield Misplaced(path, embed.line, what, "take one of the two fences away")
                continue
            shown[embed.name] = f"{path}:{embed.line}"
            if page != PurePosixPath(f"{chapter}.md"):
                what = f"{embed.name} is of another chapter"
                cure = f"move the fence to docs/{chapter}.md, or the file to snippets/{page.stem}/"
                yield Misplaced(path, embed.line, what, cure)
    for name, file in names.items():
        if name not in shown:
            cure = f'put print(show("{name}")) into a fence of docs/{file.parts[0]}.md'
            yield Misplaced(PurePosixPath("snippets") / file, 1, "it is shown on no page", cure)


def _sort_embeds(pages: Mapping[PurePosixPath, str]) -> Iterator[tuple[PurePosixPath, Embed]]:
    """Return all embeds with their pages, those on their own chapter's page first.

    Thus if a snippet is shown twice, the fence on the wrong page is reported.
    """
    found = [(page, embed) for page, text in pages.items() for embed in find_embeds(text)]
    return iter(
        sorted(found, key=lambda pair: (pair[1].name or "").partition("/")[0] != pair[0].stem)
    )


def suggest_name(name: str | None, names: list[str]) -> tuple[str, str]:
    """Return what is wrong with a name that is not in `names`, and the remedy.

    `name` is None for a fence without a name.
    """
    if name is None:
        return "this fence names no snippet", 'write show("chapter/name")'
    near = find_similar_name(name, names)
    meant = f"did you mean {near!r}? or " if near else ""
    return f"there is no snippet {name!r}", f"{meant}write it with `snippets new {name}`"


def find_similar_name(name: str, names: Iterable[str]) -> str | None:
    """Return the most similar of `names`, or None if none is similar.

    The same name in another chapter is preferred to a similar spelling.
    """
    known = list(names)
    last = name.rpartition("/")[2]
    moved = [one for one in known if one.rpartition("/")[2] == last]
    near = moved or difflib.get_close_matches(name, known, 1)
    return near[0] if near else None
