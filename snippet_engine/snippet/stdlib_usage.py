"""Which names of the modules for concurrency a program uses, told from its code alone.

Nothing is imported and nothing is run. What cannot be told for certain, such as
a name that the program also binds to something else, is left out.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from snippet_engine.errors import SnippetError
from snippet_engine.snippet.model import Snippet
from snippet_engine.snippet.stdlib_api import MODULES, methods_of, public
from snippet_engine.snippet.versions import version

# What is bound by `with CLASS(…) as name` is what CLASS(…) made.
_ENTER_THEMSELVES = frozenset(
    {
        "asyncio.Runner",
        "asyncio.TaskGroup",
        "concurrent.futures.ProcessPoolExecutor",
        "concurrent.futures.ThreadPoolExecutor",
        "multiprocessing.Pool",
        "subprocess.Popen",
    }
)


class Unreadable(ValueError):
    """A program into which one cannot look, in words: `a zsh script`."""


@dataclass(frozen=True, slots=True)
class Uses:
    """What a program imports of MODULES, and what of them it uses, sorted.

    `names`: "threading.Event"; `methods`: "threading.Event.set", as far as the
    class of an object can be told.
    """

    modules: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()


@lru_cache(maxsize=4096)  # the gallery asks, and the map of what is shown
def uses(snippet: Snippet) -> Uses:
    """What the program of `snippet` uses.

    Raises Unreadable where it is not Python or does not compile, and SnippetError
    where it imports `*`, which hides what it uses.
    """
    if snippet.language != "python":
        raise Unreadable(f"a {snippet.language} script")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(snippet.code)
            compile(tree, "<snippet>", "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        raise Unreadable(f"does not compile on Python {version()}") from None
    names = _Names(tree)
    if names.star:
        line = snippet.head.count("\n") + names.star.lineno
        message = f"`from {names.star.module} import *` hides what the program uses"
        raise SnippetError(snippet.path, line, message)
    return names.uses()


class _Names:
    """What each name of a program may stand for, whatever its scope.

    `made`: the expressions that it is bound to, with what to take of them: the
    value itself, one item of it, or nothing that is known.
    """

    def __init__(self, tree: ast.Module) -> None:
        self.nodes = [*ast.walk(tree)]
        self.star: ast.ImportFrom | None = None
        self.imported: dict[str, set[str]] = {}
        self.made: dict[str, list[tuple[ast.expr | None, bool]]] = {}
        self.known: set[ast.expr] = set()
        for node in self.nodes:
            self._bind(node)
        for node in self.nodes:
            self._spoil(node)

    def uses(self) -> Uses:
        names: set[str] = set()
        methods: set[str] = set()
        for node in self.nodes:
            if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load):
                name = self._name(node)
                if name:
                    names.add(name)
            if isinstance(node, ast.Attribute):
                made = self._class(node.value)
                if made and node.attr in methods_of(made):
                    methods.add(f"{made}.{node.attr}")
        modules = {
            module
            for found in self.imported.values()
            for name in found
            for module in MODULES
            if f"{name}.".startswith(f"{module}.")
        }
        modules |= {name.rpartition(".")[0] for name in names}
        return Uses(tuple(sorted(modules)), tuple(sorted(names)), tuple(sorted(methods)))

    def _bind(self, node: ast.AST) -> None:
        """Note what is bound by `node` where that can be told."""
        match node:
            case ast.Import():
                for alias in node.names:
                    # Without `as`, `import a.b` binds `a`.
                    name = alias.name if alias.asname else alias.name.partition(".")[0]
                    self.imported.setdefault(alias.asname or name, set()).add(name)
            case ast.ImportFrom(names=[ast.alias(name="*")]):
                self.star = node
            case ast.ImportFrom(module=str(module), level=0):
                for alias in node.names:
                    known = self.imported.setdefault(alias.asname or alias.name, set())
                    known.add(f"{module}.{alias.name}")
            case ast.Assign(targets=[ast.Name() as target]):
                self._make(target, node.value)
            case ast.AnnAssign(target=ast.Name() as target, value=ast.expr() as value):
                self._make(target, value)
            case ast.NamedExpr(target=ast.Name() as target):
                self._make(target, node.value)
            case ast.withitem(context_expr=ast.Call() as value, optional_vars=ast.Name() as target):
                if self._name(value.func) in _ENTER_THEMSELVES:
                    self._make(target, value)
            case (
                ast.For(target=ast.Name() as target)
                | ast.AsyncFor(target=ast.Name() as target)
                | ast.comprehension(target=ast.Name() as target)
            ):
                self._make(target, node.iter, item=True)

    def _make(self, target: ast.Name, value: ast.expr, item: bool = False) -> None:
        self.known.add(target)
        self.made.setdefault(target.id, []).append((value, item))

    def _spoil(self, node: ast.AST) -> None:
        """Note what else is bound, to what is not known."""
        match node:
            case ast.Name(ctx=ast.Store() | ast.Del()) if node not in self.known:
                names = [node.id]
            case ast.arg():
                names = [node.arg]
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                names = [node.name]
            case ast.ExceptHandler() | ast.MatchAs() | ast.MatchStar():
                names = [node.name or ""]
            case ast.MatchMapping():
                names = [node.rest or ""]
            case _:
                return
        for name in names:
            self.made.setdefault(name, []).append((None, False))

    def _dotted(self, node: ast.expr) -> str:
        """`threading.Thread` for whatever a program calls it; "" if it cannot be told."""
        if isinstance(node, ast.Attribute):
            value = self._dotted(node.value)
            return value and f"{value}.{node.attr}"
        if not isinstance(node, ast.Name):
            return ""
        found = self.imported.get(node.id, set())
        return next(iter(found)) if len(found) == 1 and node.id not in self.made else ""

    def _name(self, node: ast.expr) -> str:
        """The public name of one of MODULES that `node` stands for."""
        module, _, name = self._dotted(node).rpartition(".")
        return f"{module}.{name}" if module in MODULES and name in public(module) else ""

    def _class(self, node: ast.expr | None, item: bool = False, depth: int = 4) -> str:
        """The class that `node` (or an `item` of it) is an object of; "" if not known."""
        if node is None or not depth:
            return ""
        if isinstance(node, ast.Name):
            made = self.made.get(node.id, [])
            classes = {
                self._class(value, inner or item, depth - 1)
                for value, inner in made
                if not (inner and item)
            }
            return classes.pop() if len(classes) == 1 and node.id not in self.imported else ""
        if item:
            items = {self._class(part, depth=depth - 1) for part in _items(node)}
            return items.pop() if len(items) == 1 else ""
        if isinstance(node, ast.Call):
            return self._name(node.func)
        return ""


def _items(node: ast.expr) -> Iterator[ast.expr]:
    """What a list, tuple, set or comprehension holds."""
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        yield from node.elts
    elif isinstance(node, ast.ListComp | ast.SetComp | ast.GeneratorExp):
        yield node.elt
