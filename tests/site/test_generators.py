"""The site by either generator: the same pages, panels and links from one mkdocs.yml."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urljoin, urlsplit
from urllib.request import urlopen

import pytest
from helpers.browser import MonitoredPage, build, serve
from helpers.projects import copy_project, small_project
from helpers.repository import ROOT, MakeOnce

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

PANEL = re.compile(r'<section class="snippet.*?</section>', re.DOTALL)
ARTICLE = re.compile(r"<article.*</article>", re.DOTALL)
NAVIGATION = re.compile(r"md-sidebar--primary.*?<article", re.DOTALL)
LINK = re.compile(r'<a [^>]*?href="([^"]*)"')
IDENTIFIER = re.compile(r'\bid="([^"]*)"')
HOME = "/somewhere/deep/"  # the site need not be at the root of its host
NAMES = [
    "locks/without-a-lock",
    "one-at-a-time/take-a-look",
    "queues/import-queue",
    "shared-state/two-threads-one-dict",
    "threads/thread-for-each-task",
]
# On pages of their own: what depends on where a page is, a number, a term.
PROSE = {
    name: f'```python exec="on"\nfrom snippet_engine import {name}\nprint({name}())\n```\n'
    for name in ("gallery", "coverage")
}
PROSE |= {
    "index": "A GIL. [Nine](threads.md#a-page) took\n{{ threads/thread-for-each-task seconds }}.\n",
}


def by_zensical(root: Path, memory: Path) -> subprocess.CompletedProcess[str]:
    """What `make site-zensical` does in the project `root`, with this environment."""
    shutil.copy(ROOT / "Makefile", root)
    shutil.copytree(ROOT / "scripts", root / "scripts", dirs_exist_ok=True)
    return subprocess.run(
        ["make", "--old-file=setup", "site-zensical", f"BIN={Path(sys.executable).parent}"],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root), "SNIPPETS_MEMORY": str(memory)},
        capture_output=True,
        text=True,
        timeout=200,
    )


@dataclass(frozen=True)
class Site:
    """A built site: the HTML of each page, by its address; and its other files."""

    pages: dict[str, str]
    files: frozenset[str] = frozenset()

    @classmethod
    def of(cls, folder: Path) -> Site:
        """What is in that folder."""
        files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*")}
        pages = {
            name.removesuffix("index.html"): path.read_text(encoding="utf-8")
            for name, path in files.items()
            if path.name == "index.html"
        }
        return cls(pages, frozenset(name for name, path in files.items() if path.is_file()))

    def panels(self) -> list[str]:
        """All panels in order. What is not to be searched is marked for the generator alone."""
        html = "".join(text for _, text in sorted(self.pages.items()))
        return [panel.replace(" data-search-exclude", "") for panel in PANEL.findall(html)]

    def links(self, where: re.Pattern[str]) -> dict[str, list[str]]:
        """Where the links of each page lead to on this site, in order; of that part of it."""
        found = {}
        for page, html in self.pages.items():
            part = where.search(html)
            assert part, page
            addresses = (urljoin(HOME + page, unescape(link)) for link in LINK.findall(part[0]))
            ours = (unquote(one) for one in addresses if not urlsplit(one).scheme)
            found[page] = [f"/{one.removeprefix(HOME)}" for one in ours]
        return found

    def dead(self) -> list[str]:
        """Links of articles and of the navigation that lead to no page, place or file."""
        dead = []
        for where in (ARTICLE, NAVIGATION):
            for page, links in self.links(where).items():
                for link in links:
                    path, _, place = link.partition("#")
                    target = self.pages.get(path[1:])
                    if target is None:
                        found = path[1:] in self.files
                    else:
                        # `#show=…` is what the gallery is to show, and no place in it.
                        chosen = path == "/gallery/" and place.startswith("show=")
                        found = not place or chosen or place in IDENTIFIER.findall(target)
                    if not found:
                        dead.append(f"{page} -> {link}")
        return dead


def same(one: Site, other: Site) -> None:
    """Pages, panels and links are the same, but for those of the notebook's page."""
    assert sorted(one.pages) == sorted(other.pages)
    assert one.panels() == other.panels()
    ours, theirs = one.links(ARTICLE), other.links(ARTICLE)
    for page in sorted({*one.pages} - {"session/"}):
        assert ours[page] == theirs[page], page


@pytest.mark.slow
@pytest.mark.parametrize(
    ("names", "notebook"),
    [
        pytest.param(["threads/thread-for-each-task"], False, id="a-program"),
        pytest.param(NAMES, True, id="programs-and-the-notebook"),
    ],
)
def test_a_small_site_is_the_same_by_either(
    names: list[str], notebook: bool, tmp_path: Path
) -> None:
    """Pages, panels and links; and what one has run, once, the other remembers."""
    root = small_project(tmp_path / "project", names, notebook=notebook)
    for name, text in PROSE.items():
        page = root / "docs" / f"{name}.md"
        page.write_text(page.read_text() + text)
    result = by_zensical(root, tmp_path / "memory")
    assert result.returncode == 0, result.stderr
    assert result.stderr.count(f"{len(names)} of {len(names)} have run") == 1
    assert "a download of the notebook" in result.stdout
    again = build(root, tmp_path / "site", SNIPPETS_MEMORY=str(tmp_path / "memory"))
    assert again.returncode == 0, again.stderr
    assert "have run" not in again.stderr
    zensical, mkdocs = Site.of(root / "site-zensical"), Site.of(tmp_path / "site")
    same(zensical, mkdocs)
    assert [re.search(r'data-snippet="(.*?)"', panel)[1] for panel in zensical.panels()] == names
    assert mkdocs.dead() == []
    assert zensical.dead() == []
    for site in (zensical, mkdocs):
        assert re.search(r'<span class="measured"[^>]*>1\.\d+ s<', site.pages[""])
        assert re.search(r'<abbr title="[^"]+">GIL</abbr>', site.pages[""])


