"""MkDocs and Zensical build the same pages, panels and links from one mkdocs.yml."""

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
from helpers.browser import MonitoredPage, build_site, serve_folder
from helpers.projects import copy_project, make_small_project
from helpers.repository import ROOT, MakeOnce

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

PANEL = re.compile(r'<section class="snippet.*?</section>', re.DOTALL)
ARTICLE = re.compile(r"<article.*</article>", re.DOTALL)
NAVIGATION = re.compile(r"md-sidebar--primary.*?<article", re.DOTALL)
LINK = re.compile(r'<a [^>]*?href="([^"]*)"')
IDENTIFIER = re.compile(r'\bid="([^"]*)"')
HOME = "/somewhere/deep/"  # the path of the site on its host
NAMES = [
    "locks/without-a-lock",
    "one-at-a-time/take-a-look",
    "queues/import-queue",
    "shared-state/two-threads-one-dict",
    "threads/thread-for-each-task",
]
# Pages with embeds that depend on the path of the page, a measured number and a term.
PROSE = {
    name: f'```python exec="on"\nfrom snippet_engine import {name}\nprint({name}())\n```\n'
    for name in ("gallery", "coverage")
}
PROSE |= {
    "index": "A GIL. [Nine](threads.md#a-page) took\n{{ threads/thread-for-each-task seconds }}.\n",
}


def build_with_zensical(root: Path, run_cache: Path) -> subprocess.CompletedProcess[str]:
    """Run `make site-zensical` in the project `root`, with this Python environment."""
    shutil.copy(ROOT / "Makefile", root)
    shutil.copytree(ROOT / "scripts", root / "scripts", dirs_exist_ok=True)
    return subprocess.run(
        ["make", "--old-file=setup", "site-zensical", f"BIN={Path(sys.executable).parent}"],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root), "SNIPPETS_MEMORY": str(run_cache)},
        capture_output=True,
        text=True,
        timeout=200,
    )


@dataclass(frozen=True)
class Site:
    """A built site: the HTML of each page by its URL, and the names of all files."""

    pages: dict[str, str]
    files: frozenset[str] = frozenset()

    @classmethod
    def read(cls, folder: Path) -> Site:
        """Read the site in `folder`."""
        files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*")}
        pages = {
            name.removesuffix("index.html"): path.read_text(encoding="utf-8")
            for name, path in files.items()
            if path.name == "index.html"
        }
        return cls(pages, frozenset(name for name, path in files.items() if path.is_file()))

    def find_panels(self) -> list[str]:
        """Return all panels in order, without the marks that exclude text from the search."""
        html = "".join(text for _, text in sorted(self.pages.items()))
        return [panel.replace(" data-search-exclude", "") for panel in PANEL.findall(html)]

    def find_links(self, part_pattern: re.Pattern[str]) -> dict[str, list[str]]:
        """Return the internal links in the matching part of each page, as paths on the site."""
        paths = {}
        for page, html in self.pages.items():
            part = part_pattern.search(html)
            assert part, page
            urls = (urljoin(HOME + page, unescape(link)) for link in LINK.findall(part[0]))
            internal = (unquote(url) for url in urls if not urlsplit(url).scheme)
            paths[page] = [f"/{url.removeprefix(HOME)}" for url in internal]
        return paths

    def find_dead_links(self) -> list[str]:
        """Return the links of articles and of the navigation that have no target."""
        dead = []
        for part_pattern in (ARTICLE, NAVIGATION):
            for page, links in self.find_links(part_pattern).items():
                for link in links:
                    path, _, anchor = link.partition("#")
                    target = self.pages.get(path[1:])
                    if target is None:
                        exists = path[1:] in self.files
                    else:
                        # `#show=…` is a filter of the gallery and no anchor.
                        filtered = path == "/gallery/" and anchor.startswith("show=")
                        exists = not anchor or filtered or anchor in IDENTIFIER.findall(target)
                    if not exists:
                        dead.append(f"{page} -> {link}")
        return dead


def assert_same(site: Site, other: Site) -> None:
    """Compare pages, panels and links, except links of the notebook's page."""
    assert sorted(site.pages) == sorted(other.pages)
    assert site.find_panels() == other.find_panels()
    links, other_links = site.find_links(ARTICLE), other.find_links(ARTICLE)
    for page in sorted({*site.pages} - {"session/"}):
        assert links[page] == other_links[page], page


