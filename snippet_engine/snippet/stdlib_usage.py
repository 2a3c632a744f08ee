"""Static analysis of which names of the concurrency modules a program uses.

The program is not run. Uses that are not certain, such as those of a name that the program
also binds to another value, are omitted.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from snippet_engine.errors import SnippetError
from snippet_engine.snippet.model import Snippet
from snippet_engine.snippet.stdlib_api import MODULES, find_methods
from snippet_engine.snippet.stdlib_names import NAMES
from snippet_engine.snippet.versions import get_feature_version

# Classes whose `__enter__` or `__aenter__` returns the object itself.
_CONTEXT_MANAGERS = frozenset(
    {
        "asyncio.Runner",
        "asyncio.TaskGroup",
        "concurrent.futures.ProcessPoolExecutor",
        "concurrent.futures.ThreadPoolExecutor",
        "multiprocessing.Pool",
        "subprocess.Popen",
    }
)


class AnalysisError(ValueError):
    """A program cannot be analyzed; the message is a phrase such as "a zsh script"."""


@dataclass(frozen=True, slots=True)
class StdlibUsage:
    """The modules, names and methods of MODULES that a program uses, each sorted.

    `names` are full names ("threading.Event"). `methods` ("threading.Event.set") includes
    only uses on objects whose class can be inferred.
    """

    modules: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()


@lru_cache(maxsize=4096)  # called for the gallery and again for the API coverage
def find_usage(snippet: Snippet) -> StdlibUsage:
    """Return the modules, names and methods that the program of `snippet` uses.

    Raises AnalysisError if the program is not Python or does not compile, and SnippetError if it
    has an import of `*`, which hides the names used.
    """
    if snippet.language != "python":
        raise AnalysisError(f"a {snippet.language} script")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(snippet.code)
            compile(tree, "<snippet>", "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        raise AnalysisError(f"does not compile on Python {get_feature_version()}") from None
    resolver = _NameResolver(tree)
    if resolver.star_import:
        line = snippet.head.count("\n") + resolver.star_import.lineno
        message = (
            f"`from {resolver.star_import.module} import *` hides which names the program uses;"
            " import them by name"
        )
        raise SnippetError(snippet.path, line, message)
    return resolver.find_usage()


class _NameResolver:
    """The possible meanings of each name in a program, ignoring scopes.

    `imported` has the full names that a name is imported as. `values` has the expressions that
    it is bound to, each with True if the name is bound to an item of the value; None is an
    unknown value.
    """

    def __init__(self, tree: ast.Module) -> None:
        self.nodes = [*ast.walk(tree)]
        self.star_import: ast.ImportFrom | None = None
        self.imported: dict[str, set[str]] = {}
        self.values: dict[str, list[tuple[ast.expr | None, bool]]] = {}
        self.bound_nodes: set[ast.expr] = set()
        for node in self.nodes:
            self._record_binding(node)
        for node in self.nodes:
            self._mark_rebound(node)

    def find_usage(self) -> StdlibUsage:
        """Return the modules, names and methods that the program uses."""
        names: set[str] = set()
        methods: set[str] = set()
        for node in self.nodes:
            if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load):
                name = self._find_public_name(node)
                if name:
                    names.add(name)
            if isinstance(node, ast.Attribute):
                class_name = self._infer_class(node.value)
                if class_name and node.attr in find_methods(class_name):
                    methods.add(f"{class_name}.{node.attr}")
        modules = {
            module
            for full_names in self.imported.values()
            for name in full_names
            for module in MODULES
            if f"{name}.".startswith(f"{module}.")
        }
        modules |= {name.rpartition(".")[0] for name in names}
        return StdlibUsage(tuple(sorted(modules)), tuple(sorted(names)), tuple(sorted(methods)))

    def _record_binding(self, node: ast.AST) -> None:
        """Record the names that `node` binds to an import or to a known expression."""
        match node:
            case ast.Import():
                for alias in node.names:
                    # Without `as`, `import a.b` binds `a`.
                    name = alias.name if alias.asname else alias.name.partition(".")[0]
                    self.imported.setdefault(alias.asname or name, set()).add(name)
            case ast.ImportFrom(names=[ast.alias(name="*")]):
                self.star_import = node
            case ast.ImportFrom(module=str(module), level=0):
                for alias in node.names:
                    known = self.imported.setdefault(alias.asname or alias.name, set())
                    known.add(f"{module}.{alias.name}")
            case ast.Assign(targets=[ast.Name() as target]):
                self._bind(target, node.value)
            case ast.AnnAssign(target=ast.Name() as target, value=ast.expr() as value):
                self._bind(target, value)
            case ast.NamedExpr(target=ast.Name() as target):
                self._bind(target, node.value)
            case ast.withitem(context_expr=ast.Call() as value, optional_vars=ast.Name() as target):
                if self._find_public_name(value.func) in _CONTEXT_MANAGERS:
                    self._bind(target, value)
            case (
                ast.For(target=ast.Name() as target)
                | ast.AsyncFor(target=ast.Name() as target)
                | ast.comprehension(target=ast.Name() as target)
            ):
                self._bind(target, node.iter, item=True)

    def _bind(self, target: ast.Name, value: ast.expr, item: bool = False) -> None:
        self.bound_nodes.add(target)
        self.values.setdefault(target.id, []).append((value, item))

    def _mark_rebound(self, node: ast.AST) -> None:
        """Record the names that `node` binds to an unknown value."""
        match node:
            case ast.Name(ctx=ast.Store() | ast.Del()) if node not in self.bound_nodes:
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
            self.values.setdefault(name, []).append((None, False))

    def _resolve(self, node: ast.expr) -> str:
        """Return the full name of `node` ("threading.Thread"), "" if unknown.

        Aliases from imports are resolved.
        """
        if isinstance(node, ast.Attribute):
            value = self._resolve(node.value)
            return value and f"{value}.{node.attr}"
        if not isinstance(node, ast.Name):
            return ""
        names = self.imported.get(node.id, set())
        return next(iter(names)) if len(names) == 1 and node.id not in self.values else ""

    def _find_public_name(self, node: ast.expr) -> str:
        """Return the public name of one of MODULES that `node` refers to, "" if none."""
        module, _, name = self._resolve(node).rpartition(".")
        return f"{module}.{name}" if module in MODULES and name in NAMES[module] else ""

    def _infer_class(self, node: ast.expr | None, item: bool = False, depth: int = 4) -> str:
        """Return the class of the value of `node`, or of an `item` in it; "" if unknown.

        At most `depth` steps from name to value are followed.
        """
        if node is None or not depth:
            return ""
        if isinstance(node, ast.Name):
            values = self.values.get(node.id, [])
            classes = {
                self._infer_class(value, inner or item, depth - 1)
                for value, inner in values
                if not (inner and item)
            }
            return classes.pop() if len(classes) == 1 and node.id not in self.imported else ""
        if item:
            items = {self._infer_class(part, depth=depth - 1) for part in _iterate_items(node)}
            return items.pop() if len(items) == 1 else ""
        if isinstance(node, ast.Call):
            return self._find_public_name(node.func)
        return ""


def _iterate_items(node: ast.expr) -> Iterator[ast.expr]:
    """Yield the item expressions of a list, tuple, set or comprehension."""
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        yield from node.elts
    elif isinstance(node, ast.ListComp | ast.SetComp | ast.GeneratorExp):
        yield node.elt