@pytest.mark.slow
def test_the_notebooks_page_is_left_out_and_said(zensical: Site) -> None:
    """Its entry leads to a page which says so, from where the notebook can be had."""
    assert "/session/" in zensical.links(NAVIGATION)[""]
    assert "has no page for" in zensical.pages["session/"]
    assert "/session.ipynb" in zensical.links(ARTICLE)["session/"]
    assert "session.ipynb" in zensical.files


@pytest.mark.slow
def test_what_goes_wrong_fails_it_too(tmp_path: Path) -> None:
    """A wrong recording, a fence that raises and a dead anchor, each time it is built."""
    root = small_project(tmp_path / "project", ["one-at-a-time/take-a-look"])
    spoilt = {
        "wrong recording": (
            root / "snippets/one-at-a-time/take-a-look.py",
            lambda text: text.replace("#> Let's", "#> Let us"),
            "snippets/one-at-a-time/take-a-look.py: its output differs",
        ),
        "fence": (
            root / "docs/locks.md",
            lambda text: text + '\n```python exec="on"\nraise ValueError("oh")\n```\n',
            "ValueError: oh",
        ),
        "anchor": (
            root / "docs/threads.md",
            lambda text: text + "\n[x](locks.md#no)\n",
            "anchor does not exist",
        ),
    }
    for path, spoil, said in spoilt.values():
        good = path.read_text()
        path.write_text(spoil(good))
        for _ in range(2):  # the second time from what the generator remembers, if it does
            result = by_zensical(root, tmp_path / "memory")
            assert result.returncode != 0, said
            assert said in result.stderr
        path.write_text(good)
    assert by_zensical(root, tmp_path / "memory").returncode == 0


@pytest.fixture(scope="module")
def folder(
    tmp_path_factory: pytest.TempPathFactory, site: str, run_cache: Path, make_once: MakeOnce
) -> Path:
    """The whole site as Zensical builds it, from the runs that the other one shows."""

    def make(target: Path) -> None:
        root = copy_project(tmp_path_factory.mktemp("project"))
        result = by_zensical(root, run_cache)
        assert result.returncode == 0, result.stderr
        (root / "site-zensical").rename(target)

    return make_once("site-zensical", make)


@pytest.fixture(scope="module")
def zensical(folder: Path) -> Site:
    """The same, as pages."""
    return Site.of(folder)


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    """The same, served."""
    with serve(folder) as address:
        yield address


@pytest.mark.slow
def test_the_whole_site_is_the_same_by_either(zensical: Site, site: str) -> None:
    """Every page of the navigation has the same panels and links, and none is dead."""
    pages = {}
    for page in zensical.pages:
        with urlopen(f"{site}/{page}") as answer:
            pages[page] = answer.read().decode()
    same(zensical, Site(pages))
    assert len(zensical.panels()) > 90
    assert zensical.dead() == []


@pytest.mark.slow
def test_replay_and_the_filter_of_the_gallery_work(address: str, context: BrowserContext) -> None:
    """With the theme of that generator, in a browser, which asks no other host."""
    monitored = MonitoredPage(context.new_page(), address)
    page = monitored.open("threads")
    panel = page.locator('section[data-snippet="threads/thread-for-each-task"]')
    panel.get_by_role("button", name="Replay").click()
    panel.locator(".line[data-at]").first.wait_for(state="hidden")
    panel.locator(".line[data-at]").last.wait_for(state="visible")
    page = monitored.open("gallery")
    shown = page.locator("[data-snippet]:visible")
    before = shown.count()
    page.get_by_role("button", name=re.compile("generators")).click()
    page.wait_for_function("document.querySelector('[aria-pressed=true]')")
    assert 0 < shown.count() < before
    assert monitored.faults == []


def test_nothing_else_knows_the_generator() -> None:
    """Neither the engine nor a page or a program names it, so that either may go.

    But for the page that `make bench` writes, which compares builds by several tools.
    """
    engine = sorted((ROOT / "snippet_engine").rglob("*.py"))
    made = ROOT / "docs" / "about" / "performance.md"
    pages = [*sorted({*(ROOT / "docs").rglob("*.md")} - {made}), *(ROOT / "includes").glob("*.md")]
    programs = sorted(path for path in (ROOT / "snippets").glob("*/*") if path.is_file())
    knows = re.compile(r"zensical|\bmkdocs(?!\.yml|-material)", re.IGNORECASE)
    for path in [*engine, *pages, *programs]:
        assert not knows.search(path.read_text(encoding="utf-8")), path
