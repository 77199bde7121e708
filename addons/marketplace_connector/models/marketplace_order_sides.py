"""The channel's order and ours, side by side."""

from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import format_amount

from ..rules import sides


class MarketplaceOrder(models.Model):
    """What was last read of the lines, to compare it with ours."""

    _inherit = "marketplace.order"

    line_data = fields.Json(readonly=True, help="See rules.sides.snapshot.")

    def _prepare_binding(self, account, order):
        return super()._prepare_binding(account, order) | {
            "line_data": sides.snapshot(order),
        }


class SaleOrder(models.Model):
    _inherit = "sale.order"

    marketplace_sides = fields.Html(
        "Both Sides", compute="_compute_marketplace_sides", sanitize=False
    )

    @api.depends("marketplace_order_ids.digest", "b2c_last_fact_at", "state")
    @api.depends_context("lang")
    def _compute_marketplace_sides(self):
        for order in self:
            rows = order._marketplace_side_rows() if order.marketplace_order_ids else []
            order.marketplace_sides = rows and self.env["ir.qweb"]._render(
                "marketplace_connector.order_sides", {"rows": rows}
            )

    def _marketplace_side_rows(self) -> list[dict]:
        """Rows ``{what, name, theirs, ours, differs}``; ``what`` names the row's kind,
        ``name`` the line or parcel that it is about."""
        self.ensure_one()
        return [
            *self._marketplace_state_rows(),
            self._marketplace_total_row(),
            *self._marketplace_line_rows(),
            *(
                row
                for parcel in self.marketplace_parcel_ids
                for row in self._marketplace_parcel_rows(parcel)
            ),
        ]

    def _marketplace_state_rows(self):
        for what, theirs, ours in (
            ("order", "state", "b2c_order_state"),
            ("payment", "payment_state", "b2c_payment_state"),
        ):
            found = self.marketplace_order_ids[:1]
            yield {
                "what": what,
                "theirs": _label(found, theirs),
                "ours": _label(self, ours),
                "differs": sides.state_differs(found[theirs], self[ours]),
            }

    def _marketplace_total_row(self):
        theirs = sum(self.marketplace_order_ids.mapped("total"))
        ours = self.b2c_paid_total
        return {
            "what": "total",
            "theirs": format_amount(self.env, theirs, self.currency_id),
            "ours": format_amount(self.env, ours, self.currency_id),
            "differs": sides.money_differs(_dec(theirs), _dec(ours)),
        }

    def _marketplace_line_rows(self):
        known = [
            line for one in self.marketplace_order_ids for line in one.line_data or []
        ]
        theirs = {line["key"]: Decimal(line["qty"]) for line in known}
        names = {line["key"]: line["sku"] or line["title"] for line in known}
        ours = {}
        for line in self.order_line.filtered(lambda one: not one.display_type):
            key = line.b2c_line_key or str(line.id)
            ours[key] = _dec(line.product_uom_qty)
            names[key] = line.product_id.default_code or names.get(key) or line.name
        for pair in sides.units(theirs, ours):
            yield {
                "what": "line",
                "name": names[pair.key],
                "theirs": _number(pair.theirs),
                "ours": _number(pair.ours),
                "differs": pair.differs,
            }

    def _marketplace_parcel_rows(self, parcel):
        name = parcel.external_id
        yield {
            "what": "parcel",
            "name": name,
            "theirs": _label(parcel, "state"),
            "ours": _label(self, "b2c_parcel_state"),
            "differs": sides.state_differs(parcel.state, self.b2c_parcel_state),
        }
        # sudo: the order desk need not read notes to see which one is there.
        note = self.sudo()._marketplace_documents()[-1:]
        yield {
            "what": "note",
            "name": name,
            "theirs": _note(_label(parcel, "invoice_state"), parcel.invoice_key),
            "ours": _note(_label(self, "b2c_fiscal_state"), note.document_key),
            "differs": sides.note_differs(
                parcel.invoice_state, parcel.invoice_key or "", note.document_key or ""
            ),
        }
        yield self._marketplace_label_row(parcel)

    def _marketplace_label_row(self, parcel):
        stored, void = bool(parcel.label_id), parcel.label_voided
        if void:
            ours = self.env._("void")
        else:
            ours = self.env._("stored") if stored else parcel.label_problem or ""
        has = parcel.state in sides.HAS_LABEL
        return {
            "what": "label",
            "name": parcel.external_id,
            "theirs": _label(parcel, "state") if has else "",
            "ours": ours,
            "differs": sides.label_differs(parcel.state, stored=stored, void=void),
        }


def _label(record, name) -> str:
    """The words of a selection's value."""
    words = dict(record._fields[name]._description_selection(record.env))
    return words.get(record[name], "")


def _dec(value) -> Decimal:
    return Decimal(str(value)).quantize(sides.CENT)


def _number(value) -> str:
    return "" if value is None else f"{value.normalize():f}"


def _note(state, key) -> str:
    """State and the end of the access key, which people tell notes apart by."""
    return f"{state} …{key[-8:]}" if key else state
