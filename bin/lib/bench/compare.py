"""A sale order as plain values: to make it again, and to find what differs."""

from __future__ import annotations

import sys
from typing import Any

# Names and moments differ by nature, all that is money or tax must not.
LINE_FIELDS = (
    "product_id product_uom_qty price_unit discount_value price_subtotal price_total "
    "tax_ids"
).split()
PARTNER_FIELDS = (
    "name country_id state_id city_id city zip street_name street_number street2 "
    "district ind_final ind_ie_dest fiscal_profile_id lang"
).split()
ENTRY_FIELDS = "account_id debit credit product_id tax_line_id quantity".split()
TOTALS = "amount_untaxed amount_tax amount_total".split()
# Not money, or named after the record.
SKIPPED = {
    "id", "create_date", "write_date", "create_uid", "write_uid", "document_id",
    "account_line_ids", "partner_id", "display_name", "ibscbs_operation_type",
}  # fmt: skip


def plain(value: Any) -> Any:
    """A field's value that two records can share."""
    if hasattr(value, "_name"):
        return tuple(sorted(value.ids))
    return round(value, 6) if isinstance(value, float) else value


def values_of(model: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Values of a partner and of an order like ``model``'s, for ``create``."""
    partner = {
        name: value[0] if isinstance(value, tuple) and value else value or False
        for name in PARTNER_FIELDS
        for value in [plain(model.partner_id[name])]
    }
    order = {
        "company_id": model.company_id.id,
        "fiscal_operation_id": model.fiscal_operation_id.id,
        "ind_final": "1",
        "ind_pres": "2",
        "force_compute_delivery_costs_by_total": True,
        "amount_freight_value": model.amount_freight_value,
        "amount_other_value": model.amount_other_value,
        "order_line": [
            (
                0,
                0,
                {
                    "product_id": line.product_id.id,
                    "name": line.name,
                    "product_uom_qty": line.product_uom_qty,
                    "price_unit": line.price_unit,
                    "discount_value": line.discount_value,
                    "fiscal_operation_id": line.fiscal_operation_id.id,
                },
            )
            for line in model.order_line
        ],
    }
    return partner, order


def snapshot(sale: Any) -> dict[str, Any]:
    """All that must be the same: amounts, taxes line by line, journal items."""
    move = sale.invoice_ids
    document = move.fiscal_document_id
    mixin = sale.env["l10n_br_fiscal.document.line.mixin"]
    fiscal = [
        name
        for name, field in mixin._fields.items()
        if field.type not in ("one2many", "binary") and name not in SKIPPED
    ]
    result = {f"order.{name}": plain(sale[name]) for name in TOTALS}
    result |= {f"invoice.{name}": plain(move[name]) for name in (*TOTALS, "state")}
    for number, line in enumerate(sale.order_line):
        for name in (*LINE_FIELDS, *fiscal):
            result[f"line{number}.{name}"] = plain(line[name])
    for number, line in enumerate(document.fiscal_line_ids):
        for name in fiscal:
            result[f"fiscal{number}.{name}"] = plain(line[name])
    entries = sorted(
        tuple(plain(entry[name]) for name in ENTRY_FIELDS) for entry in move.line_ids
    )
    result["entries"] = entries
    result["picking"] = sorted(sale.picking_ids.mapped("state"))
    return result


def differences(ours: Any, theirs: Any) -> list[str]:
    """Where the orders differ, told on stderr too."""
    found = []
    for left, right in zip(ours, theirs, strict=True):
        one, other = snapshot(left), snapshot(right)
        found += [
            f"{left.name}/{right.name} {key}: {one.get(key)!r} / {other.get(key)!r}"
            for key in one.keys() | other.keys()
            if one.get(key) != other.get(key)
        ]
    for line in found[:20]:
        sys.stderr.write(f"{line}\n")
    return found
