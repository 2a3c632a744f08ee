"""Completion with Tab in bash and zsh."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pexpect  # type: ignore[import-untyped]
import pytest
from helpers.repository import ROOT

from snippet_engine.cli import sample
from snippet_engine.cli.common import complete_with, list_names

ENABLE = 'eval "$(register-python-argcomplete snippets)"'
SHELLS = {
    "bash": (["--norc", "--noprofile", "-i"], ENABLE),
    "zsh": (["-f", "-i"], f"autoload -U compinit; compinit -D -u; {ENABLE}"),
}


@pytest.fixture(scope="module", params=SHELLS)
def shell(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[pexpect.spawn]:
    """An interactive shell with completion enabled as in CONTRIBUTING.md."""
    options, enable = SHELLS[request.param]
    environment = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(tmp_path_factory.mktemp("home")),
        "PS1": "$ ",
        "TERM": "dumb",
        "LANG": "C.UTF-8",
    }
    path = shutil.which(request.param)
    assert path
    shell = pexpect.spawn(
        path, options, cwd=ROOT, env=environment, encoding="utf-8", timeout=60, dimensions=(40, 200)
    )
    shell.sendline(f'{enable}; echo rea""dy')
    shell.expect("ready\r\n")
    yield shell
    shell.close(force=True)


# pexpect forks in an xdist worker, which has a second thread.
@pytest.mark.filterwarnings("ignore:This process .*is multi-threaded:DeprecationWarning")
@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        pytest.param("snippets che", "check ", marks=pytest.mark.slow),
        ("snippets run threads/thread-po", "threads/thread-pool "),
        pytest.param("snippets run --wat", "--watch ", marks=pytest.mark.slow),
        pytest.param("snippets sample locks/two-locks", "locks/two-locks ", marks=pytest.mark.slow),
        pytest.param("snippets new taki", "taking-turns/", marks=pytest.mark.slow),
        pytest.param("snippets list shar", "shared-state ", marks=pytest.mark.slow),
        pytest.param("snippets list --state nev", "never-recorded ", marks=pytest.mark.slow),
    ],
)
def test_tab_completes(typed: str, completed: str, shell: pexpect.spawn) -> None:
    shell.send(typed)
    shell.expect_exact(typed.rpartition(" ")[2])
    time.sleep(0.1)
    shell.send("\t")
    shell.expect_exact(completed.removeprefix(typed.rpartition(" ")[2]))
    shell.sendcontrol("u")  # clear the line


def test_choices_are_snippets_of_the_project() -> None:
    """For `sample`, only those with outcomes."""
    parser = argparse.ArgumentParser()
    completer = complete_with(parser.add_argument("name"), list_names).completer  # type: ignore[attr-defined]
    choices = completer(parsed_args=argparse.Namespace(root=ROOT))
    assert choices == list_names(ROOT)
    racy = sample._list_racy_names(ROOT)
    assert {"locks/two-locks", "threads/torn-lines"} <= {*racy} < {*choices}
