from base64 import b64decode, b64encode
from datetime import timedelta
from hashlib import sha256

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import split_every

from ..domain.payload import dump
from ..domain.sheet_orders import missing_columns, read_orders
from ..domain.sheet_report import report_csv
from ..timing import utc_now

# Orders per job.
CHUNK = 50
# The file holds personal data: it is dropped when nobody needs it any more.
KEEP_FILE = timedelta(days=30)


class B2cImport(models.Model):
    """A file with orders of a channel that has no adapter.

    Life: draft → checked (dry run: every row says what would become of it) → started.
    Then jobs of 50 orders hand them to the intake like any channel's; every row tells
    what became of it. Uploading a file again is harmless: what is here stays as it is.
    It holds whole CPFs: only who uploaded it and the manager see it.
    """

    _name = "b2c.import"
    _description = "File of Orders"
    _order = "id desc"
    _rec_name = "filename"
    _check_company_auto = True

    layout_id = fields.Many2one(
        "b2c.import.layout", required=True, check_company=True, index=True
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    file = fields.Binary(attachment=True, copy=False)
    filename = fields.Char(copy=False)
    digest = fields.Char(copy=False, readonly=True, index=True)
    state = fields.Selection(
        [("draft", "New"), ("checked", "Checked"), ("started", "Taken In")],
        required=True,
        default="draft",
        copy=False,
        readonly=True,
    )
    started_at = fields.Datetime(copy=False, readonly=True)
    row_ids = fields.One2many("b2c.import.row", "import_id", readonly=True)
    # Also the upload of a colleague, whose file this user may not open.
    twin_id = fields.Many2one(
        "b2c.import", compute="_compute_twin_id", compute_sudo=True
    )
    order_count = fields.Integer(string="Orders", compute="_compute_counts")
    ready_count = fields.Integer(string="Ready", compute="_compute_counts")
    created_count = fields.Integer(string="Taken In", compute="_compute_counts")
    duplicate_count = fields.Integer(string="Here Already", compute="_compute_counts")
    rejected_count = fields.Integer(string="Work Queue", compute="_compute_counts")
    error_count = fields.Integer(string="Not Readable", compute="_compute_counts")
    pending_count = fields.Integer(string="Waiting", compute="_compute_counts")
    report_file = fields.Binary(compute="_compute_report_file")

    @api.depends("row_ids.outcome", "row_ids.pending")
    def _compute_counts(self):
        """Orders (not rows) by what became of them, in one query."""
        groups = self.env["b2c.import.row"]._read_group(
            [("import_id", "in", self.ids), ("head_id", "=", False)],
            ["import_id", "outcome", "pending"],
            ["__count"],
        )
        for one in self:
            mine = [(out, wait, n) for file, out, wait, n in groups if file == one]

            def count(*outcomes, mine=mine):
                return sum(n for outcome, _wait, n in mine if outcome in outcomes)

            one.order_count = sum(n for _outcome, _wait, n in mine)
            one.pending_count = sum(n for _outcome, wait, n in mine if wait)
            one.ready_count = count("ready")
            one.created_count = count("created", "held")
            one.duplicate_count = count("duplicate", "skipped")
            one.rejected_count = count("rejected")
            one.error_count = count("error")

    @api.depends("digest")
    def _compute_twin_id(self):
        """An earlier upload of the very same file."""
        for one in self:
            one.twin_id = one.digest and self.search(
                [
                    ("company_id", "=", one.company_id.id),
                    ("digest", "=", one.digest),
                    ("state", "=", "started"),
                    ("id", "!=", one._origin.id),
                ],
                limit=1,
            )

    def write(self, vals):
        """Another file or layout makes what was checked void."""
        if vals.get("file") or vals.get("layout_id"):
            for one in self:
                one._ensure_not_started()
            vals = vals | {"state": "draft"}
        return super().write(vals)

    def _ensure_not_started(self):
        if self.state == "started":
            raise UserError(
                self.env._("This file is taken in already: upload a new one.")
            )

    # ------------------------------------------------------------ dry run

    def action_check(self):
        """Read the file and say of each row what would become of it."""
        for one in self:
            one._ensure_can_check()
            one._make_rows(*one._parse())
            one.state = "checked"

    def _ensure_can_check(self):
        self.ensure_one()
        self._ensure_not_started()
        if not self.file:
            raise UserError(self.env._("Choose a file."))

    def _parse(self):
        """The file's orders (``FileOrder``) and what would become of each."""
        content = b64decode(self.with_context(bin_size=False).file)
        self.digest = sha256(content).hexdigest()
        layout = self.layout_id._layout()
        sheet = self.layout_id._read(content)
        missing = missing_columns(sheet, layout)
        if missing:
            headers = ", ".join(filter(None, sheet.headers))
            params = {"missing": ", ".join(missing), "headers": headers}
            self.layout_id._refuse("columns_missing", params)
        found = read_orders(sheet, layout, utc_now())
        whole = [one for one in found if one.order]
        orders = self.env["sale.order"].with_company(self.company_id)
        results = orders._b2c_preview([one.order for one in whole])
        by_id = {result.external_id: result for result in results}
        return found, by_id

    def _make_rows(self, found, results):
        # sudo: the report is written by the machinery, nobody edits it by hand.
        rows = self.env["b2c.import.row"].sudo()
        rows.search([("import_id", "=", self.id)]).unlink()
        heads = rows.create([self._head_vals(one, results) for one in found])
        others = []
        for head, one in zip(heads, found, strict=True):
            texts = self._row_texts(one)
            others += [
                head._follower_vals(number, texts.get(number))
                for number in one.rows[1:]
            ]
        rows.create(others)

    def _head_vals(self, one, results) -> dict:
        result = results.get(one.external_id) if one.order else None
        outcome = result.outcome if result else "error"
        if one.cancelled and outcome != "duplicate":
            outcome = "skipped"
        if result:
            message = self._texts(result.problems)
        else:
            message = self._row_texts(one).get(one.rows[0]) or self._in_words().env._(
                "Another row of this order cannot be read."
            )
        return {
            "import_id": self.id,
            "company_id": self.company_id.id,
            "number": one.rows[0],
            "external_id": one.external_id,
            "outcome": outcome,
            "message": message or False,
            "order_id": result and result.order_id,
            "payload": dump(one.order) if one.order else False,
            "pending": bool(one.order),
        }

    def _row_texts(self, one) -> dict[int, str]:
        """What is wrong with each row of an order that cannot be read."""
        texts: dict[int, str] = {}
        for item in one.problems:
            text = self._texts([item.problem])
            texts[item.row] = "\n".join(filter(None, [texts.get(item.row), text]))
        return texts

    def _in_words(self):
        """With the language of what is stored for the company."""
        return self.with_context(lang=self.company_id._b2c_lang())

    def _texts(self, problems) -> str:
        orders = self.env["sale.order"]
        return "\n".join(
            orders._b2c_problem_texts(problem, self.company_id)[0]
            for problem in problems
        )

    # ------------------------------------------------------------ for real

    def action_import(self):
        """Hand the orders to the intake, in jobs; also takes up what was left."""
        for one in self:
            if one.state == "draft":
                one.action_check()
            if one.state == "checked":
                one.write({"state": "started", "started_at": fields.Datetime.now()})
            one._queue_pending()

    def _queue_pending(self):
        """Enqueue the orders that wait, 50 to a job; a job that is queued already is
        not queued again."""
        self.ensure_one()
        rows = self.env["b2c.import.row"].search(
            [("import_id", "=", self.id), ("pending", "=", True)], order="id"
        )
        for ids in split_every(CHUNK, rows.ids):
            chunk = rows.browse(ids).with_company(self.company_id)
            key = f"b2c_import/{self.id}/{ids[0]}-{ids[-1]}"
            chunk.with_delay(identity_key=key)._take_in()

    # ------------------------------------------------------------ report

    def _compute_report_file(self):
        """The report per row as CSV, base64."""
        words = dict(
            self.env["b2c.import.row"]
            ._fields["outcome"]
            ._description_selection(self.env)
        )
        headers = [
            self.env._("Row"),
            self.env._("Channel Order"),
            self.env._("Outcome"),
            self.env._("Order"),
            self.env._("Message"),
        ]
        for one in self:
            rows = one.row_ids.sorted("number")
            content = report_csv(
                headers,
                (
                    (
                        row.number,
                        row.external_id or "",
                        words.get(row.outcome),
                        row.order_id.name or "",
                        row.message or "",
                    )
                    for row in rows
                ),
            )
            one.report_file = b64encode(content)

    def action_download_report(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "target": "download",
            "url": f"/web/content/{self._name}/{self.id}/report_file"
            f"?download=true&filename=relatorio_{self.id}.csv",
        }

    def action_view_orders(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "industry_b2c_sales.sale_order_action"
        )
        return action | {
            "domain": [("id", "in", self.row_ids.order_id.ids)],
            "context": {},
        }

    @api.autovacuum
    def _gc_files(self):
        """Personal data is kept as long as it is needed: a month after they were taken
        in files are dropped, and those that nobody took in go as a whole."""
        old = fields.Datetime.now() - KEEP_FILE
        done = self.search([("started_at", "<", old), ("file", "!=", False)])
        done.filtered(lambda one: not one.pending_count).write({"file": False})
        self.search([("state", "!=", "started"), ("create_date", "<", old)]).unlink()
