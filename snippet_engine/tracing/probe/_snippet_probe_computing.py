"""Python 3.11: which functions compute, and call nothing that could wait.

While a thread has a profile hook, Python 3.11 runs its bytecode without the instructions
that it specializes (PEP 659), so loops take half as long again. Such a function has nothing
to tell: the hook stands aside until it has ended.
"""

from __future__ import annotations

from types import CodeType

from _snippet_probe_lanes import SUSPENDING

TYPE_CHECKING = False  # it is slow to import
if TYPE_CHECKING:
    from collections.abc import Iterator

# Built-in functions that come back at once.
HARMLESS = {
    *("abs", "bin", "bool", "chr", "divmod", "float", "hex", "int", "len"),
    *("ord", "pow", "print", "range", "repr", "round", "str"),
}

# Instructions of 3.11, the one version that comes here, by what they say of a function.
_LOOPS = {134, 140, 173, 174, 175, 176}  # it jumps backward
# It calls what is no global name, defines a function, imports, or enters a `with`.
_CALLS = {2, 53, 108, 132, 142, 160}
_GLOBAL, _ITERATOR, _MORE = 116, 68, 144


def computing(code: CodeType) -> Iterator[CodeType]:
    """Of the functions in `code`, those that compute."""
    for part in code.co_consts:
        if isinstance(part, CodeType):
            if _computes(part):
                yield part
            yield from computing(part)


def _computes(code: CodeType) -> bool:
    # A generator or coroutine may be a lane; a comprehension loops over what it is given.
    if code.co_flags & SUSPENDING or code.co_name.startswith("<"):
        return False
    more = ranges = iterators = 0
    loops = False
    for instruction, argument in zip(code.co_code[::2], code.co_code[1::2], strict=True):
        argument |= more
        more = argument << 8 if instruction == _MORE else 0
        if instruction in _CALLS:
            return False
        loops |= instruction in _LOOPS
        iterators += instruction == _ITERATOR
        if instruction == _GLOBAL and argument & 1:  # to be called
            name = code.co_names[argument >> 1]
            if name not in HARMLESS:
                return False
            ranges += name == "range"
    return loops and iterators == ranges  # what it loops over is no generator
