from dataclasses import dataclass
from decimal import Decimal

from odoo import fields, models

from ..const import CARD_METHODS, NO_PAYMENT, OTHER_PAYMENT
from ..domain import document as nfe
from .fiscal_document_data import digits
from .fiscal_document_line import money, number

AT_SIGHT, ON_CREDIT = "0", "1"
"""indPag."""
FREIGHT_SENDER, FREIGHT_RECIPIENT, NO_FREIGHT = "0", "1", "9"
AT_THE_SHOP = "1"
FREIGHT_OF_INCOTERM = {
    **dict.fromkeys(("EXW", "FCA", "FAS", "FOB"), FREIGHT_RECIPIENT),
    **dict.fromkeys(
        ("CFR", "CIF", "CPT", "CIP", "DAF", "DAP", "DAT", "DPU", "DDP"), FREIGHT_SENDER
    ),
}
"""Who contracts the main carriage (Incoterms 2020), as modFrete."""
WITHOUT_PAYMENT = (nfe.ADJUSTMENT, nfe.RETURN, nfe.CREDIT, nfe.DEBIT)
WITHOUT_GOODS = (nfe.COMPLEMENTARY, nfe.ADJUSTMENT, nfe.DEBIT)


@dataclass(frozen=True)
class Due:
    """A due date of the invoice behind a note; ``later`` than its day."""

    day: object
    amount: Decimal
    later: bool


