"""What a product lacks, and whether that stops an order."""

from dataclasses import replace
from decimal import Decimal

import pytest

from odoo.addons.industry_b2c_sales.domain.readiness import (
    Finding,
    Level,
    ProductFacts,
    examine,
    worst,
)

COMPLETE = ProductFacts(
    ncm=True,
    fiscal_type=True,
    gtin="7891000315507",
    weight=Decimal("7.5"),
    sides=(Decimal("0.02"), Decimal("0.01"), Decimal("0.01")),
    price=Decimal("199.90"),
    unit_code="UN",
)


def test_complete_product_is_ready():
    assert examine(COMPLETE) == []
    assert worst([]) is Level.READY


@pytest.mark.parametrize(
    ("changes", "code", "level"),
    [
        ({"ncm": False}, "ncm_missing", Level.BLOCKED),
        ({"fiscal_type": False}, "fiscal_type_missing", Level.BLOCKED),
        ({"gtin": ""}, "gtin_missing", Level.ADVICE),
        ({"gtin": "7891000315508"}, "gtin_invalid", Level.ADVICE),
        ({"gtin": "17891000315504"}, "gtin_invalid", Level.ADVICE),
        ({"weight": Decimal(0)}, "weight_missing", Level.ADVICE),
        ({"sides": ()}, "dimensions_missing", Level.ADVICE),
        ({"sides": (Decimal(1), Decimal(0))}, "dimensions_missing", Level.ADVICE),
        ({"price": Decimal(0)}, "price_missing", Level.ADVICE),
        ({"unit_code": ""}, "unit_code_missing", Level.ADVICE),
        ({"unit_code": "UNIDADE"}, "unit_code_missing", Level.ADVICE),
        ({"tax_classification": False}, "tax_classification_missing", Level.ADVICE),
    ],
)
def test_one_finding(changes, code, level):
    assert examine(replace(COMPLETE, **changes)) == [Finding(code, level)]


def test_what_blocks_is_worse():
    findings = examine(ProductFacts(ncm=False, fiscal_type=True))
    assert findings[0].code == "ncm_missing"
    assert len(findings) == 6
    assert worst(findings) is Level.BLOCKED
    assert worst(findings[1:]) is Level.ADVICE


def test_company_may_hold_what_is_not_measured():
    """Measures block then; what the note does not need still advises."""
    naked = replace(COMPLETE, gtin="", weight=Decimal(0), sides=(), price=Decimal(0))
    blocking = [
        finding.code
        for finding in examine(naked, hold_unmeasured=True)
        if finding.level is Level.BLOCKED
    ]
    assert blocking == ["weight_missing", "dimensions_missing"]
    assert worst(examine(naked)) is Level.ADVICE
    assert examine(COMPLETE, hold_unmeasured=True) == []


def test_what_blocks_comes_first():
    naked = replace(COMPLETE, gtin="", weight=Decimal(0))
    levels = [finding.level for finding in examine(naked, hold_unmeasured=True)]
    assert levels == [Level.BLOCKED, Level.ADVICE]
