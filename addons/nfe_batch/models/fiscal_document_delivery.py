import base64

from odoo import fields, models
from odoo.exceptions import UserError

from .. import const
from ..domain import delivery
from ..domain.schema import SchemaInvalid
from ..event_kind import DELIVERY
from ..exceptions import NfeCertificateError
from .fiscal_document_result import naive_utc


class FiscalDocumentDelivery(models.Model):
    """Proof of delivery (110130), failed delivery (110192) and their withdrawals.

    Each wish is a draft event that holds its facts; those of a note go one after the
    other. With a CT-e these events are the carrier's (NT 2021.001, NT 2023.005).
    """

    _inherit = "l10n_br_fiscal.document"

    nfe_delivery = fields.Selection(
        [
            ("ready", "To be sent"),
            ("sending", "At the SEFAZ"),
            ("unknown", "Outcome unknown"),
        ],
        "Delivery Event",
        readonly=True,
        copy=False,
    )
    nfe_delivery_event_ids = fields.One2many(
        "l10n_br_fiscal.event",
        "document_id",
        "Delivery Events",
        domain=[("nfe_code", "in", delivery.CODES)],
        readonly=True,
        copy=False,
    )

    # === FOR OTHER ADDONS === #

    def _nfe_register_delivery(self, *, moment, name, document, image, position=None):
        """Tell the SEFAZ that the goods were delivered; safe to call again.

        :param datetime moment: end of the delivery, naive UTC
        :param str name: who received, 2 to 60 characters
        :param str document: number of a document of that person, 2 to 20 characters
        :param bytes image: signature, photo or finger print; only its hash leaves
        :param tuple position: latitude and longitude in degrees, floats
        :return: the event (``l10n_br_fiscal.event``), queued or known already
        :raises AccessError: the user has no NF-e group or may not write self
        :raises UserError: the note or what is told does not allow it
        """
        facts = self._nfe_delivery_facts(
            delivery.DELIVERED,
            moment,
            image,
            position,
            receiver_name=(name or "").strip(),
            receiver_document=(document or "").strip(),
        )
        return self._nfe_queue_delivery(facts, image)

    def _nfe_register_failed_delivery(
        self, *, moment, reason, image, explanation="", attempt=0, position=None
    ):
        """Tell the SEFAZ that a delivery failed; safe to call again.

        :param str reason: tpMotivo: "1" receiver not found, "2" refused, "3" address
            does not exist, "4" other
        :param str explanation: 25 to 250 characters, for the reason "4" only
        :param int attempt: number of the attempt, 1 to 999; 0: not told
        :return: like ``_nfe_register_delivery``, where the other parameters are told
        """
        facts = self._nfe_delivery_facts(
            delivery.FAILED,
            moment,
            image,
            position,
            reason=reason or "",
            explanation=(explanation or "").strip(),
            attempt=attempt or 0,
        )
        return self._nfe_queue_delivery(facts, image)

    def _nfe_after_delivery(self):
        """Hook: the SEFAZ registered a delivery event of these documents.

        Same rules as ``_nfe_after_authorize``.
        """

    # === WISH === #

    def _nfe_delivery_facts(self, code, moment, image, position, **values):
        self.ensure_one()
        if not moment or not image:
            raise UserError(
                self.env._("A delivery event needs its time and an image as the proof.")
            )
        return delivery.Facts(
            code=code,
            moment=self._nfe_local(moment).replace(microsecond=0),
            position=delivery.place(*position) if position else None,
            image_hash=delivery.image_hash(self.document_key or "", image),
            hashed_at=self._nfe_local(fields.Datetime.now()).replace(microsecond=0),
            **values,
        )

    def _nfe_queue_delivery(self, facts, image=None):
        """Check the wish, keep it as a draft and queue it."""
        self._nfe_ensure_user()
        same = self._nfe_same_delivery(facts).filtered(
            lambda row: row.nfe_state != "refused" and not row.nfe_withdrawn
        )
        if same:
            return same[:1]
        self._nfe_ensure_can_tell_delivery(facts)
        record = self._nfe_create_delivery(facts)
        record.nfe_image = image and base64.b64encode(image)
        if not self.nfe_delivery:
            self.nfe_delivery = "ready"
        self._nfe_queue_event(DELIVERY)
        return record

    def _nfe_ensure_can_tell_delivery(self, facts):
        """:raises UserError: the SEFAZ would refuse the event"""
        obstacle = self._nfe_delivery_obstacle()
        now = self._nfe_local(fields.Datetime.now())
        if not obstacle and facts.moment and facts.moment > now:
            obstacle = self.env._("The delivery is in the future.")
        authorised = self.authorization_date
        if not obstacle and facts.moment and naive_utc(facts.moment) < authorised:
            obstacle = self.env._("The delivery is before the authorisation.")
        if obstacle:
            raise UserError(obstacle)
        try:
            self._nfe_sign_facts(facts, self._nfe_next_sequence(facts.code))
        except (ValueError, SchemaInvalid) as error:
            raise UserError(self._nfe_delivery_complaint(facts)) from error
        except NfeCertificateError as error:
            message = self.company_id._nfe_certificate_message(error)
            raise UserError(message) from error

    def _nfe_delivery_complaint(self, facts):
        """What the layout asks for, in the language of self."""
        if facts.code == delivery.DELIVERED:
            return self.env._(
                "The name of who received needs 2 to 60 characters, the number of the "
                "document 2 to 20, and a position real degrees."
            )
        return self.env._(
            "A failed delivery needs a reason; only the reason “other” has an "
            "explanation, of %(least)s to %(most)s characters. An attempt has a number "
            "up to 999, a position real degrees.",
            least=delivery.EXPLANATION_MIN,
            most=delivery.EXPLANATION_MAX,
        )

    def _nfe_delivery_obstacle(self):
        """Why the SEFAZ would refuse any delivery event, in the language of self."""
        if self.state_edoc != "autorizada" or not self.nfe_is_batch:
            return self.env._("Only an authorised NF-e takes a delivery event.")
        if self.nfe_cancellation:
            return self.env._(
                "The cancellation of the NF-e is on its way to the SEFAZ."
            )
        if self.authorization_event_id.environment != self._nfe_event_environment():
            return self.env._(
                "The NF-e was authorised in another environment than the company's."
            )
        return None

    def _nfe_create_delivery(self, facts):
        """The draft of an event, before its bytes are signed."""
        return self.env["l10n_br_fiscal.event"].create(
            {
                "company_id": self.company_id.id,
                "environment": self._nfe_event_environment(),
                "type": DELIVERY.event_type,
                "document_id": self.id,
                "document_type_id": self.document_type_id.id,
                "document_serie_id": self.document_serie_id.id,
                "document_number": self._prepare_event_document_number(),
                **self.event_ids._nfe_facts_vals(facts),
            }
        )

    def _nfe_same_delivery(self, facts):
        """Events that tell the same: one image at one time, or one withdrawal."""
        vals = self.event_ids._nfe_facts_vals(facts)
        names = ("nfe_code", "nfe_moment", "nfe_image_hash", "nfe_withdraws")
        return self.nfe_delivery_event_ids.filtered(
            lambda row: all(
                (row[name] or None) == (vals[name] or None) for name in names
            )
        )

    # === EVENT === #

    def _nfe_send_delivery(self):
        """Job: send the delivery event whose turn it is; safe to run again.

        :raises RetryableJobError: another process works on one of them
        """
        self._nfe_run_event(DELIVERY)

    def _nfe_events(self, kind):
        events = super()._nfe_events(kind)
        if kind is DELIVERY:
            return events.filtered(lambda row: row.nfe_code in delivery.CODES)
        return events

    def _nfe_draft_event(self, kind):
        """Delivery events go in the order in which they were wished for."""
        if kind is not DELIVERY:
            return super()._nfe_draft_event(kind)
        drafts = self._nfe_events(kind).filtered(lambda row: row.state == "draft")
        return drafts.sorted("id")[:1]

    def _nfe_event_is_due(self, kind):
        due = super()._nfe_event_is_due(kind)
        if kind is not DELIVERY:
            return due
        # A wish that met the result of another one left its draft, no status.
        draft = self._nfe_draft_event(kind)
        if self.state_edoc != "autorizada":
            self._nfe_give_deliveries_up()
        elif due and not draft:
            self.nfe_delivery = False
        # A cancellation goes first; the cron looks again when it was refused.
        return bool(due and draft and not self.nfe_cancellation)

    def _nfe_give_deliveries_up(self):
        """The note was cancelled meanwhile: what waits can not be told any more."""
        reason = self.with_env(self.company_id._nfe_lang().env)._nfe_delivery_obstacle()
        drafts = self._nfe_events(DELIVERY).filtered(lambda row: row.state == "draft")
        drafts.write({"state": "done", "response": reason})

    def _nfe_next_sequence(self, code):
        registered = self._nfe_events(DELIVERY).filtered(
            lambda row: row.nfe_code == code and row.protocol_number
        )
        return max((int(row.sequence) for row in registered), default=0) + 1

    def _nfe_event_sequence(self, kind):
        if kind is not DELIVERY:
            return super()._nfe_event_sequence(kind)
        return self._nfe_next_sequence(self._nfe_draft_event(kind).nfe_code)

    def _nfe_event_office(self, kind):
        if kind is not DELIVERY:
            return super()._nfe_event_office(kind)
        return delivery.office(self._nfe_draft_event(kind).nfe_code)

    def _nfe_sign_event(self, kind, wording, sequence):
        if kind is not DELIVERY:
            return super()._nfe_sign_event(kind, wording, sequence)
        return self._nfe_sign_facts(self._nfe_draft_event(kind)._nfe_facts(), sequence)

    def _nfe_sign_facts(self, facts, sequence):
        return delivery.sign(facts, sequence=sequence, **self._nfe_event_frame())

    def _nfe_keep_event(self, kind, signed, sequence):
        """Our draft keeps its bytes; what another program sent gets a record."""
        if kind is not DELIVERY:
            return super()._nfe_keep_event(kind, signed, sequence)
        facts = delivery.read(signed)
        drafts = self._nfe_same_delivery(facts).filtered(
            lambda row: row.state == "draft"
        )
        record = drafts[:1] or self._nfe_create_delivery(facts)
        record.sequence = str(sequence)
        record._save_event_file(signed.decode(), "xml")
        return record

    def _nfe_event_stands(self, kind, record, content, result):
        super()._nfe_event_stands(kind, record, content, result)
        if kind is DELIVERY:
            self._nfe_clear_problem()
            self._nfe_next_delivery()
            self._nfe_call_hook("_nfe_after_delivery")

    def _nfe_event_refused(self, kind, decision):
        super()._nfe_event_refused(kind, decision)
        if kind is DELIVERY:
            self._nfe_next_delivery()

    def _nfe_next_delivery(self):
        """The next one of the note takes its turn."""
        self.nfe_delivery = "ready" if self._nfe_draft_event(DELIVERY) else False
        if self.nfe_delivery:
            self._nfe_delay(DELIVERY.job, const.SEND_CHANNEL)

    def _nfe_event_refusal(self, kind, decision):
        if kind is not DELIVERY:
            return super()._nfe_event_refusal(kind, decision)
        message = self.company_id._nfe_lang().env._(
            "The SEFAZ did not register the delivery event: %(code)s - %(reason)s. "
            "The NF-e stays as it was.",
            code=decision.code,
            reason=decision.reason,
        )
        return f"delivery_{decision.code}", message

    def _nfe_event_delayed(self, kind):
        if kind is not DELIVERY:
            return super()._nfe_event_delayed(kind)
        return self.company_id._nfe_lang().env._(
            "The SEFAZ cannot be reached or is out of service. The delivery event is "
            "sent again on its own."
        )
