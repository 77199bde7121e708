"""What people do in a run: issue, correct, cancel, release, void; and the crons."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from ...day.world import COMPANY
from .plan import Plan
from .proof import Ours

LOGIN = "fiscal"
REASON = "Cliente desistiu da compra"
SETTLED = ("autorizada", "cancelada", "denegada", "inutilizada")
ALARMS = ("digest_mismatch", "duplicate_other_key")
"""Problems that a person has to clear up outside of the program."""


def company_of(env: Any) -> Any:
    """The demo company."""
    return env["res.company"].search([("name", "=", COMPANY["name"])])


def desk_of(env: Any) -> Any:
    """The documents as the fiscal desk sees them."""
    user = env["res.users"].search([("login", "=", LOGIN)])
    allowed = company_of(env).ids
    return (
        env["l10n_br_fiscal.document"]
        .with_user(user)
        .with_context(allowed_company_ids=allowed)
    )


def make_documents(env: Any, count: int) -> list[int]:
    """Draft notes of one chair to a consumer; their ids."""
    company, ref = company_of(env), env.ref
    company.partner_id.lang = "pt_BR"
    operation = ref("l10n_br_fiscal.fo_venda")
    product = env["product.product"].search([("ncm_id", "!=", False)], limit=1)
    partner = env["res.partner"].create(
        {
            "name": "Maria Souza",
            "vat": "52998224725",
            "country_id": ref("base.br").id,
            "state_id": ref("base.state_br_rj").id,
            "city_id": ref("l10n_br_base.city_3304557").id,
            "street_name": "Rua das Flores",
            "street_number": "12",
            "district": "Centro",
            "zip": "20040-002",
            "ind_final": "1",
        }
    )
    line = {
        "product_id": product.id,
        "quantity": 1,
        "price_unit": 199.9,
        "fiscal_operation_id": operation.id,
    }
    values = {
        "company_id": company.id,
        "partner_id": partner.id,
        "fiscal_operation_id": operation.id,
        "document_type_id": company.document_type_id.id,
        "ind_final": "1",
        "ind_pres": "2",
    }
    documents = desk_of(env)
    for _index in range(count):
        documents += documents.create({**values, "fiscal_line_ids": [(0, 0, line)]})
    return documents.ids


def confirm(env: Any, chunks: list[list[int]]) -> None:
    """Queue the confirmations, a job per block."""
    desk = desk_of(env)
    for ids in chunks:
        desk.browse(ids).with_delay(max_retries=0).action_document_confirm()


def crons(env: Any, minute: int) -> None:
    """The scheduled actions that are due in this minute."""
    documents = env["l10n_br_fiscal.document"]
    if minute % 2 == 0:
        documents._nfe_cron_recover()
    if minute % 5 == 0:
        documents._nfe_cron_retry()


class Desk:
    """The fiscal desk: each wish in a transaction of its own, as clicks are."""

    def __init__(self, plan: Plan, ids: list[int]) -> None:
        fates = {id_: plan.fate(index) for index, id_ in enumerate(ids)}
        self.to_cancel = [id_ for id_ in ids if fates[id_] == "cancel"]
        self.to_drop = [id_ for id_ in ids if fates[id_] == "drop"]
        self.to_keep = [id_ for id_ in ids if fates[id_] != "drop"]

    def work(self, env: Any) -> None:
        """One look at everything."""
        desk = desk_of(env)
        company = desk.env.company
        if company.nfe_stop_code:
            self._try(env, company.action_nfe_release)
        refused = desk.search(
            [("state_edoc", "=", "rejeitada"), ("nfe_problem_code", "not in", ALARMS)]
        )
        for document in refused:
            self._try(env, document.action_nfe_retry)
        for document in desk.browse(self.to_cancel):
            if document.state_edoc == "autorizada" and not document.nfe_cancellation:
                self._try(env, lambda d=document: d._document_cancel(REASON))
        for document in desk.browse(self.to_drop):
            self._drop(env, document)

    def _drop(self, env: Any, document: Any) -> None:
        """Confirm a note without sending it, cancel it at the next look."""
        if document.state_edoc == "em_digitacao":
            later = document.with_context(nfe_queue_later=True)
            self._try(env, later.action_document_confirm)
        elif document.nfe_transmission == "ready":
            self._try(env, document.action_document_cancel)

    def void(self, env: Any) -> None:
        """A day later: the numbers that the daily job proposes."""
        env["nfe.voiding"]._nfe_cron_voidings()
        env.cr.commit()
        voidings = desk_of(env).env["nfe.voiding"]
        for voiding in voidings.search([("state", "in", ("draft", "rejected"))]):
            self._try(env, voiding.action_send)

    @staticmethod
    def _try(env: Any, action: Callable[[], Any]) -> None:
        """A click; what it complains about is tried again at the next look."""
        try:
            action()
            env.cr.commit()
        except Exception:
            env.cr.rollback()


def books(env: Any, ids: list[int]) -> list[Ours]:
    """Odoo's side of the proof."""
    rows = []
    for document in env["l10n_br_fiscal.document"].browse(ids):
        content = document.nfe_proc_id.raw or b""
        _before, _tag, rest = content.partition(b"<DigestValue>")
        rows.append(
            Ours(
                number=int(document.document_number or 0),
                key=document.document_key or "",
                state=document.state_edoc,
                problem=document.nfe_problem_code or "",
                digest=rest.partition(b"<")[0].decode(),
            )
        )
    return rows


DAY = timedelta(hours=25)
"""After this time a burnt number is proposed to be voided."""
