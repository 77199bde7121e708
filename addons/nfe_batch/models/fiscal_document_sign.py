import logging

from odoo import models

from .. import const
from ..domain.prepare import SchemaInvalid, prepare
from ..exceptions import NfeCertificateError

_logger = logging.getLogger(__name__)

EVENT_AUTHORIZATION = "0"
"""``l10n_br_fiscal.event.type``."""


class FiscalDocumentSign(models.Model):
    """From the record to the signed bytes, which are stored and never built again."""

    _inherit = "l10n_br_fiscal.document"

    def action_document_confirm(self):
        """Confirm, then queue what was confirmed in one go."""
        result = super().action_document_confirm()
        if not self.env.context.get("nfe_queue_later"):
            self._nfe_queue_send()
        return result

    def _document_export(self, **kwargs):
        """OCA calls this when number and key are given: build, sign, store.

        A certificate that is missing or expired does not stop the invoice: the
        document stays ``ready`` with the problem and is signed by the send job.
        """
        batch = self.filtered("nfe_is_batch")
        for document in batch:
            if document.nfe_transmission in ("none", "ready"):
                document._nfe_sign()
        return super(FiscalDocumentSign, self - batch)._document_export(**kwargs)

    def _nfe_sign(self):
        """Build, sign and validate one note; store the bytes or the problem.

        :return: True when the signed bytes are stored
        """
        self.ensure_one()
        try:
            signer = self.company_id._nfe_signer_backend()
        except NfeCertificateError as error:
            self.nfe_transmission = "ready"
            self._nfe_problem_set(
                error.code, self.company_id._nfe_certificate_message(error)
            )
            return False
        try:
            prepared = prepare(self._nfe_document_data(), signer)
        except SchemaInvalid as error:
            self._nfe_schema_problem(error)
            return False
        self._nfe_store_signed(prepared.signed_xml)
        return True

    def _nfe_schema_problem(self, error):
        """The note cannot be written: OCA's veto keeps it from being sent."""
        _logger.warning("The NF-e of document %s does not fit the layout", self.id)
        details = str(error)
        self.write({"xml_error_message": details, "nfe_transmission": "none"})
        message = self.company_id._nfe_lang().env._(
            "The NF-e does not fit the official layout: %(details)s. Set the invoice "
            "back to draft, correct it and confirm it again.",
            details=details,
        )
        self._nfe_problem_set(const.SCHEMA, message)

    def _nfe_store_signed(self, signed):
        """Keep the bytes as the request of OCA's authorisation event."""
        event = self.event_ids.create_event_save_xml(
            company_id=self.company_id,
            environment=self._nfe_event_environment(),
            event_type=EVENT_AUTHORIZATION,
            xml_file=signed.decode(),
            document_id=self,
        )
        self._nfe_clear_problem()
        self.write(
            {
                "authorization_event_id": event.id,
                "nfe_signed_id": event.file_request_id.id,
                "nfe_transmission": "ready",
                "xml_error_message": False,
            }
        )

    def _nfe_event_environment(self):
        production = self.company_id.nfe_environment == "1"
        return "prod" if production else "hml"

    def _nfe_signed_bytes(self):
        """The exact signed bytes, or empty bytes when the note is not signed yet."""
        self.ensure_one()
        return self.nfe_signed_id.raw or b""
