"""Groups of the trade behind a note: transport, payment, invoice, marketplace."""

from __future__ import annotations

from nfelib.nfe.bindings.v4_0 import leiaute_nfe_v4_00 as layout

from . import text
from .binding import identity, make
from .document import (
    Billing,
    Card,
    Export,
    Intermediary,
    Note,
    Payment,
    Purchase,
    Transport,
)

_Inf = layout.Tnfe.InfNfe


def build_transport(transport: Transport) -> _Inf.Transp | None:
    """transp: who carries what, and who pays for it."""
    carrier = transport.carrier
    return make(
        _Inf.Transp,
        modFrete=transport.freight_mode,
        transporta=carrier
        and make(
            _Inf.Transp.Transporta,
            **identity(carrier.vat),
            xNome=carrier.name,
            IE=carrier.state_registration,
            xEnder=carrier.street,
            xMun=carrier.city,
            UF=carrier.state,
        ),
        vol=[
            make(
                _Inf.Transp.Vol,
                qVol=str(volume.quantity),
                esp=volume.kind,
                marca=volume.brand,
                nVol=volume.numbering,
                pesoL=text.weight(volume.net_weight),
                pesoB=text.weight(volume.gross_weight),
            )
            for volume in transport.volumes
        ],
    )


def build_payment(note: Note) -> _Inf.Pag | None:
    """pag: compulsory in every note, "90" when there is nothing to pay."""
    return make(
        _Inf.Pag,
        detPag=[_det_pag(payment) for payment in note.payments],
        vTroco=text.nonzero(note.change),
    )


def _det_pag(payment: Payment) -> _Inf.Pag.DetPag | None:
    return make(
        _Inf.Pag.DetPag,
        indPag=payment.timing,
        tPag=payment.method,
        xPag=payment.description,
        vPag=text.money(payment.amount),
        card=_card(payment.card),
    )


def _card(card: Card | None) -> _Inf.Pag.DetPag.Card | None:
    if card is None:
        return None
    return make(
        _Inf.Pag.DetPag.Card,
        tpIntegra=card.integration,
        CNPJ=card.acquirer_cnpj,
        tBand=card.brand,
        cAut=card.auth_code,
        CNPJReceb=card.payee_cnpj,
        idTermPag=card.terminal,
    )


def build_billing(billing: Billing | None) -> _Inf.Cobr | None:
    """cobr: the invoice, its installments numbered 001, 002 … (852)."""
    if billing is None:
        return None
    return make(
        _Inf.Cobr,
        fat=make(
            _Inf.Cobr.Fat,
            nFat=billing.number,
            vOrig=text.money(billing.original),
            vDesc=text.money(billing.discount),
            vLiq=text.money(billing.net),
        ),
        dup=[
            make(
                _Inf.Cobr.Dup,
                nDup=f"{place:03d}",
                dVenc=installment.due.isoformat(),
                vDup=text.money(installment.amount),
            )
            for place, installment in enumerate(billing.installments, start=1)
        ],
    )


def build_intermediary(intermediary: Intermediary | None) -> _Inf.InfIntermed | None:
    """infIntermed: the marketplace of the sale."""
    if intermediary is None:
        return None
    return make(
        _Inf.InfIntermed,
        CNPJ=intermediary.cnpj,
        idCadIntTran=intermediary.seller_id,
    )


def build_purchase(purchase: Purchase | None) -> _Inf.Compra | None:
    """compra: what the buyer calls the order."""
    if purchase is None:
        return None
    return make(
        _Inf.Compra,
        xNEmp=purchase.commitment,
        xPed=purchase.order,
        xCont=purchase.contract,
    )


def build_export(export: Export | None) -> _Inf.Exporta | None:
    """exporta: where the goods leave the country."""
    if export is None:
        return None
    return make(
        _Inf.Exporta,
        UFSaidaPais=export.state,
        xLocExporta=export.place,
        xLocDespacho=export.dispatch,
    )
