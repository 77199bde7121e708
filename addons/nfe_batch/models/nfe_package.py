import logging

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.queue_job.exception import RetryableJobError

from .. import const
from ..domain import package as naming

_logger = logging.getLogger(__name__)


class NfePackage(models.Model):
    """Files made of many notes: merged papers, XML in bulk, the accountant's month.

    Life: ``building`` → ``done``, or ``failed`` with the reason, from where it goes on.
    What belongs to it is fixed once (``plan``); each file is stored in a transaction of
    its own together with how far it got (``position``), so a job that is killed goes on
    with the next file. A package that is built anew is another record: none is changed
    or deleted later. Only the program writes packages; users ask for them.
    """

    _name = "nfe.package"
    _inherit = ["nfe.transaction.mixin"]
    _description = "NF-e Package"
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(required=True, readonly=True)
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    user_id = fields.Many2one(
        "res.users", "Asked For By", readonly=True, default=lambda self: self.env.user
    )
    kind = fields.Selection(
        [
            ("labels", "DANFE labels"),
            ("zpl", "DANFE labels (ZPL)"),
            ("danfe", "DANFE"),
            ("xml", "XML"),
            ("monthly", "Monthly package"),
        ],
        required=True,
        readonly=True,
    )
    state = fields.Selection(
        [("building", "Being built"), ("done", "Ready"), ("failed", "Failed")],
        default="building",
        required=True,
        readonly=True,
        index=True,
    )
    problem = fields.Text(readonly=True)
    date_first = fields.Date("From", readonly=True)
    date_last = fields.Date("To", readonly=True)
    revision = fields.Integer(default=1, readonly=True)
    with_notes = fields.Boolean("NF-e", default=True, readonly=True)
    with_cancellations = fields.Boolean("Cancellations", default=True, readonly=True)
    with_events = fields.Boolean(
        "Correction letters and other events", default=True, readonly=True
    )
    with_voidings = fields.Boolean("Voided numbers", default=True, readonly=True)
    mask_cpf = fields.Boolean(
        "CPF masked in the index",
        default=True,
        readonly=True,
        help="The XML files hold it in full all the same.",
    )
    plan = fields.Json(readonly=True, help="What belongs to it: pairs of kind and id.")
    position = fields.Integer(readonly=True)
    total = fields.Integer("Files and Notes", compute="_compute_total")
    part_count = fields.Integer("Parts", readonly=True)
    file_ids = fields.Many2many("ir.attachment", string="Files", readonly=True)
    complete = fields.Boolean("All Numbers Explained", readonly=True)
    report = fields.Text(readonly=True)

    _month_unique = models.UniqueIndex(
        "(company_id, date_first, revision) WHERE kind = 'monthly'",
        "This package is being built already.",
    )

    @api.depends("plan")
    def _compute_total(self):
        for record in self:
            record.total = len(record.plan or [])

    # === ASKED FOR === #

    @api.model
    def _request(self, vals):
        """Create a package for the user. The caller checked what the user may see."""
        if self.env.company != self.env["res.company"].browse(vals["company_id"]):
            companies = self.env.companies.ids
            if not self.env.su and vals["company_id"] not in companies:
                raise AccessError(self.env._("This company is not one of yours."))
        # sudo: state and files are written by the program, not by hand.
        return self.sudo().create(vals).with_env(self.env)

    def _queue(self):
        """Have it built by a job."""
        self._nfe_delay("_nfe_build", const.PAPERS_CHANNEL)

    def action_build(self):
        """Button: go on where it failed."""
        self.env["l10n_br_fiscal.document"]._nfe_ensure_user()
        self.check_access("read")
        if any(record.state != "failed" for record in self):
            raise UserError(self.env._("Only a failed package is built again."))
        # sudo: see _request.
        self.sudo().write({"state": "building", "problem": False})
        for record in self:
            record._queue()

    def _open_files(self):
        """The file when it is ready and the only one, else the package."""
        self.ensure_one()
        if self.state == "done" and len(self.file_ids) == 1:
            return {
                "type": "ir.actions.act_url",
                "url": f"/web/content/{self.file_ids.id}?download=true",
                "target": "new",
            }
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
        }

    # === JOB === #

    def _nfe_build(self):
        """Job: make the files, one transaction each. Safe to run again.

        :raises RetryableJobError: another process builds it
        """
        self.ensure_one()
        try:
            while self._nfe_build_step():
                pass
        except (OperationalError, RetryableJobError):
            raise
        except Exception as error:
            _logger.exception("Package %s cannot be built", self.id)
            self._nfe_store("_fail", str(error))

    def _nfe_build_step(self):
        """The next file, committed; True while there are more."""
        with self._nfe_transaction() as package:
            package._nfe_lock()
            if package.state != "building":
                return False
            package._make_file()
            more = package.state == "building"
            if not more:
                package._announce()
        return more

    def _fail(self, reason):
        self.write({"state": "failed", "problem": reason})
        self._announce()

    def _build_now(self):
        """All files in the transaction of the user, for the few that are quick."""
        while self.state == "building":
            self._make_file()

    def _make_file(self):
        """Make one file and write how far it got; the last one ends the work."""
        self.ensure_one()
        if not self.plan:
            self.plan = self._prepare_plan()
        self.part_count += 1
        extension, content, position = self._prepare_file()
        suffix = f"-parte-{self.part_count:02d}"
        attachment = self.env["ir.attachment"].create(
            {
                "name": f"{self.name}{suffix}.{extension}",
                "res_model": self._name,
                "res_id": self.id,
                "raw": content,
            }
        )
        done = position >= self.total
        self.write(
            {
                "file_ids": [fields.Command.link(attachment.id)],
                "position": position,
                "state": "done" if done else "building",
            }
        )

    # === HOOKS OF A KIND === #

    def _prepare_plan(self):
        """Hook: what belongs to the package.

        :return: list of [kind, id], in the order of the files
        """
        raise NotImplementedError(self.kind)

    def _prepare_file(self):
        """Hook: the next file.

        :return: extension, contents, position in the plan after it
        """
        raise NotImplementedError(self.kind)

    def _announce(self):
        """Hook: it is ready, or failed: tell who asked for it."""
        self.ensure_one()
        record = self.with_context(lang=self.user_id.lang or self.env.lang)
        if self.state == "done":
            body = record.env._("%(name)s is ready.", name=self.name)
        else:
            body = record.env._("%(name)s could not be built.", name=self.name)
        self.env["mail.thread"].message_notify(
            model=self._name,
            res_id=self.id,
            partner_ids=self.user_id.partner_id.ids,
            body=body,
            subject=self.name,
        )

    def _company_number(self):
        """The CNPJ without punctuation, for names of files."""
        return naming.plain(self.company_id.vat or "")
