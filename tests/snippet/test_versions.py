"""Python versions and their order."""

from __future__ import annotations

import sys

from snippet_engine.snippet.versions import SUPPORTED_VERSIONS, get_feature_version, parse_version


def test_feature_version_is_the_first_two_parts() -> None:
    assert get_feature_version("3.12.1") == "3.12"
    assert get_feature_version("3.14.0rc2") == "3.14"


def test_feature_version_is_that_of_this_interpreter_by_default() -> None:
    assert get_feature_version() == f"{sys.version_info[0]}.{sys.version_info[1]}"


def test_versions_sort_by_number() -> None:
    assert parse_version("3.9") < parse_version("3.10.2") < parse_version("3.11")
    assert sorted(SUPPORTED_VERSIONS, key=parse_version) == list(SUPPORTED_VERSIONS)
