"""Reads the program's own source: modules, what they import, and where."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = "render_manager"


@dataclass(frozen=True)
class Import:
    """One import statement's target, as far as it can be told without running it."""

    name: str
    line: int
    is_type_only: bool


@dataclass(frozen=True)
class Module:
    """One module of the program."""

    name: str
    path: Path
    tree: ast.Module
    imports: tuple[Import, ...]

    @property
    def area(self) -> str:
        """Return the package below `render_manager`, or the module's own name at the top."""
        parts = self.name.split(".")
        return parts[1] if len(parts) > 1 else ""

    @property
    def is_driver(self) -> bool:
        return self.name.startswith(f"{PACKAGE}.engines.drivers.")


@cache
def modules() -> tuple[Module, ...]:
    """Return every module of the program, parsed."""
    return tuple(_module(path) for path in sorted((ROOT / PACKAGE).rglob("*.py")))


def _module(path: Path) -> Module:
    parts = path.relative_to(ROOT).with_suffix("").parts
    name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    tree = ast.parse(path.read_text("utf-8"), str(path))
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    return Module(name, path, tree, tuple(_imports(tree, package, is_type_only=False)))


def _imports(node: ast.AST, package: str, *, is_type_only: bool) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.dump(child.test):
            for inner in child.body:
                yield from _imports(ast.Module([inner], []), package, is_type_only=True)
            for inner in child.orelse:
                yield from _imports(ast.Module([inner], []), package, is_type_only=is_type_only)
        elif isinstance(child, ast.Import):
            for alias in child.names:
                yield Import(alias.name, child.lineno, is_type_only)
        elif isinstance(child, ast.ImportFrom):
            base = _base(child, package)
            for alias in child.names:
                yield Import(f"{base}.{alias.name}", child.lineno, is_type_only)
        else:
            yield from _imports(child, package, is_type_only=is_type_only)


def _base(node: ast.ImportFrom, package: str) -> str:
    if not node.level:
        return node.module or ""
    parts = package.split(".")
    parts = parts[: len(parts) - node.level + 1]
    return ".".join([*parts, *([node.module] if node.module else [])])


@cache
def module_names() -> frozenset[str]:
    return frozenset(module.name for module in modules())


def target_module(imported: str) -> str | None:
    """Return the module of ours that an imported name lives in, None for one of others."""
    name = imported
    while name:
        if name in module_names():
            return name
        name = name.rpartition(".")[0]
    return None
