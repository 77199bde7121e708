from datetime import timedelta

from odoo import fields, models


class NfeDelivery(models.Model):
    """XML that was mailed: one row per event and address, so that none goes twice."""

    _name = "nfe.delivery"
    _description = "NF-e Sent by E-mail"
    _order = "id desc"

    event_id = fields.Many2one(
        "l10n_br_fiscal.event",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    document_id = fields.Many2one(
        related="event_id.document_id", store=True, index=True, string="NF-e"
    )
    company_id = fields.Many2one(related="event_id.company_id", store=True, index=True)
    event_type = fields.Selection(related="event_id.type", string="Content")
    email = fields.Char("E-mail", required=True, readonly=True)

    _event_email_unique = models.UniqueIndex(
        "(event_id, email)", "This address has it already."
    )


class FiscalEvent(models.Model):
    """The mails that tell partners about an authorised note and what became of it."""

    _inherit = "l10n_br_fiscal.event"

    def _nfe_queue_mail(self, template):
        """Plan the mails of events that somebody wants and queue them; nothing can
        fail here that would matter to the note.

        :param str template: xmlid of the ``mail.template``
        """
        for record in self:
            if record.document_id._nfe_mail_addresses():
                record._nfe_plan_mails(template)._queue()

    def _nfe_plan_mails(self, template):
        """A row per address that wants this event, each once.

        :return: the rows whose mail does not exist yet
        """
        self.ensure_one()
        document = self.document_id
        # sudo: users see what was mailed, only the program writes it.
        rows = self.env["nfe.delivery"].sudo().search([("event_id", "=", self.id)])
        known = rows.mapped("email")
        rows += rows.create(
            [
                self._nfe_prepare_mail(email, template)
                for email in document._nfe_mail_addresses()
                if email not in known
            ]
        )
        return rows.filtered(lambda row: row.state == "waiting")

    def _nfe_prepare_mail(self, email, template):
        """Values of the row: who it is for, and until when it was promised."""
        wanting = self.document_id.company_id.nfe_receiver_ids._wants(self.document_id)
        receiver = wanting.filtered(lambda one: email in one._emails())[:1]
        now = fields.Datetime.now()
        return {
            "event_id": self.id,
            "email": email,
            "template": template,
            "role": receiver.role or "customer",
            "due_at": receiver and now + timedelta(hours=receiver.sla_hours),
        }

    def _nfe_mail(self, template):
        """Job: put the mails of an event into Odoo's outgoing queue, once per address.

        XML and DANFE are attached; they stay attachments of the note.
        """
        self.ensure_one()
        self._nfe_plan_mails(template)._hand_over()

    def _nfe_mail_attachments(self):
        """Hook: the event's XML and the paper that belongs to it."""
        document = self.document_id
        if self == document.authorization_event_id:
            return document.nfe_proc_id + document._nfe_danfe()
        if self == document.cancel_event_id:
            return self.file_response_id
        if not self.nfe_pdf_id:
            self._nfe_draw_correction()
        return self.file_response_id + self.nfe_pdf_id


class FiscalDocumentMail(models.Model):
    """Who gets the XML of a note by e-mail."""

    _inherit = "l10n_br_fiscal.document"

    def _nfe_mail_addresses(self):
        """Addresses that get this note, each once: customer, then further receivers."""
        self.ensure_one()
        addresses = []
        if self._nfe_mails_customer():
            addresses += self.partner_id._nfe_emails()
        addresses += self.company_id.nfe_receiver_ids._wants(self)._emails()
        return list(dict.fromkeys(addresses))

    def _nfe_mails_customer(self):
        """True when the customer gets the note: the contact decides, then the company.

        A marketplace tells its consumers itself, and its addresses are made up.
        """
        wish = (
            self.partner_id.nfe_mail or self.partner_id.commercial_partner_id.nfe_mail
        )
        if wish:
            return wish == "always"
        policy = self.company_id.nfe_mail_customer
        if policy == "company":
            return self.partner_id.commercial_partner_id.is_company
        return policy == "all" and not self._nfe_prepare_intermediary()

    # === HOOKS === #

    def _nfe_after_authorize(self):
        res = super()._nfe_after_authorize()
        self.authorization_event_id._nfe_queue_mail("nfe_batch.mail_template_note")
        return res

    def _nfe_after_cancel(self):
        res = super()._nfe_after_cancel()
        self.cancel_event_id._nfe_queue_mail("nfe_batch.mail_template_cancellation")
        return res

    def _nfe_after_correction(self):
        res = super()._nfe_after_correction()
        for document in self:
            letter = document._nfe_registered_corrections()[-1:]
            letter._nfe_queue_mail("nfe_batch.mail_template_correction")
        return res
