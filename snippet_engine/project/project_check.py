"""The checks of a project that run no program, for `snippets check`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from snippet_engine.errors import SnippetError
from snippet_engine.project import lint, spelling
from snippet_engine.project.faults import Fault
from snippet_engine.project.imports import check_imports, read_dependencies
from snippet_engine.project.navigation import read_page_titles
from snippet_engine.project.placement import find_misplaced, find_unknown_names, read_pages
from snippet_engine.project.program_rules import check_program
from snippet_engine.project.project import Project
from snippet_engine.project.prose_rules import (
    MEASURED_BY_BENCH,
    Text,
    check_chapter,
    check_measures,
    check_notes,
    check_text,
    count_words,
    extract_page_texts,
    extract_snippet_texts,
    limit_words,
)
from snippet_engine.snippet.model import Snippet
from snippet_engine.snippet.parser import parse_snippet
from snippet_engine.snippet.snippet_file import read_source

HOME_CHAPTER = "index"


@dataclass(frozen=True, slots=True)
class Length:
    """The number of words of a chapter, and the `most` that its programs allow."""

    chapter: str
    words: int
    most: int
    programs: int


class ProjectCheck:
    """A check of the snippets and pages of the project in `root`, read once.

    `faults` are those of the files that cannot be parsed as snippets.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.project = Project(root)
        self.names = self.project.names()
        self.pages = read_pages(root)
        self.snippets: list[Snippet] = []
        self.faults: list[Fault] = []
        for name in self.names:
            path = self.project.path(name)
            self._read(path, path.relative_to(root), name)

    def add_draft(self, path: Path) -> None:
        """Add a file outside `snippets` to the check; `path` is absolute."""
        self._read(path, path, path.stem)

    def _read(self, path: Path, shown: Path, name: str) -> None:
        try:
            self.snippets.append(parse_snippet(read_source(path, shown), shown, name))
        except SnippetError as error:
            self.faults.append(Fault(PurePosixPath(shown.as_posix()), error.line, error.message))

    def find_faults(self, only: Collection[PurePosixPath] | None = None) -> list[Fault]:
        """Return the faults in the files `only`, sorted by path and line.

        Paths are relative to the root; None means all files. Raise LintError if ruff is
        installed but cannot be run.
        """

        def is_chosen(path: PurePosixPath) -> bool:
            return only is None or path in only

        chosen = [snippet for snippet in self.snippets if is_chosen(_get_path(snippet))]
        pages = {path: page for path, page in self.pages.items() if is_chosen("docs" / path)}
        faults = {*self.faults, *find_misplaced(self.root), *find_unknown_names(self.root)}
        faults |= {*self._check_programs(chosen), *self._lint_programs(chosen)}
        faults |= {*self._check_pages(pages), *self._check_prose(pages, chosen)}
        return sorted(fault for fault in faults if is_chosen(fault.path))

    def measure_lengths(self) -> list[Length]:
        """Return the length of each chapter with programs, in navigation order."""
        programs = self._count_programs()
        return [
            Length(chapter, count_words(page), limit_words(programs[chapter]), programs[chapter])
            for chapter in read_page_titles(self.root)
            if chapter in programs and (page := self.pages.get(PurePosixPath(f"{chapter}.md")))
        ]

    def _check_programs(self, snippets: list[Snippet]) -> Iterator[Fault]:
        allowed = read_dependencies(self.root)
        for snippet in snippets:
            yield from check_program(snippet, self.names)
            yield from check_imports(snippet, allowed, self.names)

    def _lint_programs(self, snippets: list[Snippet]) -> list[Fault]:
        own = [it for it in snippets if it.source is None and it.language == "python"]
        return lint.lint_programs(self.root, map(_get_path, own)) if lint.is_installed() else []

    def _check_pages(self, pages: dict[PurePosixPath, str]) -> Iterator[Fault]:
        snippets = {snippet.name: snippet for snippet in self.snippets}
        claims = {
            snippet.name: [claim.measure for claim in snippet.claims] for snippet in self.snippets
        }
        programs = self._count_programs()
        for path, page in pages.items():
            yield from check_measures(path, page, dict.fromkeys(self.names) | claims)
            yield from check_notes(path, page, snippets)
            if path.stem in programs and len(path.parts) == 1:
                yield from check_chapter(path, page, programs[path.stem])

    def _check_prose(
        self, pages: dict[PurePosixPath, str], snippets: list[Snippet]
    ) -> Iterator[Fault]:
        words = spelling.Spelling(self.root) if spelling.is_installed() else None
        measured: list[Text] = []
        texts: list[Text] = []
        for path, page in pages.items():
            (measured if path == MEASURED_BY_BENCH else texts).extend(
                extract_page_texts(path, page)
            )
        for snippet in snippets:
            texts += extract_snippet_texts(snippet)
        for text in (*texts, *measured):
            yield from check_text(text, times=text not in measured)
            if words:
                yield from words.check(text)

    def _count_programs(self) -> Counter[str]:
        """Return the number of programs of each chapter, without the landing page."""
        counts = Counter(name.partition("/")[0] for name in self.names)
        del counts[HOME_CHAPTER]
        return counts


def find_missing_tools() -> list[str]:
    """Return a message for each development tool that is not installed."""
    messages = []
    if not lint.is_installed():
        messages.append("ruff is not installed, so programs are not linted")
    if not spelling.is_installed():
        messages.append(
            "codespell and pyspellchecker are not installed, so spelling is not checked"
        )
    return [f"{message}; `make setup` installs what is missing" for message in messages]


def _get_path(snippet: Snippet) -> PurePosixPath:
    return PurePosixPath(snippet.path.as_posix())
