from odoo import api, fields, models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    b2c_nfe_id = fields.Many2one(
        "l10n_br_fiscal.document", "NF-e", compute="_compute_b2c_nfe_id"
    )
    b2c_nfe_text = fields.Char("NF-e State", compute="_compute_b2c_nfe_id")

    @api.depends("invoice_ids.fiscal_document_id.state_edoc")
    @api.depends_context("lang")
    def _compute_b2c_nfe_id(self):
        """The newest note of the order, and its number and state in words."""
        Document = self.env["l10n_br_fiscal.document"]
        words = dict(Document._fields["state_edoc"]._description_selection(self.env))
        for order in self:
            documents = order.invoice_ids.fiscal_document_id
            note = documents.filtered("nfe_is_batch").sorted("id")[-1:]
            order.b2c_nfe_id = note
            order.b2c_nfe_text = (
                f"{note.document_number or ''} {words[note.state_edoc]}".strip()
                if note
                else False
            )

    def action_view_b2c_nfe(self):
        """Open the note: XML, protocol, DANFE label, attempts."""
        self.ensure_one()
        return self.b2c_nfe_id.get_formview_action()

    def _b2c_nfe_cancel_refused(self):
        """An authorised note with a problem (``sefaz_501``): the event was refused."""
        # sudo: the order desk does not write notes.
        notes = self.sudo().invoice_ids.fiscal_document_id.filtered("nfe_is_batch")
        living = notes.filtered(lambda note: note.state_edoc == "autorizada")
        refused = [(note.nfe_problem_code or "")[6:].isdigit() for note in living]
        return any(refused) or super()._b2c_nfe_cancel_refused()

    def _b2c_cancel_step_cancel_nfe(self):
        """Cancel the order's notes at the SEFAZ.

        The event goes out in a job of its own; this step runs again when the answer is
        there, also when a note that was on its way turns out to be authorised. A note
        that never left the house has no event: its number must be voided.

        :return: ``(state, note)`` of the step
        """
        self.ensure_one()
        # sudo: the order desk, which may ask for this, does not write notes.
        documents = self.sudo().invoice_ids.fiscal_document_id
        documents = documents.filtered("nfe_is_batch")
        if not documents:
            return super()._b2c_cancel_step_cancel_nfe()
        alive = documents.filtered(lambda doc: doc.state_edoc != "cancelada")
        company = self.company_id._nfe_lang()
        reason = company.env._("Purchase cancelled by the consumer")
        unsent = alive.filtered(
            lambda doc: doc.nfe_transmission == "ready" and not doc.nfe_attempt_ids
        )
        for document in unsent:
            document._document_cancel(reason)
        at_sefaz = alive - unsent
        for document in at_sefaz:
            if document.state_edoc == "autorizada":
                document._nfe_queue_cancel(reason)
        if at_sefaz:
            return "todo", company.env._("The cancellation event is on its way.")
        if unsent:
            return "manual", company.env._(
                "Void the number %(numbers)s at the SEFAZ (inutilização).",
                numbers=", ".join(unsent.mapped("document_number")),
            )
        return "done", False
