from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools.misc import format_datetime

from .. import hints
from ..domain.timeline import Entry, in_order
from .fiscal_document_sign import EVENT_AUTHORIZATION


class FiscalDocumentTimeline(models.Model):
    """The history of a note in words, for its form."""

    _inherit = "l10n_br_fiscal.document"

    nfe_timeline = fields.Html("Timeline", compute="_compute_nfe_timeline")
    nfe_hint = fields.Text("What to Do", compute="_compute_nfe_hint")
    nfe_attempt_count = fields.Integer("Attempts", compute="_compute_nfe_attempt_count")

    @api.depends("nfe_problem_code")
    @api.depends_context("lang")
    def _compute_nfe_hint(self):
        for document in self:
            code = document.nfe_problem_code
            document.nfe_hint = hints.hint(self.env, code) if code else False

    @api.depends("nfe_attempt_ids")
    def _compute_nfe_attempt_count(self):
        for document in self:
            document.nfe_attempt_count = len(document.nfe_attempt_ids)

    @api.depends("nfe_attempt_ids.state", "event_ids.state", "state_edoc")
    @api.depends_context("lang", "tz")
    def _compute_nfe_timeline(self):
        for document in self:
            rows = [
                Markup("<tr><td class='text-nowrap pe-3'>%s</td><td>%s</td></tr>")
                % (
                    format_datetime(self.env, entry.at, dt_format="short"),
                    document._nfe_timeline_words(entry),
                )
                for entry in in_order(document._nfe_timeline_entries())
            ]
            document.nfe_timeline = (
                Markup("<table class='table table-sm'>%s</table>") % Markup().join(rows)
                if rows
                else False
            )

    def _nfe_timeline_entries(self):
        """Facts of the note as ``domain.timeline.Entry``; moments are naive UTC."""
        self.ensure_one()
        entries = []
        if self.create_date:
            entries.append(Entry(at=self.create_date, what="created"))
        for attempt in self.nfe_attempt_ids.sorted("id"):
            entries.append(
                Entry(
                    at=attempt.finished or attempt.started,
                    what=attempt.kind,
                    outcome=attempt.outcome or attempt.state,
                    code=attempt.status_code or "",
                    detail=attempt.message or "",
                )
            )
        return entries + [
            Entry(
                at=event.protocol_date or event.create_date,
                what="authorised"
                if event.type == EVENT_AUTHORIZATION
                else f"event_{event.type}",
                code=event.protocol_number,
                detail=event.justification or "",
            )
            for event in self.event_ids
            if event.state == "done" and event.protocol_number
        ]

    def _nfe_timeline_words(self, entry):
        """One fact as a sentence."""
        if entry.what == "created":
            return self.env._("Document created")
        if entry.what == "authorised":
            return self.env._("Authorised, protocol %(number)s", number=entry.code)
        if entry.what.startswith("event_"):
            return " — ".join(
                filter(None, [self._nfe_event_words(entry), entry.detail])
            )
        attempts = self.env["nfe.attempt"]
        label = attempts._label("kind", entry.what)
        answer = f"{entry.code} {entry.detail}".strip()
        if entry.outcome == "answered":
            return f"{label}: {answer}"
        return f"{label}: {attempts._label('outcome', entry.outcome)} {answer}".strip()

    def _nfe_event_words(self, entry):
        kind = entry.what.removeprefix("event_")
        label = dict(self.event_ids._fields["type"]._description_selection(self.env))
        return self.env._(
            "%(event)s registered, protocol %(number)s",
            event=label.get(kind, kind),
            number=entry.code,
        )

    def action_nfe_open_attempts(self):
        """The calls to the SEFAZ about this note."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "nfe_batch.nfe_attempt_action"
        )
        action["domain"] = [("document_ids", "in", self.ids)]
        return action

    def action_nfe_open_batch(self):
        """The load that the note travels with."""
        return self.nfe_batch_id.get_formview_action()
