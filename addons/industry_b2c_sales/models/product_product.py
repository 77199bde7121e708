from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.l10n_br_fiscal.constants.fiscal import TAX_FRAMEWORK_NORMAL

from ..const import PROBLEMS, READINESS_SELECTION
from ..domain.decimals import dec
from ..domain.gtin import Size, dun14, is_gtin
from ..domain.intake import Problem
from ..domain.readiness import Finding, Level, ProductFacts, examine, worst

_SIDES = ("product_length", "product_width", "product_height")
_MARKS = {Level.BLOCKED: "✗", Level.ADVICE: "○"}


class ProductProduct(models.Model):
    """One product in three sizes, and whether it may be sold by the unit."""

    _inherit = "product.product"

    b2c_has_gtin = fields.Boolean(
        compute="_compute_b2c_has_gtin", store=True, string="Has a GTIN"
    )
    b2c_readiness = fields.Selection(
        READINESS_SELECTION,
        string="Sale by the Unit",
        compute="_compute_b2c_readiness",
        search="_search_b2c_readiness",
        help="Blocked: an order with this product waits. Could be better: it goes on.",
    )
    b2c_readiness_text = fields.Text(
        string="What Is Missing", compute="_compute_b2c_readiness"
    )

    @api.depends("barcode")
    def _compute_b2c_has_gtin(self):
        for product in self:
            product.b2c_has_gtin = is_gtin(product.barcode or "")

    # ------------------------------------------------------------ readiness

    def _b2c_readiness(self, company) -> list[Problem]:
        """What a product lacks before it may stand on a consumer's note: what advises
        only is left out, as it stops no order."""
        return [
            Problem(finding.code, {"product": product.default_code or product.name})
            for product in self.with_company(company)
            for finding in product._b2c_findings()
            if finding.level is Level.BLOCKED
        ]

    def _b2c_findings(self) -> list[Finding]:
        """What keeps the product from being sold by the unit in the current company."""
        self.ensure_one()
        # sudo: a salesperson need not read the company's tax set-up.
        company = self.env.company.sudo()
        facts = ProductFacts(
            ncm=bool(self.ncm_id),
            fiscal_type=bool(self.fiscal_type),
            gtin=self.barcode or "",
            weight=dec(self.weight),
            sides=tuple(dec(self[side]) for side in _SIDES),
            price=dec(self.lst_price),
            unit_code=(self.uom_id.code or "").strip(),
            tax_classification=bool(company.tax_classification_id),
        )
        # A service has nothing to measure.
        strict = company.b2c_hold_unmeasured and self.type != "service"
        return examine(facts, hold_unmeasured=strict)

    @api.depends(
        "type",
        "ncm_id",
        "fiscal_type",
        "barcode",
        "weight",
        *_SIDES,
        "lst_price",
        "uom_id.code",
    )
    @api.depends_context("company", "lang")
    def _compute_b2c_readiness(self):
        for product in self:
            findings = product._b2c_findings()
            product.b2c_readiness = worst(findings).value
            product.b2c_readiness_text = "\n".join(
                f"{_MARKS[finding.level]} {product._b2c_finding_text(finding)}"
                for finding in findings
            )

    def _b2c_finding_text(self, finding: Finding) -> str:
        message, suggestion = PROBLEMS[finding.code]
        text = self.env._(message)
        params = {"product": self.default_code or self.name}
        return f"{text % params} {self.env._(suggestion)}"

    def _search_b2c_readiness(self, operator, value):
        """The same checks as domains; a test holds them against ``examine``."""
        if operator != "in":
            return NotImplemented
        # sudo: see _b2c_findings.
        company = self.env.company.sudo()
        blocked = Domain("ncm_id", "=", False) | Domain("fiscal_type", "=", False)
        unmeasured = Domain.OR(Domain(name, "<=", 0) for name in ("weight", *_SIDES))
        if company.b2c_hold_unmeasured:
            blocked |= Domain("type", "!=", "service") & unmeasured
        lacking = unmeasured | Domain.OR(
            [
                Domain("b2c_has_gtin", "=", False),
                Domain("list_price", "<=", 0),
                Domain("uom_id.code", "=", False),
            ]
        )
        if not company.tax_classification_id:
            lacking = Domain.TRUE
        domains = {
            Level.BLOCKED.value: blocked,
            Level.ADVICE.value: ~blocked & lacking,
            Level.READY.value: ~blocked & ~lacking,
        }
        return Domain.OR(domains[level] for level in set(value) & set(domains))

    def action_b2c_check(self):
        """Bulk check: these products with what each of them lacks."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "industry_b2c_sales.product_product_action_readiness"
        )
        return action | {"domain": [("id", "in", self.ids)], "context": {}}

    # ------------------------------------------------------------ sizes

    def action_b2c_make_dun14(self):
        """Number the cartons that have no bar code yet, from the unit's GTIN.

        :raises UserError: the unit has no GTIN
        """
        for product in self:
            if not product.b2c_has_gtin:
                raise UserError(
                    self.env._(
                        "%(product)s has no GTIN that a DUN-14 could be made of.",
                        product=product.display_name,
                    )
                )
            product._b2c_make_dun14()

    def _b2c_make_dun14(self):
        self.ensure_one()
        known = self.product_uom_ids
        cartons = self.uom_ids.filtered(lambda uom: uom.b2c_size == Size.CARTON.value)
        used = {size.barcode[:1] for size in known if len(size.barcode) == 14}
        free = [variant for variant in range(1, 9) if str(variant) not in used]
        for uom, variant in zip(cartons - known.uom_id, free, strict=False):
            self.env["product.uom"].create(
                {
                    "product_id": self.id,
                    "uom_id": uom.id,
                    "barcode": dun14(self.barcode, variant),
                    "company_id": self.company_id.id,
                }
            )

    def _b2c_ipi_percent(self, company) -> Decimal:
        """The IPI rate that the tax engine will most likely find: the NCM's (TIPI)."""
        self.ensure_one()
        if company.tax_framework != TAX_FRAMEWORK_NORMAL or not company.ripi:
            return Decimal(0)
        return dec(self.ncm_id.tax_ipi_id.percent_amount)