@pytest.mark.slow
@pytest.mark.parametrize(
    ("names", "notebook"),
    [
        pytest.param(["threads/thread-for-each-task"], False, id="a-program"),
        pytest.param(NAMES, True, id="programs-and-the-notebook"),
    ],
)
def test_small_site_is_the_same(names: list[str], notebook: bool, tmp_path: Path) -> None:
    """Both use the same run cache."""
    root = make_small_project(tmp_path / "project", names, notebook=notebook)
    for name, text in PROSE.items():
        page = root / "docs" / f"{name}.md"
        page.write_text(page.read_text() + text)
    result = build_with_zensical(root, tmp_path / "runs")
    assert result.returncode == 0, result.stderr
    assert result.stderr.count(f"{len(names)} of {len(names)} have run") == 1
    assert "a download of the notebook" in result.stdout
    result = build_site(root, tmp_path / "site", SNIPPETS_MEMORY=str(tmp_path / "runs"))
    assert result.returncode == 0, result.stderr
    assert "have run" not in result.stderr
    zensical, mkdocs = Site.read(root / "site-zensical"), Site.read(tmp_path / "site")
    assert_same(zensical, mkdocs)
    assert [
        re.search(r'data-snippet="(.*?)"', panel)[1] for panel in zensical.find_panels()
    ] == names
    assert mkdocs.find_dead_links() == []
    assert zensical.find_dead_links() == []
    for site in (zensical, mkdocs):
        assert re.search(r'<span class="measured"[^>]*>1\.\d+ s<', site.pages[""])
        assert re.search(r'<abbr title="[^"]+">GIL</abbr>', site.pages[""])


@pytest.mark.slow
def test_zensical_replaces_the_page_of_the_notebook(zensical: Site) -> None:
    """With a page that links to its download."""
    assert "/session/" in zensical.find_links(NAVIGATION)[""]
    assert "has no page for" in zensical.pages["session/"]
    assert "/session.ipynb" in zensical.find_links(ARTICLE)["session/"]
    assert "session.ipynb" in zensical.files


@pytest.mark.slow
def test_faults_fail_the_build_with_zensical(tmp_path: Path) -> None:
    """A different output, a fence that raises, and a dead anchor."""
    root = make_small_project(tmp_path / "project", ["one-at-a-time/take-a-look"])
    faults = {
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
    for path, insert_fault, message in faults.values():
        good = path.read_text()
        path.write_text(insert_fault(good))
        for _ in range(2):  # the second time perhaps from a cache
            result = build_with_zensical(root, tmp_path / "runs")
            assert result.returncode != 0, message
            assert message in result.stderr
        path.write_text(good)
    assert build_with_zensical(root, tmp_path / "runs").returncode == 0


@pytest.fixture(scope="module")
def zensical_folder(
    tmp_path_factory: pytest.TempPathFactory, site: str, run_cache: Path, make_once: MakeOnce
) -> Path:
    """The whole site built by Zensical, from the same runs as by MkDocs."""

    def make(target: Path) -> None:
        root = copy_project(tmp_path_factory.mktemp("project"))
        result = build_with_zensical(root, run_cache)
        assert result.returncode == 0, result.stderr
        (root / "site-zensical").rename(target)

    return make_once("site-zensical", make)


@pytest.fixture(scope="module")
def zensical(zensical_folder: Path) -> Site:
    """The pages of that site."""
    return Site.read(zensical_folder)


@pytest.fixture(scope="module")
def zensical_url(zensical_folder: Path) -> Iterator[str]:
    """The URL of that site."""
    with serve_folder(zensical_folder) as url:
        yield url


@pytest.mark.slow
def test_whole_site_is_the_same(zensical: Site, site: str) -> None:
    pages = {}
    for page in zensical.pages:
        with urlopen(f"{site}/{page}") as response:
            pages[page] = response.read().decode()
    assert_same(zensical, Site(pages))
    assert len(zensical.find_panels()) > 90
    assert zensical.find_dead_links() == []


@pytest.mark.slow
def test_replay_and_gallery_filter_work_with_zensical(
    zensical_url: str, context: BrowserContext
) -> None:
    monitored = MonitoredPage(context.new_page(), zensical_url)
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
