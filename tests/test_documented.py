"""Public functions say what they take, give and raise."""

import ast
from collections.abc import Iterator
from pathlib import Path

import generative

PACKAGE = Path(generative.__file__).parent
LEAST = 0.9  # share of functions with a docstring


def public_functions(tree: ast.AST) -> Iterator[ast.FunctionDef]:
    """Functions and methods whose names, and those of their classes, do not begin with an underscore."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield node
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield from public_functions(node)


def test_public_functions_are_documented() -> None:
    files = sorted(f for f in PACKAGE.rglob("*.py") if "node_modules" not in f.parts)  # some of those are Python
    found = [(f, node) for f in files for node in public_functions(ast.parse(f.read_text(encoding="utf-8")))]
    bare = [f"{f.relative_to(PACKAGE)}:{node.lineno} {node.name}" for f, node in found if not ast.get_docstring(node)]
    assert len(found) - len(bare) >= LEAST * len(found), "\n".join(bare)
