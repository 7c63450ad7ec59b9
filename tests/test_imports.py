"""Imports run one way: web, live and matching use fair and never one another; fair knows no server."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SITE = {"flask", "flask_babel", "flask_login", "flask_principal", "flask_security", "flask_wtf", "werkzeug", "wtforms"}
ENCODER = {"faiss", "torch", "sentence_transformers", "transformers"}
SOCKETS = {"asyncio", "socket", "websockets"}
TESTING = {"tests", "tools", "bench", "migrations"}
FORBIDDEN = {
    "fair": {"web", "live", "matching"} | SITE | ENCODER | SOCKETS | TESTING,
    "web": {"live", "matching"} | ENCODER | {"websockets"} | TESTING,
    "live": {"web", "matching"} | SITE | ENCODER | TESTING,
    "matching": {"web", "live", "websockets"} | TESTING,
}


def imported(source: str) -> set[str]:
    """The top-level names of the packages that a module's source imports, wherever in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names.update(alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names.add(node.module.partition(".")[0])
    return names


@pytest.mark.parametrize("package", FORBIDDEN)
def test_package_imports_only_downward(package):
    """No module of the package imports what stands beside or above it."""
    modules = sorted((ROOT / package).rglob("*.py"))

    wrong = {
        str(module.relative_to(ROOT)): sorted(found)
        for module in modules
        if (found := imported(module.read_text(encoding="utf-8")) & FORBIDDEN[package])
    }

    assert modules, f"{package} has no modules"
    assert wrong == {}


def test_imported_sees_every_form():
    """An import is seen as a statement, from a package, under another name and inside a function."""
    source = "import live.rooms\nfrom web import views\ndef late():\n    import torch as t\nfrom . import near\n"

    assert imported(source) == {"live", "web", "torch"}


def test_third_party_imports_are_declared():
    """What the product imports from other projects is a dependency of its own, not one by accident."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        declared = {canonical(re.split(r"[\[>=<]", line)[0]) for line in tomllib.load(file)["project"]["dependencies"]}
    own = {*FORBIDDEN, "migrations"}
    sources = [module for package in own for module in (ROOT / package).rglob("*.py")]
    foreign = set.union(*(imported(module.read_text(encoding="utf-8")) for module in sources)) - own
    distributions = packages_distributions()

    asked = {canonical(distributions[name][0]) for name in foreign - set(sys.stdlib_module_names)}

    assert "flask" in asked
    assert asked - declared == set()


def canonical(name: str) -> str:
    """A distribution's name in the one spelling that can be compared."""
    return re.sub(r"[-_.]+", "-", name).lower()
