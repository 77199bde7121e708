"""Arrows between addons point only down the table of docs/architecture.md."""

import ast
import re

import pytest

from .source import addons, closure, label, text, tree

CHANNEL = {"marketplace_connector"}
BOTH = {"industry_b2c_sales", "nfe_batch"}
ALLOWED = {
    "industry_b2c_sales": set(),
    "nfe_batch": set(),
    "marketplace_connector": BOTH,
    "marketplace_mercadolivre": CHANNEL,
    "marketplace_shopee": CHANNEL,
    "marketplace_amazon": CHANNEL,
    "marketplace_magalu": CHANNEL,
    "industry_b2c_fulfillment": BOTH,
    "marketplace_settlement": CHANNEL,
    "industry_b2c_aftersales": BOTH,
    "industry_b2c_freight": {"industry_b2c_sales"},
}
"""Capability -> our addons that it may name in "depends"."""

GLUE = {
    "industry_b2c_sales_nfe_batch": ("industry_b2c_sales", "nfe_batch"),
    "nfe_batch_stock_delivery": ("nfe_batch", "stock_delivery"),
}
"""Glue -> the two addons that it joins, one of them ours at least."""

APP = "industry_b2c"
FLOWS = "test_industry_b2c"
GLUE_LINES = 150

STUCK_AT_18 = re.compile(
    r"^(l10n_br_nfe|l10n_br_stock.*|l10n_br_delivery.*|shopfloor.*"
    r"|stock_release_channel.*|component.*|connector.*)$"
)
"""OCA addons without a 19.0 release: nothing of ours depends on them."""

OURS = sorted(addons())
IMPORT = re.compile(r"^odoo\.addons\.(\w+)")
REFERENCE = re.compile(
    r"""(?:ref|inherit_id|parent|action|groups|name)=["']([^"']+)["']"""
)
XMLID = re.compile(r"\b(\w+)\.\w+")


def depends(name):
    """Our addons among the direct dependencies."""
    return set(addons()[name].manifest["depends"]) & set(OURS)


def allowed(name):
    """Our addons that this one may depend on."""
    if name in GLUE:
        return set(GLUE[name])
    if name == APP:
        return set(OURS) - {APP, FLOWS}
    return {APP} if name == FLOWS else ALLOWED[name]


@pytest.mark.parametrize("name", OURS)
def test_depends_only_downwards(name):
    assert name in {*ALLOWED, *GLUE, APP, FLOWS}, (
        "not in the table: add it, with reason"
    )
    assert depends(name) <= allowed(name)


@pytest.mark.parametrize("name", OURS)
def test_no_dependency_without_release_for_19(name):
    stuck = [d for d in addons()[name].manifest["depends"] if STUCK_AT_18.match(d)]
    assert stuck == []


def test_app_carries_everything():
    if APP in OURS:
        assert set(OURS) - closure(APP) <= {FLOWS}


@pytest.mark.parametrize("name", [n for n in OURS if n in GLUE])
def test_glue_is_tiny_and_automatic(name):
    addon = addons()[name]
    assert name == "_".join(GLUE[name])
    assert addon.manifest.get("auto_install") is True
    assert set(addon.manifest["depends"]) == set(GLUE[name])
    lines = [line for path in addon.code for line in text(path).splitlines()]
    assert len([line for line in lines if line.strip()]) <= GLUE_LINES


@pytest.mark.parametrize("name", OURS)
def test_code_names_only_what_the_addon_depends_on(name):
    """An import of a sibling works by luck when both are installed."""
    strangers = {
        f"{label(path)}: {module}"
        for path in addons()[name].files("*.py")
        for module in _imported(path)
        if module in OURS and module not in closure(name)
    }
    assert strangers == set()


@pytest.mark.parametrize("name", OURS)
def test_data_names_only_what_the_addon_depends_on(name):
    strangers = {
        f"{label(path)}: {xmlid}"
        for path in addons()[name].data_files(".xml")
        for value in REFERENCE.findall(text(path))
        for xmlid in XMLID.findall(value)
        if xmlid in OURS and xmlid not in closure(name)
    }
    assert strangers == set()


def _imported(path):
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ImportFrom) and not node.level:
            names = [node.module]
            if node.module == "odoo.addons":
                names = [f"odoo.addons.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        yield from (match[1] for name in names if (match := IMPORT.match(name or "")))
