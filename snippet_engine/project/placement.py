"""Checks of the places of snippet files and of the fences that show them.

Each snippet is one file, `snippets/<chapter>/<name>.py` or `.zsh`, and is shown once, on the
page of its chapter, `docs/<chapter>.md`.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath

from snippet_engine.project.faults import Fault
from snippet_engine.project.fences import Embed, find_embeds
from snippet_engine.snippet.model import LANGUAGES


def find_misplaced(root: Path) -> list[Fault]:
    """Return the misplaced files and fences of the project in `root`, sorted.

    Fences that name no snippet are left to `find_unknown_names`.
    """
    pages = read_pages(root)
    snippets, faults = _sort_files(root, pages)
    return sorted([*faults, *_check_fences(snippets, pages)])


def find_unknown_names(root: Path) -> list[Fault]:
    """Return a fault for each fence in `root` that names no snippet, sorted."""
    pages = read_pages(root)
    snippets, _ = _sort_files(root, pages)
    return sorted(
        Fault("docs" / page, embed.line, explain_unknown_name(embed.name, snippets))
        for page, text in pages.items()
        for embed in find_embeds(text)
        if embed.name not in snippets
    )


def explain_unknown_name(name: str | None, names: Collection[str]) -> str:
    """Return an error message with a remedy for a name that is not in `names`.

    `name` is None for a fence without a name.
    """
    if name is None:
        return 'this fence names no snippet; write show("chapter/name")'
    similar = find_similar_name(name, names)
    question = f"did you mean {similar!r}? or " if similar else ""
    return f"there is no snippet {name!r}; {question}write it with `snippets new {name}`"


def locate_unknown_name(root: Path, name: str, names: Collection[str]) -> str:
    """Return an error message for a name that is not in `names`, with the places of its use.

    These are the places on the pages in `root` that use `name`, because `show` is not given
    the page that calls it.
    """
    places = [
        f"docs/{page}:{embed.line}"
        for page, text in read_pages(root).items()
        for embed in find_embeds(text)
        if embed.name == (name or None)
    ]
    return f"{', '.join(places) or 'a page'}: {explain_unknown_name(name or None, names)}"


def find_similar_name(name: str, names: Iterable[str]) -> str | None:
    """Return the most similar of `names`, or None if none is similar.

    The same name in another chapter is preferred to a similar spelling.
    """
    known = list(names)
    stem = name.rpartition("/")[2]
    moved = [other for other in known if other.rpartition("/")[2] == stem]
    similar = moved or difflib.get_close_matches(name, known, 1)
    return similar[0] if similar else None


def read_pages(root: Path) -> dict[PurePosixPath, str]:
    """Return the text of each page of the project in `root`, by path in `docs`."""
    return {
        PurePosixPath(path.relative_to(root / "docs")): path.read_text(encoding="utf-8")
        for path in sorted((root / "docs").rglob("*.md"))
    }


def _sort_files(
    root: Path, pages: Iterable[PurePosixPath]
) -> tuple[dict[str, PurePosixPath], list[Fault]]:
    """Return the file of each snippet by its name, and a fault for each misplaced file.

    The files of the snippets are relative to `snippets`.
    """
    chapters = [page.stem for page in pages if len(page.parts) == 1]
    snippets: dict[str, PurePosixPath] = {}
    faults = []
    folder = root / "snippets"
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        file = PurePosixPath(path.relative_to(folder))
        if not _is_relevant(file):
            continue
        name = file.with_suffix("").as_posix()
        if message := _explain_misplaced_file(file, chapters, snippets.get(name)):
            faults.append(Fault("snippets" / file, 1, message))
        else:
            snippets[name] = file
    return snippets, faults


def _is_relevant(file: PurePosixPath) -> bool:
    """Return False for hidden files, caches and backups of editors."""
    is_hidden = any(part.startswith((".", "__")) for part in file.parts)
    return not is_hidden and not file.name.endswith(("~", ".bak", ".orig", ".tmp"))


def _explain_misplaced_file(
    file: PurePosixPath, chapters: list[str], namesake: PurePosixPath | None
) -> str:
    """Return what is wrong with the path of a file, with a remedy, or "" if it is right.

    `namesake` is another file that has the same name without its suffix.
    """
    known = ", ".join(chapters)
    if len(file.parts) == 1:
        return f"it is in no chapter; move it to snippets/<chapter>/ ({known})"
    chapter = file.parts[0]
    if chapter not in chapters:
        return f"there is no chapter {chapter!r}; move it to one of {known}, or write its page"
    if len(file.parts) > 2:
        return f"a chapter has no folders; move it to snippets/{chapter}/"
    if file.suffix not in LANGUAGES:
        return f"a snippet is a {' or '.join(LANGUAGES)} file; rename it, or keep it elsewhere"
    if namesake:
        return f"snippets/{namesake} has the same name; rename one of them"
    return ""


def _check_fences(
    snippets: Mapping[str, PurePosixPath], pages: Mapping[PurePosixPath, str]
) -> Iterator[Fault]:
    """Yield the fences that are repeated or on a wrong page, and snippets without a fence."""
    shown: dict[str, str] = {}
    for page, embed in _sort_embeds(pages):
        name, path = embed.name, "docs" / page
        if embed.call != "show" or name is None or name not in snippets:
            continue
        if first := shown.get(name):
            message = f"{name} is shown a second time, after {first}"
            yield Fault(path, embed.line, f"{message}; take one of the two fences away")
            continue
        shown[name] = f"{path}:{embed.line}"
        chapter = name.partition("/")[0]
        if page != PurePosixPath(f"{chapter}.md"):
            remedy = f"move the fence to docs/{chapter}.md, or the file to snippets/{page.stem}/"
            yield Fault(path, embed.line, f"{name} is of another chapter; {remedy}")
    for name, file in snippets.items():
        if name not in shown:
            remedy = f'put print(show("{name}")) into a fence of docs/{file.parts[0]}.md'
            yield Fault("snippets" / file, 1, f"it is shown on no page; {remedy}")


def _sort_embeds(pages: Mapping[PurePosixPath, str]) -> list[tuple[PurePosixPath, Embed]]:
    """Return all embeds with their pages, those on their own chapter's page first.

    Thus if a snippet is shown twice, the fence on the wrong page is reported.
    """
    embeds = [(page, embed) for page, text in pages.items() for embed in find_embeds(text)]
    return sorted(embeds, key=lambda pair: (pair[1].name or "").partition("/")[0] != pair[0].stem)
