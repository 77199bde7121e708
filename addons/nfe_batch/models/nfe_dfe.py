import base64

from odoo import api, fields, models

from ..domain import distribution
from ..event_kind import EVENT_KINDS
from .fiscal_document_result import naive_utc


class NfeDfe(models.Model):
    """A document that names a company, as the national environment gave it out.

    It is either the summary of a note (resNFe), a whole note (nfeProc), an event or its
    summary; what is of another kind, such as a CT-e, is kept as it came. Nobody writes
    it by hand. Events upon our own notes are linked to them; a cancellation that
    another program made is asked for by key and taken over from there, never from here.
    """

    _name = "nfe.dfe"
    _description = "Received Fiscal Document"
    _order = "nsu desc, id desc"
    _rec_name = "document_key"

    company_id = fields.Many2one("res.company", required=True, readonly=True)
    environment = fields.Selection(
        [("1", "Production"), ("2", "Homologation (no fiscal value)")],
        required=True,
        readonly=True,
    )
    nsu = fields.Char("NSU", readonly=True, help="Number in the distribution.")
    schema = fields.Char("Layout", readonly=True)
    kind = fields.Selection(
        [
            (distribution.NOTE_SUMMARY, "Summary of a note"),
            (distribution.NOTE, "Note"),
            (distribution.EVENT_SUMMARY, "Summary of an event"),
            (distribution.EVENT, "Event"),
            ("other", "Other document"),
        ],
        required=True,
        readonly=True,
    )
    document_key = fields.Char("Key", readonly=True, index="btree_not_null")
    issuer_vat = fields.Char("CNPJ / CPF", readonly=True, index="btree_not_null")
    issuer_name = fields.Char("Issuer", readonly=True)
    moment = fields.Datetime("Date", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    amount = fields.Monetary(readonly=True)
    situation = fields.Selection(
        [
            ("authorised", "Authorised"),
            ("cancelled", "Cancelled"),
            ("denied", "Denied"),
        ],
        readonly=True,
    )
    protocol_number = fields.Char("Protocol", readonly=True)
    event_code = fields.Char("Event Type", readonly=True)
    event_name = fields.Char("Event", readonly=True)
    sequence = fields.Integer("Event Sequence", readonly=True)
    document_id = fields.Many2one(
        "l10n_br_fiscal.document",
        "Fiscal Document",
        readonly=True,
        index="btree_not_null",
        check_company=True,
    )
    xml = fields.Binary("XML", attachment=True, readonly=True)
    xml_name = fields.Char(compute="_compute_xml_name")
    problem = fields.Selection(
        [("broken", "Damaged"), ("too_big", "Too large")],
        readonly=True,
        help="The document could not be unpacked.",
    )
    is_complete = fields.Boolean(compute="_compute_is_complete")

    _nsu_unique = models.UniqueIndex(
        "(company_id, environment, nsu) WHERE nsu IS NOT NULL"
    )

    @api.depends("document_key", "kind", "nsu")
    def _compute_xml_name(self):
        for record in self:
            record.xml_name = f"{record.document_key or record.nsu}-{record.kind}.xml"

    @api.depends("document_key", "kind", "company_id")
    def _compute_is_complete(self):
        """True unless only the summary of a note is here."""
        summaries = self.filtered(lambda row: row.kind == distribution.NOTE_SUMMARY)
        whole = self.search(
            [
                ("kind", "=", distribution.NOTE),
                ("document_key", "in", summaries.mapped("document_key")),
            ]
        )
        known = {(row.company_id, row.document_key) for row in whole}
        for record in self:
            identity = (record.company_id, record.document_key)
            record.is_complete = record not in summaries or identity in known

    def action_fetch_note(self):
        """Ask for the whole note of a summary."""
        self.ensure_one()
        return self.env["nfe.dfe.cursor"]._search_by_key(
            self.company_id, self.document_key
        )

    # === TAKING IN === #

    @api.model
    def _take_in(self, cursor, received):
        """Store documents that are not here yet, and link them; may run again.

        :param received: tuple of ``domain.distribution.Received``
        :return: the new records
        """
        own = [("company_id", "=", cursor.company_id.id)]
        own.append(("environment", "=", cursor.environment))
        numbers = [row.nsu for row in received if row.nsu]
        known = set(self.search([*own, ("nsu", "in", numbers)]).mapped("nsu"))
        new = self.create(
            [
                self._received_vals(cursor, row)
                for row in received
                if row.nsu not in known
            ]
        )
        new._link()
        return new

    @api.model
    def _received_vals(self, cursor, received):
        facts = distribution.facts(received.content)
        kinds = dict(self._fields["kind"].selection)
        return {
            "company_id": cursor.company_id.id,
            "environment": cursor.environment,
            "nsu": received.nsu or False,
            "schema": received.schema,
            "kind": facts.kind if facts.kind in kinds else "other",
            "document_key": facts.key or False,
            "issuer_vat": facts.issuer or False,
            "issuer_name": facts.issuer_name or False,
            "moment": facts.moment and naive_utc(facts.moment),
            "amount": float(facts.amount or 0),
            "situation": facts.situation or False,
            "protocol_number": facts.protocol_number or False,
            "event_code": facts.event_code or False,
            "event_name": facts.event_name or False,
            "sequence": facts.sequence,
            "xml": base64.b64encode(received.content) or False,
            "problem": received.problem or False,
        }

    def _link(self):
        """Link to documents of the company, and act upon events."""
        documents = self.env["l10n_br_fiscal.document"].search(
            [
                ("company_id", "in", self.company_id.ids),
                (
                    "document_key",
                    "in",
                    self.filtered("document_key").mapped("document_key"),
                ),
            ]
        )
        by_key = {(row.company_id, row.document_key): row for row in documents}
        for record in self:
            record.document_id = by_key.get((record.company_id, record.document_key))
            if record.event_code in distribution.CANCELLATION_EVENTS:
                record._cancel_notes()
        self._ask_for_unknown_events()

    def _cancel_notes(self):
        """The notes of others that this event cancels."""
        self.search(
            [
                ("company_id", "=", self.company_id.id),
                ("environment", "=", self.environment),
                ("document_key", "=", self.document_key),
                ("kind", "in", (distribution.NOTE, distribution.NOTE_SUMMARY)),
            ]
        ).write({"situation": "cancelled"})

    def _ask_for_unknown_events(self):
        """Another program sent an event of our note: the SEFAZ is asked by key."""
        for record in self.filtered("document_id"):
            document = record.document_id
            ours = any(kind.covers(record.event_code) for kind in EVENT_KINDS.values())
            known = document.event_ids.mapped("protocol_number")
            if ours and record.protocol_number not in known:
                document._nfe_delay_check()
