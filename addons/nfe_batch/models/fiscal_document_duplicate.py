from odoo import models

from .. import const
from ..domain import answers
from ..domain.signed import same_contents
from .fiscal_document_sign import EVENT_AUTHORIZATION


class FiscalDocumentDuplicate(models.Model):
    """539, 562, 613: the SEFAZ holds our number under another key."""

    _inherit = "l10n_br_fiscal.document"

    def _nfe_number_taken(self, answer):
        """Adopt the other key when we signed the same note under it; else alarm.

        :param answer: protocol or situation whose message names the key
        """
        self.ensure_one()
        key = answers.key_in(answer.reason)
        event = self._nfe_signed_under(key)
        if not event:
            self._nfe_write_decision(answer)
            self._nfe_move("action_reject", "rejeitada")
            message = self._nfe_taken_message(key)
            self._nfe_problem_set(const.DUPLICATE_OTHER_KEY, message)
            return
        self.write(
            {
                "document_key": key,
                "key_random_code": key[35:43],
                "key_check_digit": key[43:],
                "authorization_event_id": event.id,
                "nfe_signed_id": event.file_request_id.id,
            }
        )
        self._nfe_set_unknown(now=True)

    def _nfe_signed_under(self, key):
        """OCA's event with the bytes that we once signed under this key."""
        identity = f'Id="NFe{key}"'.encode()
        ours = self._nfe_signed_bytes()
        signed = self.event_ids.filtered(lambda row: row.type == EVENT_AUTHORIZATION)
        for event in signed - self.authorization_event_id:
            content = event.file_request_id.raw or b""
            if key and identity in content and same_contents(content, ours):
                return event
        return signed.browse()

    def _nfe_taken_message(self, key):
        return self.company_id._nfe_lang().env._(
            "The number %(number)s is taken at the SEFAZ by the NF-e %(key)s, which is "
            "not known here. Look at it at the SEFAZ's portal: cancel it there, or "
            "cancel this document and issue a new one.",
            number=self.document_number,
            key=key or "?",
        )
