from collections import defaultdict
from datetime import timezone
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .. import const
from ..domain import forecast
from ..domain.forecast import Bucket

COUNTED = [bucket for bucket in Bucket if bucket is not Bucket.CANCELLED]


def _aware(moment):
    return moment.replace(tzinfo=timezone.utc)


def _naive(moment):
    return moment and moment.replace(tzinfo=None, microsecond=0)


class NfeBatch(models.Model):
    """The notes that one pick-up waits for: a load, a wave, a truck.

    Life: open while its notes are made and sent, done when the truck left or nothing
    is left to do. It holds no state of the notes: what it shows is counted when it is
    looked at, because the senders change it all the time.

    A document is in one batch; it leaves an open one only by a person's hand, a done
    one by being put into the next.
    """

    _name = "nfe.batch"
    _description = "NF-e Batch"
    _order = "state desc, deadline, id"
    _check_company_auto = True

    name = fields.Char(required=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    deadline = fields.Datetime(
        "Pick-up", required=True, help="When the carrier takes the goods."
    )
    state = fields.Selection(
        [("open", "Under Way"), ("done", "Closed")],
        required=True,
        default="open",
        copy=False,
    )
    document_ids = fields.One2many(
        "l10n_br_fiscal.document", "nfe_batch_id", "Notes", check_company=True
    )
    total_count = fields.Integer("Total", compute="_compute_counts")
    authorised_count = fields.Integer("Authorised", compute="_compute_counts")
    rejected_count = fields.Integer("Rejected", compute="_compute_counts")
    waiting_count = fields.Integer("Waiting", compute="_compute_counts")
    unknown_count = fields.Integer("Outcome Unknown", compute="_compute_counts")
    draft_count = fields.Integer("Not Confirmed", compute="_compute_counts")
    rate = fields.Float("Notes per Minute", compute="_compute_forecast", digits=(8, 1))
    rate_source = fields.Selection(
        [
            ("measured", "Measured in this batch"),
            ("company", "Measured in the company"),
            ("assumed", "Assumed"),
        ],
        compute="_compute_forecast",
    )
    through_at = fields.Datetime("Forecast", compute="_compute_forecast")
    send_before = fields.Datetime("Last Safe Time", compute="_compute_forecast")
    standing = fields.Selection(
        [
            ("done", "All authorised"),
            ("on_time", "On time"),
            ("at_risk", "Last safe time passed"),
            ("late", "Pick-up passed"),
            ("stalled", "Standing still"),
        ],
        compute="_compute_forecast",
    )

    # A wave may ask for its batch from two workers at once.
    _open_name = models.UniqueIndex("(company_id, name) WHERE state = 'open'")

    @api.depends("document_ids")
    def _compute_counts(self):
        counts = self._count_buckets()
        for batch in self:
            own = counts[batch.id]
            for bucket in COUNTED:
                batch[f"{bucket.value}_count"] = own[bucket]
            batch.total_count = sum(own[bucket] for bucket in COUNTED)

    def _count_buckets(self):
        """One grouped query for all batches.

        :return: dict of batch id → dict of ``Bucket`` → number of notes
        """
        counts = defaultdict(lambda: defaultdict(int))
        groups = self.env["l10n_br_fiscal.document"]._read_group(
            [("nfe_batch_id", "in", self.ids)],
            ["nfe_batch_id", "state_edoc", "nfe_transmission", "nfe_problem_code"],
            ["__count"],
        )
        for batch, state, transmission, problem, count in groups:
            bucket = forecast.bucket(
                state=state,
                transmission=transmission,
                has_problem=bool(problem) and problem not in const.RETRYABLE_PROBLEMS,
            )
            counts[batch.id][bucket] += count
        return counts

    @api.depends("document_ids", "deadline")
    def _compute_forecast(self):
        now = _aware(fields.Datetime.now())
        answers, tried = self._recent_answers(now)
        for batch in self:
            rate, source = forecast.pace(
                answers[batch.id],
                answers[batch.company_id],
                now,
                tried=batch.id in tried,
            )
            found = forecast.forecast(
                left=batch.total_count - batch.authorised_count,
                rate=rate,
                now=now,
                deadline=_aware(batch.deadline or fields.Datetime.now()),
            )
            batch.rate = float(rate.quantize(Decimal("0.1")))
            batch.rate_source = source.value
            batch.standing = found.standing.value
            batch.through_at = _naive(found.through_at)
            batch.send_before = _naive(found.send_before)

    def _recent_answers(self, now):
        """When the notes of these companies were decided lately, one query.

        :param datetime now: aware
        :return: dict of batch id and of company → list of aware datetimes; ids of the
            batches of which a note was sent lately
        """
        rows = self.env.execute_query(
            SQL(
                """
                SELECT document.company_id, document.nfe_batch_id,
                       max(attempt.finished) FILTER (
                           WHERE attempt.outcome = 'answered'
                             AND document.nfe_transmission = 'done'
                       )
                  FROM nfe_attempt attempt
                  JOIN nfe_attempt_document_rel rel ON rel.attempt_id = attempt.id
                  JOIN l10n_br_fiscal_document document ON document.id = rel.document_id
                 WHERE attempt.company_id IN %(companies)s
                   AND attempt.started > %(since)s
                   AND attempt.kind IN ('send', 'receipt', 'consult')
                 GROUP BY document.id
                """,
                companies=tuple(self.company_id.ids) or (0,),
                since=_naive(now - 2 * forecast.WINDOW),
            )
        )
        answers, tried = defaultdict(list), set()
        companies = self.env["res.company"]
        for company, batch, finished in rows:
            tried.add(batch)
            if finished:
                answers[batch].append(_aware(finished))
                answers[companies.browse(company)].append(_aware(finished))
        return answers, tried

    # === WHAT BELONGS TO A BATCH === #

    @api.model
    def _nfe_batch_of(self, documents, *, name, deadline):
        """Hook for other addons: the open batch of this name, with these documents.

        A fulfilment wave calls it when its pick-up is known, as often as it likes:
        the batch is made once per company and open name, documents that are in it stay.

        :param documents: ``l10n_br_fiscal.document`` of one company, confirmed or not
        :param str name: what the warehouse calls the load, such as ``Onda 12``
        :param datetime deadline: naive UTC, when the carrier takes the goods; it
            replaces the one of a batch that exists
        :return: ``nfe.batch``
        :raises UserError: a document cannot be in it, see ``_add``
        """
        company = documents.company_id
        company.ensure_one()
        found = self.search(
            [
                ("company_id", "=", company.id),
                ("name", "=", name),
                ("state", "=", "open"),
            ],
            limit=1,
        )
        if not found:
            values = {"name": name, "company_id": company.id, "deadline": deadline}
            found = self.create(values)
        elif found.deadline != deadline:
            found.deadline = deadline
        found._add(documents)
        return found

    def _add(self, documents):
        """Put documents into the batch.

        :raises UserError: one is no NF-e of the company, or in another open batch
        """
        self.ensure_one()
        strange = documents.filtered(
            lambda doc: not doc.nfe_is_batch or doc.company_id != self.company_id
        )
        if strange:
            raise UserError(
                self.env._(
                    "Only NF-e that %(company)s issues can be in this batch; these are "
                    "not: %(documents)s.",
                    company=self.company_id.name,
                    documents=strange._nfe_names(),
                )
            )
        others = documents.filtered(
            lambda doc: doc.nfe_batch_id.state == "open" and doc.nfe_batch_id != self
        )
        if others:
            raise UserError(
                self.env._(
                    "These notes are in another open batch (%(batches)s): "
                    "%(documents)s. Take them out there first.",
                    batches=", ".join(others.nfe_batch_id.mapped("name")),
                    documents=others._nfe_names(),
                )
            )
        (documents - self.document_ids).nfe_batch_id = self

    def _documents_in_order(self):
        """The authorised notes in the order in which their labels are printed: as they
        were put into the batch; for whoever prints them.

        :return: ``l10n_br_fiscal.document``
        """
        return self.document_ids.filtered(
            lambda doc: doc.state_edoc == "autorizada"
        ).sorted("id")

    # === BUTTONS === #

    def action_send_ready(self):
        """Send what is ready, and ask for what is unknown."""
        waiting = self.document_ids.filtered(
            lambda doc: (
                doc.nfe_transmission in ("ready", "unknown")
                and doc.state_edoc != "rejeitada"
            )
        )
        return waiting.action_nfe_retry_all()

    def action_retry_rejected(self):
        """Send the refused notes again that were corrected since."""
        rejected = self.document_ids.filtered(lambda doc: doc.state_edoc == "rejeitada")
        return rejected.with_context(nfe_only_corrected=True).action_nfe_retry_all()

    def action_print_labels(self):
        """The DANFE labels of what is authorised by now, in the order of the batch."""
        return self._documents_in_order().action_nfe_print_labels()

    def action_done(self):
        """The truck left, or nothing is left to do."""
        self.state = "done"

    def action_reopen(self):
        """Back to the board."""
        self.state = "open"

    def action_open_documents(self):
        """The notes of the batch; the context may name a group of them."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "nfe_batch.l10n_br_fiscal_document_action"
        )
        action["domain"] = [("nfe_batch_id", "=", self.id)]
        action["context"] = {"search_default_group_transmission": 1}
        action["display_name"] = self.name
        return action
