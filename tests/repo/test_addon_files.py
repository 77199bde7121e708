"""What every addon ships, and that Odoo gets to see it."""

import ast
import re

import pytest

from .source import ADDONS, ROOT, addons, label, text, tree

OURS = sorted(addons())
KEYS = {
    "name",
    "summary",
    "version",
    "license",
    "author",
    "category",
    "depends",
    "data",
    "installable",
}
DATA_FOLDERS = ("security", "data", "views", "wizard", "report")
README_PARTS = ("Description", "Configure", "Usage", "Known limits")
TALKS_TO_OTHERS = {
    "nfe_batch",
    "marketplace_connector",
    "marketplace_mercadolivre",
    "marketplace_amazon",
    "marketplace_shopee",
    "marketplace_magalu",
}
"""Integration addons: a restored copy must be made harmless."""

NETWORK = {"requests", "httpx", "urllib3", "socket", "http.client", "urllib.request"}
LAYERS = {
    "industry_b2c_sales_nfe_batch",
    "nfe_batch_stock_delivery",
    "marketplace_magalu",
    "marketplace_mercadolivre",
    "marketplace_shopee",
    "industry_b2c",
    "test_industry_b2c",
}
"""Addons that may do without models, hence without access rows."""


def test_every_folder_is_an_addon():
    folders = {
        path.name for path in ADDONS.iterdir() if path.is_dir() and any(path.iterdir())
    }
    assert folders - {"__pycache__"} == set(OURS)


@pytest.mark.parametrize("name", OURS)
def test_manifest_is_complete(name):
    manifest = addons()[name].manifest
    assert set(manifest) >= KEYS
    assert re.fullmatch(r"19\.0\.\d+\.\d+\.\d+", manifest["version"])
    assert manifest["license"] == "AGPL-3"
    assert manifest["author"] == "Industry B2C"
    assert manifest["installable"] is True
    assert len(manifest["summary"]) <= 80
    assert len(manifest["depends"]) == len(set(manifest["depends"]))


@pytest.mark.parametrize("name", OURS)
def test_manifest_names_each_data_file_once(name):
    addon = addons()[name]
    listed = [*addon.manifest["data"], *addon.manifest.get("demo", [])]
    present = {
        path.relative_to(addon.path).as_posix()
        for folder in DATA_FOLDERS
        for suffix in ("xml", "csv")
        for path in addon.files(f"{folder}/**/*.{suffix}")
    }
    assert len(listed) == len(set(listed))
    assert set(addon.manifest["data"]) == present


@pytest.mark.parametrize("name", OURS)
def test_readme(name):
    readme = text(addons()[name].path / "README.md")
    headings = re.findall(r"^#+ (.+)$", readme, re.MULTILINE)
    assert [part for part in README_PARTS if part not in headings] == []


@pytest.mark.parametrize("name", OURS)
def test_has_translation_and_tests(name):
    addon = addons()[name]
    assert (addon.path / "i18n/pt_BR.po").is_file()
    assert addon.files("tests/test_*.py")
    assert not list(addon.path.glob("i18n/en*.po"))


@pytest.mark.parametrize("name", OURS)
def test_odoo_sees_every_test(name):
    """Odoo runs the modules that tests/__init__.py imports, and no others."""
    addon = addons()[name]
    entry = addon.path / "tests/__init__.py"
    seen = {
        alias.name
        for node in ast.walk(tree(entry))
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert {path.stem for path in addon.files("tests/test_*.py")} <= seen


@pytest.mark.parametrize("name", OURS)
def test_database_tests_run_after_installation(name):
    """at_install tests break on a full database; unittest's classes never run."""
    wrong = []
    for path in addons()[name].files("tests/test_*.py"):
        for node in tree(path).body:
            if not isinstance(node, ast.ClassDef) or not _has_tests(node):
                continue
            tags = {
                argument.value
                for decorator in node.decorator_list
                if isinstance(decorator, ast.Call)
                for argument in decorator.args
                if isinstance(argument, ast.Constant)
            }
            bases = {ast.unparse(base) for base in node.bases}
            if not {"post_install", "-at_install"} <= tags:
                wrong.append(f"{label(path)}: {node.name} is not tagged")
            if bases & {"TestCase", "unittest.TestCase"}:
                wrong.append(f"{label(path)}: {node.name} never runs")
    assert wrong == []


def _has_tests(node):
    return any(getattr(child, "name", "").startswith("test_") for child in node.body)


@pytest.mark.parametrize("name", OURS)
def test_models_have_access_rows(name):
    addon = addons()[name]
    if any(model.is_new and model.base != "AbstractModel" for model in addon.models):
        assert "security/ir.model.access.csv" in addon.manifest["data"]
    else:
        assert name in LAYERS


@pytest.mark.parametrize("name", OURS)
def test_what_talks_to_others_can_be_neutralized(name):
    addon = addons()[name]
    reaches_out = {
        module
        for path in addon.code
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for module in (getattr(node, "module", None), *(a.name for a in node.names))
        if module in NETWORK
    }
    assert name in TALKS_TO_OTHERS or not reaches_out
    if name in TALKS_TO_OTHERS:
        assert text(addon.path / "data/neutralize.sql").strip()


@pytest.mark.parametrize("name", OURS)
def test_decisions_know_no_odoo(name):
    """domain/ is pure: it imports neither Odoo nor the models beside it."""
    impure = [
        f"{label(path)}: {ast.unparse(node)}"
        for path in addons()[name].files("domain/*.py")
        for node in ast.walk(tree(path))
        if _imports_odoo(node)
    ]
    assert impure == []


def _imports_odoo(node):
    if isinstance(node, ast.Import):
        return any(alias.name.split(".")[0] == "odoo" for alias in node.names)
    if not isinstance(node, ast.ImportFrom):
        return False
    module = node.module or ""
    if not node.level:
        own = re.fullmatch(r"odoo\.addons\.\w+\.domain(\.\w+)*", module)
        return module.split(".")[0] == "odoo" and not own
    return node.level > 1 and module.split(".")[0] in {
        "models",
        "wizard",
        "controllers",
    }


def test_requirements_name_the_wheels_of_all_dependencies():
    """A dependency from OCA that is in no wheel of ours would not install."""
    wheels = set(
        re.findall(r"^odoo-addon-(\w+)", text(ROOT / "requirements.txt"), re.M)
    )
    pinned = set(
        re.findall(r"^odoo-addon-(\w+)==", text(ROOT / "constraints.txt"), re.M)
    )
    assert wheels <= pinned
    named = {d for addon in addons().values() for d in addon.manifest["depends"]}
    foreign = {d for d in named if d.startswith(("l10n_br_", "queue_", "product_dim"))}
    assert foreign <= wheels