class FiscalDocumentTrade(models.Model):
    """Groups transp, cobr, pag, compra and exporta, from what the document knows
    without other addons: its invoice, the terms, the products, these fields."""

    _inherit = "l10n_br_fiscal.document"

    nfe_freight_mode = fields.Selection(
        [
            ("0", "0 - Contracted by the sender (CIF)"),
            ("1", "1 - Contracted by the recipient (FOB)"),
            ("2", "2 - Contracted by a third party"),
            ("3", "3 - Own vehicle of the sender"),
            ("4", "4 - Own vehicle of the recipient"),
            ("9", "9 - No transport"),
        ],
        "Freight Mode",
        help="Empty: from the incoterm, else contracted by the sender.",
    )
    nfe_carrier_id = fields.Many2one("res.partner", "Carrier", copy=False)
    nfe_volume_count = fields.Integer(
        "Volumes", copy=False, help="Zero: one volume with the weights of the products."
    )
    nfe_volume_kind = fields.Char("Kind of Volume", size=60, copy=False)
    nfe_volume_brand = fields.Char("Brand of the Volumes", size=60, copy=False)
    nfe_volume_numbering = fields.Char("Numbers of the Volumes", size=60, copy=False)
    nfe_net_weight = fields.Float("Net Weight (kg)", digits=(12, 3), copy=False)
    nfe_gross_weight = fields.Float("Gross Weight (kg)", digits=(12, 3), copy=False)
    nfe_expected_delivery = fields.Date("Expected Delivery", copy=False)
    nfe_export_state_id = fields.Many2one(
        "res.country.state",
        "State of Exit",
        domain=[("country_id.code", "=", "BR")],
        help="Where an export leaves Brazil. Empty: the state of the company.",
    )
    nfe_export_place = fields.Char(
        "Place of Exit", size=60, help="Empty: the city of the company."
    )

    # === HOOKS === #

    def _nfe_prepare_payments(self):
        """Hook: how the note was paid (group pag).

        The amounts must add up to the total of the note, or the SEFAZ refuses it
        (865, 866, 904). Default: the means of the invoice's payment method or terms;
        nothing for what is no sale.

        :return: sequence of ``domain.document.Payment``
        """
        self.ensure_one()
        dues = self._nfe_dues()
        if not self._nfe_is_paid(dues):
            return (nfe.Payment(method=NO_PAYMENT, amount=nfe.ZERO),)
        method = self._nfe_payment_method()
        timing = ON_CREDIT if any(due.later for due in dues) else AT_SIGHT
        return (
            nfe.Payment(
                method=method,
                amount=money(self.fiscal_amount_total),
                description=self._nfe_payment_label(method),
                timing=timing if dues else "",
                card=nfe.Card() if method in CARD_METHODS else None,
            ),
        )

    def _nfe_prepare_billing(self):
        """Hook: the invoice and its instalments (group cobr), of a sale on credit.

        :return: ``domain.document.Billing``, or None
        """
        self.ensure_one()
        payments = self._nfe_prepare_payments()
        if all(payment.timing != ON_CREDIT for payment in payments):
            return None
        rows = tuple(
            nfe.Installment(due=due.day, amount=due.amount) for due in self._nfe_dues()
        )
        return nfe.Billing(
            number=self.document_number or "",
            original=sum((row.amount for row in rows), start=nfe.ZERO),
            installments=rows,
        )

    def _nfe_prepare_purchase(self):
        """Hook: what the buyer calls the order (group compra).

        Default: the reference that a company gave for its invoice.

        :return: ``domain.document.Purchase``, or None
        """
        self.ensure_one()
        move = self.move_ids[:1]
        reference = move.ref if move.ref != move.invoice_origin else ""
        if not reference or not self.partner_id.is_company:
            return None
        return nfe.Purchase(order=reference[:60])

    def _nfe_prepare_export(self):
        """Hook: where an export leaves the country (group exporta).

        :return: ``domain.document.Export``, or None
        """
        self.ensure_one()
        if not self._nfe_is_abroad(self.partner_id) or self.fiscal_operation_type != (
            "out"
        ):
            return None
        company = self.company_id
        return nfe.Export(
            state=(self.nfe_export_state_id or company.state_id).code or "",
            place=self.nfe_export_place or company.city_id.name or "",
        )

    def _nfe_prepare_transport(self):
        """Hook: carrier, freight mode and volumes (group transp).

        Default: the document's fields; without them one volume at the sender's charge
        with the weights of the products; nothing for a sale at the counter.

        :return: ``domain.document.Transport``
        """
        self.ensure_one()
        mode = self._nfe_freight_mode()
        if mode == NO_FREIGHT:
            return nfe.Transport(freight_mode=NO_FREIGHT)
        return nfe.Transport(
            freight_mode=mode,
            carrier=self._nfe_carrier_data(),
            volumes=self._nfe_prepare_volumes(),
        )

    def _nfe_prepare_volumes(self):
        """Hook: what the carrier takes (group vol).

        Default: one entry, from the document's fields and the products' weights.

        :return: sequence of ``domain.document.Volume``, at most 5,000
        """
        self.ensure_one()
        return (self._nfe_volume_data(),)

    # === PARTS === #

    def _nfe_dues(self):
        """What falls due of the document's invoice, in the order of the dates.

        :return: list of ``Due``
        """
        issued = self._nfe_local(self.document_date or fields.Datetime.now()).date()
        # Whoever posts in another time zone may date the invoice a day later.
        dated = max([issued, *filter(None, self.move_ids.mapped("invoice_date"))])
        lines = self.move_ids.line_ids.filtered(
            lambda line: line.display_type == "payment_term" and line.balance
        )
        return [
            Due(line.date_maturity, money(abs(line.balance)), dated < day)
            for line in lines.sorted("date_maturity")
            if (day := line.date_maturity)
        ]

    def _nfe_is_paid(self, dues):
        """A sale, or whatever has an invoice with something to pay."""
        if self.edoc_purpose in WITHOUT_PAYMENT:
            return False
        return bool(dues) or self.fiscal_operation_id.fiscal_type == "sale"

    def _nfe_payment_method(self):
        """tPag: of the invoice's payment method, else of its terms."""
        move = self.move_ids[:1]
        return (
            move.preferred_payment_method_line_id.nfe_payment_method
            or move.invoice_payment_term_id.nfe_payment_method
            or OTHER_PAYMENT
        )

    def _nfe_payment_label(self, method):
        """xPag, of 99 only: the terms say more than "other"."""
        if method != OTHER_PAYMENT:
            return ""
        company = self.company_id._nfe_lang()
        term = self.move_ids[:1].invoice_payment_term_id.with_env(company.env)
        return term.name or company.env._("Other means of payment")

    def _nfe_freight_mode(self):
        if self.nfe_freight_mode:
            return self.nfe_freight_mode
        if self.ind_pres == AT_THE_SHOP or self.edoc_purpose in WITHOUT_GOODS:
            return NO_FREIGHT
        return FREIGHT_OF_INCOTERM.get(self.incoterm_id.code, FREIGHT_SENDER)

    def _nfe_carrier_data(self):
        carrier = self.nfe_carrier_id
        if not carrier:
            return None
        street = " ".join(filter(None, (carrier.street_name, carrier.street_number)))
        return nfe.Carrier(
            name=carrier.legal_name or carrier.name or "",
            vat=digits(carrier.vat),
            state_registration=digits(carrier.l10n_br_ie_code),
            street=street,
            city=carrier.city_id.name or carrier.city or "",
            state=carrier.state_id.code or "",
        )

    def _nfe_volume_data(self):
        products = sum(
            line.product_id.weight * line.quantity for line in self.fiscal_line_ids
        )
        net = self.nfe_net_weight or products
        return nfe.Volume(
            quantity=self.nfe_volume_count or 1,
            kind=self.nfe_volume_kind or nfe.Volume.kind,
            brand=self.nfe_volume_brand or "",
            numbering=self.nfe_volume_numbering or "",
            net_weight=kilograms(net),
            gross_weight=kilograms(self.nfe_gross_weight or net),
        )


def kilograms(value):
    """A weight as the NF-e tells it; None when there is none."""
    return number(value, 3).quantize(Decimal("0.001")) if value else None
