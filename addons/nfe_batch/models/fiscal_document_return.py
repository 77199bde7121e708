from dataclasses import replace
from decimal import Decimal

from odoo import Command, models
from odoo.exceptions import UserError

from odoo.addons.l10n_br_fiscal.constants.fiscal import FISCAL_OUT, MODELO_FISCAL_NFE

from ..domain import document as nfe
from .fiscal_document_line import money

HUNDRED = Decimal(100)


class FiscalDocumentReturn(models.Model):
    """The note that takes goods back (finNFe 4) names the note of their sale, and never
    takes back more than that one holds.

    It comes to be as the credit note of the invoice, with Odoo's button, or by
    ``_nfe_create_return``.
    """

    _inherit = "l10n_br_fiscal.document"

    def _document_reference(self, documents):
        """OCA's hook, called for the credit note of an invoice: the notes that this one
        refers to (NFref).

        :param documents: ``l10n_br_fiscal.document`` records
        """
        known = self.document_related_ids.document_related_id
        self.env["l10n_br_fiscal.document.related"].create(
            [
                {
                    "document_id": self.id,
                    "document_related_id": document.id,
                    "document_type_id": document.document_type_id.id,
                    "document_key": document.document_key,
                    "document_total_amount": document.fiscal_amount_total,
                }
                for document in documents - known
                if document.document_type_id.code == MODELO_FISCAL_NFE
            ]
        )

    def _before_document_validate(self):
        self._nfe_ensure_not_returned_before()
        return super()._before_document_validate()

    def _nfe_ensure_not_returned_before(self):
        """Nobody gives back more than was bought, all returns together.

        :raises UserError: these documents take back too much
        """
        sold = self.fiscal_line_ids.nfe_returned_line_id
        for line, left in sold._nfe_returnable(self).items():
            if left < 0:
                raise UserError(
                    self.env._(
                        "More of %(product)s is returned than the NF-e %(number)s "
                        "holds: %(excess)s too many, all returns together.",
                        product=line.name,
                        number=line.document_id.document_number,
                        excess=f"{-left:g}",
                    )
                )

    def _nfe_create_return(self, quantities=None):
        """A note of entry, still a draft, for goods of this note that come back.

        Of an invoice it is the credit note; a document without invoice gets a document
        without invoice. Taxes, freight and discount are those of the sale, by the
        returned quantity.

        :param dict quantities: ``l10n_br_fiscal.document.line`` of this note →
            quantity in the unit of the line; None: everything that is left
        :return: ``l10n_br_fiscal.document``
        :raises UserError: the note is not authorised, nothing of it is left, or its
            operation has no operation for returns
        """
        self.ensure_one()
        if quantities is None:
            quantities = self.fiscal_line_ids._nfe_returnable()
        quantities = {line: left for line, left in quantities.items() if left > 0}
        self._nfe_ensure_can_return(quantities)
        if self.move_ids:
            move = self.move_ids._reverse_moves([{"ref": self.document_number}])
            move._nfe_keep_returned(quantities)
            return move.fiscal_document_id
        note = self.create(self._nfe_prepare_return(quantities))
        note._document_reference(self)
        return note

    def _nfe_ensure_can_return(self, quantities):
        if self.state_edoc != "autorizada":
            raise UserError(
                self.env._("Only the goods of an authorised NF-e can be returned.")
            )
        if not quantities:
            raise UserError(
                self.env._(
                    "All goods of the NF-e %(number)s are returned already.",
                    number=self.document_number,
                )
            )
        if not self.fiscal_operation_id.return_fiscal_operation_id:
            raise UserError(
                self.env._(
                    "The operation %(operation)s has no operation for returns.",
                    operation=self.fiscal_operation_id.name,
                )
            )

    def _nfe_prepare_return(self, quantities):
        """Values of the note of entry of a document without invoice."""
        operation = self.fiscal_operation_id.return_fiscal_operation_id
        return {
            "company_id": self.company_id.id,
            "partner_id": self.partner_id.id,
            "document_type_id": self.document_type_id.id,
            "fiscal_operation_id": operation.id,
            "ind_final": self.ind_final,
            "ind_pres": self.ind_pres,
            "fiscal_line_ids": [
                Command.create(line._nfe_prepare_return_line(operation, quantity))
                for line, quantity in quantities.items()
            ],
        }


class FiscalDocumentLineReturnData(models.Model):
    _inherit = "l10n_br_fiscal.document.line"

    def _nfe_prepare_return_line(self, operation, quantity):
        """Values of the line that takes ``quantity`` of this one back."""
        return {
            "nfe_returned_line_id": self.id,
            "fiscal_operation_id": operation.id,
            "product_id": self.product_id.id,
            "name": self.name,
            "uom_id": self.uom_id.id,
            "price_unit": self.price_unit,
            "ind_final": self.ind_final,
            "quantity": quantity,
            **self._nfe_costs(quantity),
        }

    def _nfe_taxes_data(self):
        """Who owes no IPI gives back the IPI of the supplier (group impostoDevol)."""
        taxes = super()._nfe_taxes_data()
        document = self.document_id
        gives_back = (
            document.edoc_purpose == nfe.RETURN
            and document.fiscal_operation_type == FISCAL_OUT
            and not document.company_id.ripi
        )
        if not gives_back or not self.ipi_value:
            return taxes
        part = self._nfe_part() if self.nfe_returned_line_id else Decimal(1)
        return replace(
            taxes,
            ipi=None,
            returned_share=part * HUNDRED,
            returned_ipi=money(self.ipi_value),
        )
