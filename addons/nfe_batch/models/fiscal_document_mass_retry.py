from collections import Counter

from odoo import models
from odoo.exceptions import UserError

from odoo.addons.queue_job.exception import RetryableJobError

from ..domain.prepare import SchemaInvalid, prepare
from ..domain.retry import MAX_UNCHANGED, may_go_again
from ..exceptions import NfeCertificateError

REASONS = 5
"""A result names no more reasons than this."""


class FiscalDocumentMassRetry(models.Model):
    """Many notes again with one click: each by what it needs, none stops the others."""

    _inherit = "l10n_br_fiscal.document"

    def action_nfe_retry_all(self):
        """Try each of these again and tell what became of them.

        With ``nfe_only_corrected`` in the context, refused notes whose contents are
        what the SEFAZ refused already stay where they are.
        """
        refused = self._nfe_retry_each()
        reasons = Counter(refused.values())
        lines = [
            self.env._(
                "%(started)s of %(total)s NF-e are on their way again.",
                started=len(self) - len(refused),
                total=len(self),
            )
        ]
        lines += [f"{count} × {text}" for text, count in reasons.most_common(REASONS)]
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if refused or not self else "success",
                "title": lines[0],
                "message": " · ".join(lines[1:]),
                "sticky": bool(refused),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _nfe_retry_each(self):
        """Try each of these again, within the limits of ``domain.retry``.

        :return: dict of document id → why it was not, in the user's language
        """
        self._nfe_ensure_user()
        sendings = self._nfe_sendings()
        refused, going = {}, self.browse()
        for document in self:
            try:
                with self.env.cr.savepoint():
                    reason = document._nfe_retry_refusal(sendings.get(document.id, 0))
            except (UserError, RetryableJobError) as error:
                reason = str(error)
            if reason:
                refused[document.id] = reason
            else:
                going |= document
        rebuilt = going.filtered(lambda doc: doc.state_edoc == "rejeitada")
        rebuilt._nfe_queue_send()
        (going - rebuilt).action_nfe_retry()
        return refused

    def _nfe_sendings(self):
        """How often each of these was sent and answered: dict of id → number."""
        groups = self.env["nfe.attempt"]._read_group(
            [
                ("document_ids", "in", self.ids),
                ("kind", "=", "send"),
                ("outcome", "=", "answered"),
            ],
            ["document_ids"],
            ["__count"],
        )
        return {document.id: count for document, count in groups}

    def _nfe_retry_refusal(self, sent):
        """Why this document is not tried again, or an empty text: then a refused one
        is built anew from today's data."""
        self.ensure_one()
        if not self.nfe_is_batch:
            return self.env._("no NF-e of ours")
        if self.state_edoc != "rejeitada":
            # What waits or is unknown has its own pace; the job looks again.
            return "" if self._nfe_has_a_way_on() else self._nfe_no_way_on()
        corrected = self._nfe_is_corrected()
        if self.env.context.get("nfe_only_corrected") and not corrected:
            return self.env._("not corrected yet")
        if not may_go_again(sent=sent, corrected=corrected):
            return self.env._(
                "sent %(count)s times without a correction; the SEFAZ blocks the "
                "company for more (656)",
                count=max(sent, MAX_UNCHANGED),
            )
        self._nfe_build_again()
        if self._nfe_sendable():
            return ""
        return (self.nfe_problem or "").rpartition("\n")[2].removeprefix("- ")

    def _nfe_has_a_way_on(self):
        under_way = self.nfe_cancellation or self.nfe_correction
        return bool(
            self.nfe_transmission == "unknown" or self._nfe_sendable() or under_way
        )

    def _nfe_no_way_on(self):
        if self.state_edoc == "em_digitacao":
            return self.env._("still a draft: correct it and confirm it")
        return self.env._("nothing to send")

    def _nfe_is_corrected(self):
        """True when today's data make other bytes than those that were refused.

        The signature is deterministic: equal data sign to equal bytes.
        """
        try:
            signer = self.company_id._nfe_signer_backend()
            prepared = prepare(self._nfe_document_data(), signer)
        except (NfeCertificateError, SchemaInvalid):
            return False
        return prepared.signed_xml != self._nfe_signed_bytes()
