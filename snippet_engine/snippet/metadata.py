"""Parser of the head of a snippet's file, with a check of each key.

The head is inline script metadata, PEP 723
(https://packaging.python.org/en/latest/specifications/inline-script-metadata/), with the
engine's keys in `[tool.snippet]`.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import PurePath
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet

from snippet_engine.errors import SnippetError
from snippet_engine.snippet.model import (
    COUNT_GROUP,
    GRADES,
    MEASURE_NAMES,
    START_METHODS,
    Claim,
    Guarantee,
    Outcome,
    find_compared_snippet,
)

KeyTable = dict[str, tuple[str, Any]]


def _is_line(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip()) and "\n" not in value


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_positive(value: object) -> bool:
    return isinstance(value, int | float) and _is_number(value) and value > 0


def _is_count(value: object) -> bool:
    return isinstance(value, int) and _is_number(value) and value >= 0


def _is_exception(value: object) -> bool:
    return isinstance(value, str) and value.replace(".", "").isidentifier()


def _is_pattern(value: object) -> bool:
    try:
        return isinstance(value, str) and bool(re.compile(value))
    except re.error:
        return False


def _are_patterns(value: object) -> bool:
    return isinstance(value, list) and len(value) > 1 and all(map(_is_pattern, value))


def _is_growth_pattern(value: object) -> bool:
    return _is_pattern(value) and COUNT_GROUP in re.compile(str(value)).groupindex


def _is_mask(value: object) -> bool:
    return isinstance(value, list) and all(
        isinstance(pair, list) and len(pair) == 2 and _is_pattern(pair[0]) and _is_line(pair[1])
        for pair in value
    )


def _is_list_of_tables(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, dict) for item in value)


def _is_specifier(value: object) -> bool:
    try:
        return isinstance(value, str) and bool(SpecifierSet(value))
    except InvalidSpecifier:
        return False


def _are_requirements(value: object) -> bool:
    try:
        return isinstance(value, list) and all(Requirement(item) for item in value)
    except (InvalidRequirement, TypeError):
        return False


# For each key: a description of valid values, and a function that checks a value.
_TOP_KEYS: KeyTable = {
    "requires-python": ("a version specifier", _is_specifier),
    "dependencies": ("a list of requirements", _are_requirements),
    "tool": ("a table", lambda v: isinstance(v, dict)),
}
_SNIPPET_KEYS: KeyTable = {
    "title": ("a line of text", _is_line),
    "source": ("the number of a block", lambda v: isinstance(v, int) and _is_positive(v)),
    "lines": (
        "'in-order', 'any-order' or 'each-kind'",
        lambda v: v in ("in-order", "any-order", "each-kind"),
    ),
    "setup": ("code to run first", lambda v: isinstance(v, str) and v.strip()),
    "stops": ("a number of seconds", _is_positive),
    "raises": ("the name of an exception", _is_exception),
    "mask": ("a list of pairs [pattern, name]", _is_mask),
    "alone": ("true or false", lambda v: isinstance(v, bool)),
    "start-method": ("'fork', 'spawn' or 'forkserver'", lambda v: v in START_METHODS),
    "guarantees": ("a list of tables", _is_list_of_tables),
    "outcomes": ("a list of tables", _is_list_of_tables),
    "claims": ("a table", lambda v: isinstance(v, dict)),
}
# Keys whose field of Snippet has another name.
_FIELD_NAMES = {"stops": "stop_after", "alone": "exclusive"}
_GUARANTEE_KINDS = {
    "order": ("a list of two or more patterns", _are_patterns),
    "first": ("a list of two or more patterns", _are_patterns),
    "grows": (f"a pattern with a group (?P<{COUNT_GROUP}>…)", _is_growth_pattern),
    "exactly": ("a count of lines", _is_count),
    "at-least": ("a count of lines", _is_count),
    "never": ("a pattern", _is_pattern),
    "any-order": ("a pattern", _is_pattern),
}
_GUARANTEE_KEYS: KeyTable = {
    "says": ("a line of text", _is_line),
    **_GUARANTEE_KINDS,
    "lines": ("a pattern", _is_pattern),
    "by": ("a whole number", lambda v: isinstance(v, int) and _is_number(v)),
    "stream": ("'stdout' or 'stderr'", lambda v: v in ("stdout", "stderr")),
}
_OUTCOME_KEYS: KeyTable = {
    "name": ("a line of text", _is_line),
    "grade": ("'expected', 'surprising' or 'forbidden'", lambda v: v in GRADES),
    "says": ("a line of text", _is_line),
    "pattern": ("a pattern", _is_pattern),
    "hangs": ("a number of seconds", _is_positive),
    "raises": ("the name of an exception", _is_exception),
}
_BOUND_KEYS: KeyTable = {
    "min": ("a number", _is_number),
    "max": ("a number", _is_number),
    "printed": ("a pattern with a group", lambda v: _is_pattern(v) and re.compile(v).groups > 0),
}


def parse_head(lines: list[str], path: PurePath) -> dict[str, Any]:
    """Return the fields of a Snippet that its head defines.

    `lines` are those of the head without the closing line. Raises SnippetError if a key or a
    value is not valid.
    """
    return _HeadParser(lines, path).parse()


class _HeadParser:
    def __init__(self, lines: list[str], path: PurePath) -> None:
        self.lines = lines
        self.path = path

    def parse(self) -> dict[str, Any]:
        head = self._read_toml()
        self._check_keys(head, _TOP_KEYS)
        snippet_table = head.get("tool", {}).get("snippet", {})
        if not isinstance(snippet_table, dict):
            raise self._error(self._find_line("snippet"), "'snippet' must be a table")
        self._check_keys(snippet_table, _SNIPPET_KEYS)
        if "title" not in snippet_table:
            raise self._error(1, 'no title; add title = "…" under [tool.snippet]')
        for key in ("raises", "outcomes"):
            if "stops" in snippet_table and key in snippet_table:
                message = f"{key!r} cannot be combined with 'stops'; remove one of them"
                raise self._error(self._find_line(key), message)
        return {
            **{
                _FIELD_NAMES.get(key, key.replace("-", "_")): value
                for key, value in snippet_table.items()
            },
            "mask": tuple(map(tuple, snippet_table.get("mask", ()))),
            "guarantees": tuple(self._parse_guarantees(snippet_table.get("guarantees", ()))),
            "outcomes": tuple(self._parse_outcomes(snippet_table.get("outcomes", ()))),
            "claims": tuple(self._parse_claims(snippet_table.get("claims", {}))),
            "requires_python": head.get("requires-python", ">=3.11"),
            "dependencies": tuple(head.get("dependencies", ())),
        }

    def _error(self, line: int, message: str) -> SnippetError:
        return SnippetError(self.path, line, message)

    def _read_toml(self) -> dict[str, Any]:
        for number, line in enumerate(self.lines[1:], 2):
            if line != "#" and not line.startswith("# "):
                raise self._error(number, "a line of the head lacks its '# '; begin it with that")
        try:
            return tomllib.loads("\n".join(line[2:] for line in self.lines[1:]))
        except tomllib.TOMLDecodeError as error:
            place = re.search(r" \(at (?:line (\d+), column \d+|end of document)\)$", str(error))
            number = int(place[1]) if place and place[1] else len(self.lines) - 1
            message = str(error)[: place.start()] if place else str(error)
            raise self._error(number + 1, f"invalid TOML: {message}") from None

    def _find_line(self, key: str, after: int = 1) -> int:
        """Return the number of the first line from `after` on that sets `key`.

        It is `after` if there is no such line.
        """
        name = re.escape(key)
        pattern = re.compile(rf"# (?:[\"']?{name}[\"']?\s*=|\[+tool\.snippet\.{name}\])")
        numbered = list(enumerate(self.lines, 1))[after - 1 :]
        return next((number for number, line in numbered if pattern.match(line)), after)

    def _find_table_line(self, title: str, number: int = 0) -> int:
        """Return the line of a table's title; `number` counts equal titles from 0.

        If there is no such title, it is the line that sets the last part of its name as a key.
        """
        numbers = [n for n, line in enumerate(self.lines, 1) if line.strip("# ") == title]
        return (
            numbers[number]
            if number < len(numbers)
            else self._find_line(title.strip("[]").rpartition(".")[2])
        )

    def _check_keys(
        self, table: Mapping[str, Any], known: KeyTable, after: Callable[[], int] = lambda: 1
    ) -> None:
        """Raise SnippetError if a key of `table` is unknown or has an invalid value.

        `after` returns the line at which the table begins; it is called only for an error.
        """
        for key, value in table.items():
            if key not in known:
                near = difflib.get_close_matches(key, known, 1)
                hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(known)}"
                raise self._error(self._find_line(key, after()), f"unknown key {key!r}; {hint}")
            expected, is_valid = known[key]
            if not is_valid(value):
                message = f"{key!r} must be {expected}, not {value!r}"
                raise self._error(self._find_line(key, after()), message)

    def _iterate_tables(
        self, name: str, tables: Iterable[dict[str, Any]], known: KeyTable, required: str
    ) -> Any:
        """Yield each table of the list `name`, checked, after its line number.

        `required` names the keys that each must have, separated by spaces.
        """
        for number, table in enumerate(tables):
            at = partial(self._find_table_line, f"[[tool.snippet.{name}]]", number)
            line = at()
            self._check_keys(table, known, at)
            for key in required.split():
                if key not in table:
                    raise self._error(line, f"no {key!r} in this entry of {name!r}; add it")
            yield line, table

    def _parse_guarantees(self, tables: Iterable[dict[str, Any]]) -> Iterable[Guarantee]:
        for line, table in self._iterate_tables("guarantees", tables, _GUARANTEE_KEYS, "says"):
            kinds = [kind for kind in _GUARANTEE_KINDS if kind in table]
            if len(kinds) != 1:
                message = f"a guarantee needs exactly one of {', '.join(_GUARANTEE_KINDS)}"
                raise self._error(line, f"{message}; this one has {' and '.join(kinds) or 'none'}")
            [kind] = kinds
            is_count = kind in ("exactly", "at-least")
            if is_count and "lines" not in table:
                raise self._error(line, f"{kind!r} needs 'lines'; add the pattern of the lines")
            if "lines" in table and not is_count:
                raise self._error(line, f"'lines' does not apply to {kind!r}; remove it")
            if "by" in table and kind != "grows":
                message = f"'by' does not apply to {kind!r}; remove it"
                raise self._error(self._find_line("by", line), message)
            patterns = table["lines"] if is_count else table[kind]
            yield Guarantee(
                says=table["says"],
                kind=kind,  # type: ignore[arg-type] # one of _GUARANTEE_KINDS
                patterns=(patterns,) if isinstance(patterns, str) else tuple(patterns),
                number=table[kind] if is_count else table.get("by"),
                stream=table.get("stream", "stdout"),
            )

    def _parse_outcomes(self, tables: Iterable[dict[str, Any]]) -> Iterable[Outcome]:
        names: set[str] = set()
        for line, table in self._iterate_tables(
            "outcomes", tables, _OUTCOME_KEYS, "name grade says"
        ):
            if not {"pattern", "hangs", "raises"} & table.keys():
                message = "nothing identifies this outcome; add 'pattern', 'hangs' or 'raises'"
                raise self._error(line, message)
            if table["name"] in names:
                raise self._error(
                    line, f"a second outcome has the name {table['name']!r}; rename one"
                )
            names.add(table["name"])
            yield Outcome(**table)

    def _parse_claims(self, table: Mapping[str, Any]) -> Iterable[Claim]:
        after = self._find_table_line("[tool.snippet.claims]")
        for measure, value in table.items():
            line = partial(self._find_line, measure, after)
            bounds = value if isinstance(value, dict) else {"min": value, "max": value}
            self._check_keys(bounds, _BOUND_KEYS, line)
            if (
                measure not in MEASURE_NAMES
                and not find_compared_snippet(measure)
                and "printed" not in bounds
            ):
                known = f"{', '.join(MEASURE_NAMES)}, 'speedup over NAME', or a name with 'printed'"
                raise self._error(line(), f"unknown measure {measure!r}; known are {known}")
            if not bounds.keys() & {"min", "max"}:
                raise self._error(
                    line(), f"{measure!r} has neither 'min' nor 'max'; add one of them"
                )
            yield Claim(measure, bounds.get("min"), bounds.get("max"), bounds.get("printed"))
