"""Each named risk of docs/scenarios.md is proved by tests that exist and run."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from .source import ROOT, files, label, text, tree

PAGE = ROOT / "docs/scenarios.md"
NUMBERS = {*range(1, 31), 35, 36}
ROW = re.compile(r"^\| *(\d+) *\|([^|]+)\|([^|]+)\|$", re.MULTILINE)
NAMED = re.compile(r"`((?:addons|tests)/[\w/]+\.py(?:::\w+)+)`")
ROWS = {int(number): (risk, proof) for number, risk, proof in ROW.findall(text(PAGE))}
PROOFS = [
    (n, name) for n, (_risk, proof) in ROWS.items() for name in NAMED.findall(proof)
]


@cache
def all_classes() -> list[tuple[Path, ast.ClassDef]]:
    """Every class below a folder of tests."""
    paths = [path for path in files() if "tests" in label(path).split("/")]
    return [
        (path, node) for path in paths if path.suffix == ".py" for node in classes(path)
    ]


def classes(path: Path) -> list[ast.ClassDef]:
    """The classes of a module."""
    return [node for node in tree(path).body if isinstance(node, ast.ClassDef)]


@cache
def is_run(name: str) -> bool:
    """Is it, or does it become part of, a class that is collected?"""
    return name.startswith("Test") or any(
        is_run(heir.name)
        for path, heir in all_classes()
        if name in [ast.unparse(base).split(".")[-1] for base in heir.bases]
        and takes_over(path, heir)
    )


def takes_over(path: Path, heir: ast.ClassDef) -> bool:
    """Odoo leaves inherited tests out in silence unless the class asks for them."""
    return "addons" not in label(path).split("/") or any(
        ast.unparse(node) == "allow_inherited_tests_method = True" for node in heir.body
    )


def has_test(body: list[ast.stmt], name: str) -> bool:
    """Is it defined there, and called a test?"""
    return name.startswith("test_") and any(
        isinstance(node, ast.FunctionDef) and node.name == name for node in body
    )


def test_every_scenario_has_one_row():
    assert set(ROWS) == NUMBERS
    assert len(ROW.findall(text(PAGE))) == len(NUMBERS)


@pytest.mark.parametrize("number", sorted(NUMBERS))
def test_scenario_names_its_risk_and_its_tests(number):
    risk, proof = ROWS[number]
    assert risk.strip()
    # Whatever is not a well-formed name of a test would not be looked up.
    assert len(NAMED.findall(proof)) == proof.count(".py") > 0


@pytest.mark.parametrize(("number", "name"), PROOFS)
def test_named_test_exists_and_runs(number, name):
    path, *owner, test = name.split("::")
    if not owner:
        assert has_test(tree(ROOT / path).body, test)
        return
    (owned,) = [node for node in classes(ROOT / path) if node.name == owner[0]]
    assert has_test(owned.body, test)
    assert is_run(owned.name)
