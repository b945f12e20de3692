"""The house: source ← index ← rag ← eval, app → rag; nothing imports app or eval."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MAY_IMPORT = {
    "source": {"source"},
    "index": {"source", "index"},
    "rag": {"source", "index", "rag"},
    "eval": {"source", "index", "rag", "eval"},
    "app.py": {"source", "index", "rag"},
}
HOUSE = {"source", "index", "rag", "eval", "app"}


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.split(".")[0])
    return names


def modules(layer: str) -> list[Path]:
    path = ROOT / layer
    return [path] if path.is_file() else sorted(path.rglob("*.py"))


@pytest.mark.parametrize("layer", MAY_IMPORT)
def test_a_layer_imports_only_what_lies_below(layer: str) -> None:
    files = modules(layer)
    assert files, f"{layer} has no modules"
    for path in files:
        wrong = (imported(path) & HOUSE) - MAY_IMPORT[layer]
        assert not wrong, f"{path.relative_to(ROOT)} imports {wrong}"


@pytest.mark.parametrize("layer", ["source", "index", "rag"])
def test_only_the_page_imports_gradio(layer: str) -> None:
    assert not [p for p in modules(layer) if "gradio" in imported(p)]


def test_eval_is_imported_by_name_of_a_module() -> None:
    # `import eval` would hide the builtin.
    for path in ROOT.rglob("*.py"):
        if ".venv" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                assert "eval" not in {alias.name for alias in node.names}, path
