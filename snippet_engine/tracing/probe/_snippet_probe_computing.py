"""Detection of functions that only compute, and call nothing that could wait.

For Python 3.11 only. While a thread has a profile hook, that version does not use specialized
instructions (PEP 659), so loops take half as long again. These functions have no events to
report, so the probe removes its hook while one of them runs.
"""

from __future__ import annotations

from types import CodeType

from _snippet_probe_lanes import SUSPENDING

TYPE_CHECKING = False  # it is slow to import
if TYPE_CHECKING:
    from collections.abc import Iterator

# Built-in functions that return without waiting.
HARMLESS = {
    *("abs", "bin", "bool", "chr", "divmod", "float", "hex", "int", "len"),
    *("ord", "pow", "print", "range", "repr", "round", "str"),
}

# Opcodes of Python 3.11, the only version that uses this module.
_LOOPS = {134, 140, 173, 174, 175, 176}  # backward jumps
# A call of anything but a global name, a function definition, an import, or a `with` statement.
_CALLS = {2, 53, 108, 132, 142, 160}
_GLOBAL, _ITERATOR, _MORE = 116, 68, 144


def computing(code: CodeType) -> Iterator[CodeType]:
    """Yield the code of the functions defined in `code` that only compute."""
    for part in code.co_consts:
        if isinstance(part, CodeType):
            if _computes(part):
                yield part
            yield from computing(part)


def _computes(code: CodeType) -> bool:
    # A generator or coroutine may be a lane; a comprehension may iterate over a generator.
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
        if instruction == _GLOBAL and argument & 1:  # loaded to be called
            name = code.co_names[argument >> 1]
            if name not in HARMLESS:
                return False
            ranges += name == "range"
    return loops and iterators == ranges  # every loop is over a `range`, not a generator
