"""May a product be sold to a consumer by the unit? What is missing, and how bad it is.

What blocks keeps the note from being right: the order waits. What advises costs money
or sales (a parcel without weight has no quote, a listing without GTIN is found by
nobody), but the order goes on. A company may rather wait for the measures.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from .gtin import is_gtin

ZERO = Decimal(0)
# uCom of the NF-e has one to six characters (Portal NF-e, field I09).
_UNIT_CODE_LENGTH = 6


class Level(StrEnum):
    """Worst first."""

    BLOCKED = "blocked"
    ADVICE = "advice"
    READY = "ready"


@dataclass(frozen=True, slots=True)
class ProductFacts:
    """A product as one company sells it; ``weight`` in kg, ``sides`` in whatever unit
    (the volume would not do: a small one is zero after rounding), ``price`` in BRL.
    ``unit_code`` is what the NF-e calls the unit. ``tax_classification``: has the
    company one (cClassTrib, IBS and CBS)?"""

    ncm: bool
    fiscal_type: bool
    gtin: str = ""
    weight: Decimal = ZERO
    sides: tuple[Decimal, ...] = ()
    price: Decimal = ZERO
    unit_code: str = ""
    tax_classification: bool = True


@dataclass(frozen=True, slots=True)
class Finding:
    code: str
    level: Level


def examine(facts: ProductFacts, *, hold_unmeasured: bool = False) -> list[Finding]:
    """Everything that a product lacks, what blocks first.

    :param hold_unmeasured: missing weight and dimensions block, too
    """
    block, advice = Level.BLOCKED, Level.ADVICE
    measures = block if hold_unmeasured else advice
    checks = (
        ("ncm_missing", block, not facts.ncm),
        ("fiscal_type_missing", block, not facts.fiscal_type),
        ("weight_missing", measures, facts.weight <= 0),
        ("dimensions_missing", measures, not (facts.sides and min(facts.sides) > 0)),
        ("gtin_missing", advice, not facts.gtin),
        ("gtin_invalid", advice, bool(facts.gtin) and not is_gtin(facts.gtin)),
        ("price_missing", advice, facts.price <= 0),
        (
            "unit_code_missing",
            advice,
            not 0 < len(facts.unit_code) <= _UNIT_CODE_LENGTH,
        ),
        ("tax_classification_missing", advice, not facts.tax_classification),
    )
    return [Finding(code, level) for code, level, lacking in checks if lacking]


def worst(findings: Iterable[Finding]) -> Level:
    levels = {finding.level for finding in findings}
    return next((level for level in Level if level in levels), Level.READY)
