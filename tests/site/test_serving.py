"""`mkdocs serve` as an author uses it: edits that differ, renames, deletes, a port in use."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from helpers.browser import environment
from helpers.processes import is_gone, needs_proc
from helpers.projects import format_fence, small_project
from newcomer import Server

NAME = "one-at-a-time/take-a-look"
REST = 3.0  # seconds without a build after which no further one is expected


class Preview(Server):
    """A running `mkdocs serve` of a project, whose builds are counted."""

    def __init__(self, root: Path) -> None:
        command = [sys.executable, "-m", "mkdocs", "serve"]
        super().__init__(command, root, environment(root))
        self.root = root

    def builds(self) -> int:
        """How many builds have ended since the first."""
        return self.log.read_text().count("Reloading browsers")

    def save(self, path: str, text: str) -> int:
        """Write a file of the project; return how many builds that made."""
        return self.change(lambda: (self.root / path).write_text(text, encoding="utf-8"))

    def change(self, act: Callable[[], object]) -> int:
        """Change the project by `act`; return how many builds that made, once they have ended."""
        before = self.builds()
        act()
        self.wait(lambda: self.builds() > before)
        still, count = time.monotonic(), self.builds()
        while time.monotonic() - still < REST:
            if self.builds() != count:
                still, count = time.monotonic(), self.builds()
            time.sleep(0.1)
        return count - before


@pytest.mark.site
@needs_proc
@pytest.mark.timeout(300)
def test_an_author_sees_each_state_of_the_work(tmp_path: Path) -> None:
    """Every save is one build and one right site, whatever state the work is in."""
    root = small_project(tmp_path / "a project", [NAME])
    file, page = f"snippets/{NAME}.py", "docs/one-at-a-time.md"
    text = (root / file).read_text(encoding="utf-8")
    with Preview(root) as server:
        server.wait(lambda: f"Serving on {server.url}" in server.log.read_text())
        panel = server.get("one-at-a-time/")
        assert "Let's take a look!" in panel.replace("&#x27;", "'")
        assert "snippet-mismatch" not in panel
        assert server.get(f"downloads/{NAME}.py") == text

        # A program whose output differs is shown with both outputs and the cure.
        edited = text.replace('take a look!")', 'take a walk!")')
        assert edited != text
        assert server.save(file, edited) == 1
        panel = server.get("one-at-a-time/")
        [note] = re.findall(r'<div class="snippet-mismatch".*?</div>', panel, re.DOTALL)
        assert re.findall(r"take a (\w+)", note) == ["look", "walk"]
        assert f"make record NAME={NAME}" in note
        assert server.get(f"downloads/{NAME}.py") == edited
        assert server.save(file, text) == 1
        assert "snippet-mismatch" not in server.get("one-at-a-time/")

        # A program that is not recorded, and a broken link, are shown as they are.
        unrecorded = text.partition("#: output")[0]
        assert server.save(file, unrecorded) == 1
        assert "Nothing is recorded for it" in server.get("one-at-a-time/")
        assert server.save(page, f"# A page\n\n[gone](gone.md)\n\n{format_fence(NAME)}") == 1
        assert "gone" in server.get("one-at-a-time/")

        # A renamed program is missed until its fence follows, and found under its new name.
        renamed = root / "snippets/one-at-a-time/a-look.py"
        server.change(lambda: (root / file).rename(renamed))
        assert f"no snippet &#x27;{NAME}&#x27;" in server.get("one-at-a-time/")
        assert server.save(page, f"# A page\n\n{format_fence('one-at-a-time/a-look')}") == 1
        panel = server.get("one-at-a-time/")
        assert 'data-snippet="one-at-a-time/a-look"' in panel
        assert "could not be shown" not in panel
        assert server.get(f"downloads/{NAME}.py") == "404"
        assert server.get("downloads/one-at-a-time/a-look.py") == unrecorded

        # A deleted program is gone with its download.
        server.change(renamed.unlink)
        assert server.get("downloads/one-at-a-time/a-look.py") == "404"
        assert server.save(page, "# A page\n") == 1
        assert "could not be shown" not in server.get("one-at-a-time/")

        # A page that moves takes its address along.
        server.change(lambda: (root / "docs/threads.md").rename(root / "docs/strings.md"))
        assert server.get("threads/") == "404"
        assert "A page" in server.get("strings/")
        assert not re.search("^(?:Traceback|ERROR)", server.log.read_text(), re.MULTILINE)
    assert is_gone(str(root))


@pytest.mark.site
@pytest.mark.parametrize("command", [("-m", "mkdocs", "serve"), ("-m", "mkdocs", "serve", "-a")])
def test_a_port_in_use_is_said_in_one_line_before_a_build(
    command: tuple[str, ...], tmp_path: Path
) -> None:
    """With the way to another port; however the port was chosen."""
    root = small_project(tmp_path / "project", [NAME])
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        at = f"127.0.0.1:{port}"
        result = subprocess.run(
            [sys.executable, *command, *[at] * (command[-1] == "-a")],
            cwd=root,
            env=environment(root, DEV_ADDR=at),
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert result.returncode == 1
    lines = [line for line in result.stderr.splitlines() if not line.startswith("INFO ")]
    assert lines == [
        f"Error: cannot serve at {at} (Address already in use): choose another port with"
        f" `mkdocs serve -a 127.0.0.1:{port + 1}` or `make serve PORT={port + 1}`"
    ]
    assert "Documentation built" not in result.stderr
