"""The NF-e that a channel issues for goods in its own stock: fetched, checked, kept."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import split_every

from odoo.addons.industry_b2c_sales.domain.redact import redact

from ..const import CHUNK, MAX_ATTEMPTS, backoff, queue_of
from ..domain.contract import FATAL, ChannelError, Feature, NotFound
from ..rules import channel_note
from .own_transaction import in_own_transaction

REFUSED = "channel_nfe_refused"


class MarketplaceOrder(models.Model):
    """An order that the channel ships gets its NF-e from the channel, in our name and a
    series of its own. It is asked for when the order is paid and again whenever its
    state changes, or the channel tells of the note; the file is kept once, as it came.
    """

    _inherit = "marketplace.order"

    channel_nfe_number = fields.Char("Number of that NF-e", readonly=True)
    channel_nfe_file_id = fields.Many2one(
        "ir.attachment",
        "XML of that NF-e",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    channel_nfe_attempts = fields.Integer(readonly=True)
    channel_nfe_next_try = fields.Datetime("NF-e Asked For Next", readonly=True)
    channel_nfe_problem = fields.Char("Why That NF-e Is Missing", readonly=True)

    _channel_nfe_due_idx = models.Index(
        "(channel_nfe_next_try) WHERE channel_nfe_next_try IS NOT NULL"
    )

    def _prepare_binding(self, account, order):
        vals = super()._prepare_binding(account, order)
        if self.channel_nfe_file_id:
            # A reading that names no note takes nothing away.
            del vals["channel_nfe_key"]
        elif channel_note.expected(order) and self.state != vals["state"]:
            vals |= self._ask_anew()
        return vals

    @api.model
    def _ask_anew(self):
        return {
            "channel_nfe_next_try": fields.Datetime.now(),
            "channel_nfe_attempts": 0,
            "channel_nfe_problem": False,
        }

    # ------------------------------------------------------------ when

    @api.model
    def _cron_channel_notes(self):
        """Notes that are due."""
        self.search(
            [
                ("account_id.state", "=", "active"),
                ("channel_nfe_next_try", "<=", fields.Datetime.now()),
            ],
            order="channel_nfe_next_try",
            limit=20 * CHUNK,
        )._queue_channel_notes()

    def _queue_channel_notes(self):
        """Jobs for the notes of these orders, at most 50 of one account each."""
        for account, orders in self.grouped("account_id").items():
            for chunk in split_every(CHUNK, sorted(orders.ids), list):
                self.browse(chunk).with_delay(
                    channel=queue_of(account),
                    identity_key=f"marketplace-channel-notes-{account.id}-{chunk}",
                    description=f"{account.name}: {len(chunk)} NF-e of the channel",
                )._fetch_channel_notes()

    @api.model
    def _hear_channel_notes(self, account, invoice_ids) -> dict:
        """The channel tells of its notes: their orders ask for them now.

        :return: ``{invoice id: error}`` of those whose orders could not be read
        """
        adapter = account._adapter()
        if Feature.CHANNEL_INVOICE not in adapter.caps.features:
            return {}
        found, errors = set(), {}
        for invoice_id in invoice_ids:
            try:
                found.update(adapter.channel_invoice_orders(invoice_id))
            except FATAL:
                raise
            except NotFound:
                # Another seller's, or no note of a sale.
                continue
            except ChannelError as error:
                errors[invoice_id] = error
        orders = self.search(
            [
                ("account_id", "=", account.id),
                ("external_id", "in", list(found)),
                ("channel_nfe_file_id", "=", False),
            ]
        )
        orders.write(self._ask_anew())
        orders._queue_channel_notes()
        return errors

    # ------------------------------------------------------------ call and result

    def _fetch_channel_notes(self):
        """Job: fetch the notes of at most 50 orders of one account.

        Nothing is locked during a call; each answer is committed on its own, so a kill
        costs one reading. A bad file stops no other.
        """
        account = self.account_id
        account.ensure_one()
        if account.state != "active":
            return "parked: the account is not active"
        adapter = account._adapter()
        due = self.filtered("channel_nfe_next_try")
        if Feature.CHANNEL_INVOICE not in adapter.caps.features:
            due.channel_nfe_next_try = False
            return "the channel does not give its NF-e"
        for order in due:
            try:
                answer = adapter.channel_invoice(order.external_id)
            except FATAL as error:
                return account._job_problem(error)
            except ChannelError as error:
                answer = error
            in_own_transaction(
                order, lambda mine, got=answer: mine._keep_channel_note(got)
            )
        return f"{len(due)} asked for"

    def _keep_channel_note(self, answer):
        """Keep the file, once; or why there is none.

        :param answer: ``InvoiceFile`` or the error
        """
        self.ensure_one()
        if self.channel_nfe_file_id:
            return
        if isinstance(answer, ChannelError):
            self._put_off_channel_note(answer)
            return
        try:
            note = channel_note.read(answer.xml, answer.key)
        except channel_note.NoteRefused as refused:
            self._refuse_channel_note(refused.code)
            return
        attachment = self.env["ir.attachment"].create(
            {
                "name": f"{note.key}-nfe.xml",
                "raw": answer.xml,
                "mimetype": "application/xml",
                "res_model": self._name,
                "res_id": self.id,
                "company_id": self.company_id.id,
            }
        )
        self.write(
            {
                "channel_nfe_file_id": attachment.id,
                "channel_nfe_key": note.key,
                "channel_nfe_number": f"{note.series}/{note.number}",
                "channel_nfe_next_try": False,
                "channel_nfe_problem": False,
            }
        )
        self.env["b2c.issue"]._solve(REFUSED, self)

    def _put_off_channel_note(self, error):
        """Not issued yet, or a call that failed: later and later, at last not at all
        until the order moves on or the channel tells of the note."""
        attempts = self.channel_nfe_attempts + 1
        again = attempts < MAX_ATTEMPTS
        self.write(
            {
                "channel_nfe_attempts": attempts,
                "channel_nfe_next_try": again
                and fields.Datetime.now() + backoff(attempts),
                "channel_nfe_problem": redact(f"{type(error).__name__}: {error}")[:300],
            }
        )

    def _refuse_channel_note(self, code):
        """A person must look at it; the file is not kept."""
        account = self.account_id._in_company_language()
        problem = {
            "not_well_formed": account.env._("the file is no well-formed XML"),
            "not_authorised": account.env._("the file is no authorised NF-e"),
            "bad_key": account.env._("its access key is wrong"),
            "other_key": account.env._("its access key is not the one announced"),
        }[code]
        self.write({"channel_nfe_next_try": False, "channel_nfe_problem": problem})
        self.env["b2c.issue"]._report(
            REFUSED,
            record=self,
            company=self.company_id,
            message=account.env._(
                "The NF-e that the channel issued for order %(order)s was not kept: "
                "%(problem)s.",
                order=self.external_id,
                problem=problem,
            ),
            suggestion=account.env._(
                "Look at the NF-e on the channel's own screen, then fetch it again."
            ),
            replay="action_fetch_channel_note",
        )

    # ------------------------------------------------------------ people

    def action_fetch_channel_note(self):
        """Ask the channel for its NF-e now.

        :raise UserError: none of these orders is one that the channel ships
        """
        self.check_access("read")
        wanted = self.filtered(
            lambda order: (
                not order.channel_nfe_file_id
                and channel_note.CHANNEL_SHIPS in (order.flags or "")
            )
        )
        if not wanted:
            raise UserError(self.env._("There is no NF-e of the channel to fetch."))
        # sudo: users see the orders, only the machinery writes them.
        wanted = wanted.sudo()
        wanted.write(self._ask_anew())
        wanted._queue_channel_notes()

    def action_download_channel_note(self):
        """The XML as the channel gave it."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self.channel_nfe_file_id.id}?download=true",
            "target": "new",
        }
