from brazilfiscalreport.dacce import DaCCe

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..event_kind import CORRECTION


class FiscalEvent(models.Model):
    """Paper and XML of a correction letter."""

    _inherit = "l10n_br_fiscal.event"

    nfe_pdf_id = fields.Many2one(
        "ir.attachment", "Printed Correction Letter", readonly=True, copy=False
    )

    nfe_state = fields.Selection(
        [
            ("waiting", "On its way"),
            ("registered", "Registered"),
            ("refused", "Refused"),
        ],
        "Situation at the SEFAZ",
        compute="_compute_nfe_state",
    )

    @api.depends("state", "protocol_number")
    def _compute_nfe_state(self):
        """OCA's state tells that there is an answer, not which."""
        for record in self:
            if record.state != "done":
                record.nfe_state = "waiting"
            else:
                record.nfe_state = "registered" if record.protocol_number else "refused"

    def print_document_event(self):
        """OCA's print button: a letter of an NF-e prints as DACCe, drawn once."""
        self.ensure_one()
        if self.type != CORRECTION.event_type or not self.document_id.nfe_is_batch:
            return super().print_document_event()
        if not self.protocol_number:
            raise UserError(
                self.env._("The SEFAZ did not register this correction letter.")
            )
        if not self.nfe_pdf_id:
            self._nfe_draw_correction()
        return self.document_id._target_new_tab(self.nfe_pdf_id)

    def _nfe_draw_correction(self):
        report = DaCCe(
            xml=self.file_response_id.raw.decode(),
            emitente=self._nfe_issuer_box(),
            image=self.company_id._nfe_logo(),
        )
        name = f"CCe-{self.document_id.document_key}-{self.sequence}.pdf"
        self.nfe_pdf_id = self.document_id._nfe_attach_pdf(name, report)

    def _nfe_issuer_box(self):
        """The issuer as DaCCe takes it; the event itself only names the CNPJ."""
        issuer = self.document_id._nfe_issuer_data()
        place = issuer.address
        street = [place.street, place.number, place.complement]
        return {
            "nome": issuer.name,
            "ie": issuer.state_registration,
            "end": ", ".join(part for part in street if part),
            "bairro": place.district,
            "cidade": place.city,
            "uf": place.state,
            "cep": f"{place.zip_code[:5]}-{place.zip_code[5:]}",
            "fone": place.phone,
        }

    def action_nfe_open_xml(self):
        """Open procEventoNFe, or the signed event when it was not registered."""
        self.ensure_one()
        attachment = self.file_response_id or self.file_request_id
        return self.document_id._target_new_tab(attachment)
