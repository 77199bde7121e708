"""Labels: asked for in batches, stored once, void when the order is cancelled."""

import logging
from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import split_every

from odoo.addons.industry_b2c_sales.domain.axes import Axis, ParcelState
from odoo.addons.industry_b2c_sales.domain.redact import redact

from ..const import CHUNK, backoff, held, queue_of
from ..domain.contract import (
    AuthDead,
    ChannelError,
    LabelBatch,
    NotFound,
    Rejected,
)
from ..rules.label_split import split
from .own_transaction import in_own_transaction

_logger = logging.getLogger(__name__)

GUARD = "label"
LOST_AFTER = timedelta(minutes=5)
"""A parcel whose job was killed is asked for again after this."""
LABEL_STATES = ("accepted", "not_required")
"""The channel has the NF-e, or wants none: there can be a label."""
EXTENSIONS = {"pdf": "pdf", "zpl2": "zpl", "zip": "zip"}


class MarketplaceParcel(models.Model):
    _inherit = "marketplace.parcel"

    def _queue_labels(self):
        """Jobs for the labels of these parcels, at most 50 of one account each."""
        for account, parcels in self.grouped("account_id").items():
            for chunk in split_every(CHUNK, sorted(parcels.ids), list):
                self.browse(chunk).with_delay(
                    channel=queue_of(account),
                    identity_key=f"marketplace-labels-{account.id}-{chunk}",
                    description=f"{account.name}: {len(chunk)} labels",
                )._fetch_labels()

    def _fetch_labels(self):
        """Job: fetch and store the labels of at most 50 parcels of one account.

        Guard, call, result: three transactions each for what must be arranged first
        and for the labels. A parcel that is held or refused keeps its reason and is
        asked for later; the others get their label.
        """
        account = self.account_id
        account.ensure_one()
        if account.state != "active":
            return "parked: the account is not active"
        ready = in_own_transaction(self, lambda mine: mine._label_ready().ids)
        ready = self.browse(ready)._arrange(account)
        if not ready:
            return "none is ready"
        batch = ready._call_labels(account)
        return in_own_transaction(ready, lambda mine: mine._keep(batch))

    def _label_ready(self):
        """Those that the guard lets pass; the others get their reason."""
        waiting = self.filtered(
            lambda parcel: (
                not (parcel.label_id or parcel.label_voided)
                and parcel.invoice_state in LABEL_STATES
            )
        )
        waiting.label_next_try = fields.Datetime.now() + LOST_AFTER
        verdicts = waiting.sale_order_ids._b2c_guard(GUARD)
        ready = self.browse()
        for parcel in waiting:
            reason = next(
                (
                    verdicts[order.id].reason_code
                    for order in parcel.sale_order_ids
                    if order.id in verdicts and not verdicts[order.id].go
                ),
                "" if parcel.sale_order_ids else "no_sale_order",
            )
            if reason:
                parcel._put_off(reason, held(reason))
            else:
                ready += parcel
        return ready

    def _call_labels(self, account) -> LabelBatch:
        """All labels in one call, then a file per parcel.

        Labels that cannot be told apart are asked for one by one: from a file of fifty
        a packer would print forty-nine labels of others. What then does not come alone
        is kept in the common file, for a person.
        """
        adapter = account._adapter()
        wanted = account.label_format
        formats = adapter.caps.label_formats
        fmt = wanted if wanted in formats else sorted(formats)[0]
        batch = self._ask_labels(adapter, account, fmt)
        names = {parcel.external_id: (parcel.tracking or "",) for parcel in self}
        files, whole = [], []
        for file in batch.files:
            pieces = split(file, names)
            files += pieces or ()
            whole += [] if pieces else [file]
        again = {ref for file in whole for ref in file.parcel_ids}
        alone = self.filtered(lambda parcel: parcel.external_id in again)
        for parcel in alone:
            single = parcel._ask_labels(adapter, account, fmt)
            files += [file for file in single.files if len(file.parcel_ids) == 1]
        # First come stays: a common file serves those without one of their own.
        return LabelBatch(tuple(files + whole), batch.failed, batch.pending)

    def _ask_labels(self, adapter, account, fmt) -> LabelBatch:
        """One call; a refusal of the whole is asked again parcel by parcel."""
        ids = self.mapped("external_id")
        try:
            return adapter.labels(ids, fmt)
        except AuthDead as error:
            account._mark_dead(str(error))
            account._log_problem(error)
        except (NotFound, Rejected) as error:
            account._log_problem(error)
            if len(self) > 1:
                return _together(
                    parcel._ask_labels(adapter, account, fmt) for parcel in self
                )
            return LabelBatch((), ((ids[0], error),))
        except ChannelError as error:
            account._log_problem(error)
            return LabelBatch((), tuple((ref, error) for ref in ids))
        return LabelBatch((), tuple((ref, AuthDead("token dead")) for ref in ids))

    def _keep(self, batch):
        """Store the files, put off what failed. ``self``: what was asked for."""
        by_ref = {parcel.external_id: parcel for parcel in self}
        left = set(by_ref)
        for file in batch.files:
            parcels = self.browse().concat(
                *(by_ref[ref] for ref in file.parcel_ids if ref in by_ref)
            )
            parcels._store_label(file)
            left -= set(file.parcel_ids)
        errors = defaultdict(lambda: NotFound("not in the channel's answer"))
        errors.update(dict(batch.failed))
        for ref in left:
            parcel = by_ref[ref]
            if ref in batch.pending:
                parcel._put_off("pending", backoff(parcel.label_attempts + 1))
                continue
            error = errors[ref]
            text = f"{type(error).__name__}: {redact(str(error))}"
            parcel._put_off(text, backoff(parcel.label_attempts + 1))
        return f"{len(self) - len(left)} stored, {len(left)} put off"

    def _store_label(self, file):
        """One attachment for all parcels of the file, first come stays."""
        new = self.filtered(lambda parcel: not parcel.label_id)
        if not new:
            return
        names = "-".join(new.mapped("external_id")[:3])
        extension = EXTENSIONS.get(file.fmt, "bin")
        attachment = self.env["ir.attachment"].create(
            {
                "name": f"{names}.{extension}",
                "raw": file.content,
                "mimetype": file.mime,
                "res_model": self._name,
                "res_id": new[0].id,
                "company_id": new.company_id.id,
            }
        )
        new.write(
            {
                "label_id": attachment.id,
                "label_format": file.fmt,
                "label_error": False,
                "label_next_try": False,
            }
        )
        for parcel in new:
            for order in parcel.sale_order_ids:
                order._b2c_log(
                    Axis.PARCEL,
                    ParcelState.LABEL_READY,
                    source=parcel.account_id._b2c_source(),
                    uid=f"label:{parcel.account_id.id}:{parcel.external_id}",
                )

    def _put_off(self, reason, wait):
        self.write(
            {
                "label_error": reason[:300],
                "label_attempts": self.label_attempts + 1,
                "label_next_try": fields.Datetime.now() + wait,
            }
        )

    def _void_label(self):
        """The label must not be printed any more; the file stays as a proof."""
        self.write({"label_voided": True, "label_next_try": False})

    @api.model
    def _cron_labels(self):
        """Labels that are due: accepted by the channel, not stored yet."""
        self.search(
            [
                ("account_id.state", "=", "active"),
                ("invoice_state", "in", LABEL_STATES),
                ("label_id", "=", False),
                ("label_voided", "=", False),
                ("label_next_try", "<=", fields.Datetime.now()),
            ],
            limit=20 * CHUNK,
        )._queue_labels()


def _together(batches) -> LabelBatch:
    batches = list(batches)
    return LabelBatch(
        tuple(file for batch in batches for file in batch.files),
        tuple(pair for batch in batches for pair in batch.failed),
        tuple(ref for batch in batches for ref in batch.pending),
    )
