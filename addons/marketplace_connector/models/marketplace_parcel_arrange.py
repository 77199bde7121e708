"""Ship order: some channels make a label only for a parcel that was arranged."""

from odoo import api, fields, models

from odoo.addons.industry_b2c_sales.domain.redact import redact

from ..const import backoff
from ..domain.contract import AuthDead, ChannelError, Feature, ParcelState
from .own_transaction import in_own_transaction

TO_ARRANGE = (
    ParcelState.NOT_READY,
    ParcelState.AWAITING_INVOICE,
    ParcelState.TO_ARRANGE,
    ParcelState.UNKNOWN,
)
"""As last read: the acceptance of the NF-e may have moved it on since."""


class MarketplaceParcel(models.Model):
    _inherit = "marketplace.parcel"

    arranged_at = fields.Datetime("Arranged On", readonly=True, copy=False)
    label_problem = fields.Char(
        "Why There Is No Label", compute="_compute_label_problem"
    )

    def _arrange(self, account):
        """Arrange those that were not; repeating it is harmless at the channel.

        :return: those whose label may be asked for now
        """
        if not account._has_feature(Feature.ARRANGE):
            return self
        waiting = self.filtered(
            lambda parcel: not parcel.arranged_at and parcel.state in TO_ARRANGE
        )
        if not waiting:
            return self
        answers = waiting._call_arrange(account)
        in_own_transaction(waiting, lambda mine: mine._keep_arranged(answers))
        return self.filtered(lambda one: not answers.get(one.external_id))

    def _call_arrange(self, account) -> dict:
        """Error of each parcel by its id, None when it is arranged; never raises."""
        ids = self.mapped("external_id")
        try:
            answers = dict(account._adapter().arrange(ids))
        except ChannelError as error:
            if isinstance(error, AuthDead):
                account._mark_dead(str(error))
            account._log_problem(error)
            return dict.fromkeys(ids, error)
        missing = ChannelError("not in the channel's answer")
        return {ref: answers.get(ref, missing) for ref in ids}

    def _keep_arranged(self, answers):
        for parcel in self:
            error = answers[parcel.external_id]
            if error is None:
                parcel.arranged_at = fields.Datetime.now()
                continue
            text = f"{type(error).__name__}: {redact(str(error))}"
            parcel._put_off(text, backoff(parcel.label_attempts + 1))

    @api.depends("label_error")
    @api.depends_context("lang")
    def _compute_label_problem(self):
        """The reason in words, where it is one of ours."""
        verdicts = self.env["b2c.guard.verdict"]
        for parcel in self:
            code = parcel.label_error
            if code == "pending":
                parcel.label_problem = self.env._("The channel is still making it.")
            elif code and " " not in code:
                parcel.label_problem = verdicts._reason_text(code)
            else:
                parcel.label_problem = code
