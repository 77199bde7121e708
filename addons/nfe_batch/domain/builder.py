"""Note → nfelib's ``Nfe``, in the order of the layout 4.00."""

from __future__ import annotations

import hashlib

from nfelib.nfe.bindings.v4_0 import leiaute_nfe_v4_00 as layout
from nfelib.nfe.bindings.v4_0.nfe_v4_00 import Nfe

from . import text, totals
from .access_key import STATE_CODES, key_of, model_of
from .binding import identity, make
from .builder_taxes import build_returned_ipi, build_taxes
from .builder_totals import build_total
from .builder_trade import (
    build_billing,
    build_export,
    build_intermediary,
    build_payment,
    build_purchase,
    build_transport,
)
from .document import (
    ABROAD,
    HOMOLOGATION,
    Address,
    Delivery,
    Header,
    Item,
    Note,
    PaperReference,
    Party,
    Technician,
)

_Inf = layout.Tnfe.InfNfe

HOMOLOGATION_NAME = "NF-E EMITIDA EM AMBIENTE DE HOMOLOGACAO - SEM VALOR FISCAL"
"""xNome of every recipient in homologation (598)."""

PROGRAM = "nfe_batch 19.0"
"""verProc."""

NO_GTIN = "SEM GTIN"
MODEL_CTE, MODEL_FARMER = "57", "04"


def build(note: Note) -> Nfe:
    """Build the note; the key, totals and item values are derived here.

    Raises ``KeyError`` or ``ValueError`` for codes the layout does not know: run
    ``preflight.check`` first, it names them.
    """
    key = key_of(note)
    sums = totals.of(note)
    return Nfe(
        infNFe=_Inf(
            versao="4.00",
            Id=f"NFe{key}",
            ide=_ide(note, key),
            emit=_emit(note.issuer),
            dest=_dest(note.recipient, note.header.environment),
            entrega=_entrega(note.delivery),
            autXML=[make(_Inf.AutXml, **identity(vat)) for vat in note.authorized],
            det=[
                _det(note, item, place, sums.ibs_cbs is not None)
                for place, item in enumerate(note.items, start=1)
            ],
            total=build_total(sums),
            transp=build_transport(note.transport),
            cobr=build_billing(note.billing),
            pag=build_payment(note),
            infIntermed=build_intermediary(note.intermediary),
            infAdic=make(_Inf.InfAdic, infAdFisco=note.tax_info, infCpl=note.info),
            exporta=build_export(note.export),
            compra=build_purchase(note.purchase),
            infRespTec=_inf_resp_tec(note.technician, key),
        )
    )


def _ide(note: Note, key: str) -> _Inf.Ide:
    header: Header = note.header
    group = make(
        _Inf.Ide,
        cUF=STATE_CODES[note.issuer.address.state],
        cNF=header.random_code,
        natOp=header.operation,
        mod=header.model,
        serie=str(header.series),
        nNF=str(header.number),
        dhEmi=text.moment(header.issued_at),
        dhSaiEnt=text.moment(header.exit_at),
        dPrevEntrega=_day(header),
        tpNF=header.direction,
        idDest=header.destination,
        cMunFG=header.city_code,
        tpImp=header.danfe_format,
        tpEmis=header.emission_type,
        cDV=key[43],
        tpAmb=header.environment,
        finNFe=header.purpose,
        tpNFDebito=header.debit_type,
        tpNFCredito=header.credit_type,
        indFinal=header.final_consumer,
        indPres=header.presence,
        indIntermed=header.intermediary_indicator,
        procEmi="0",
        verProc=PROGRAM,
        dhCont=text.moment(header.contingency_at),
        xJust=header.contingency_reason,
        NFref=[_reference(key) for key in note.references]
        + [_paper_reference(paper) for paper in note.paper_references],
    )
    assert group is not None
    return group


def _reference(key: str) -> _Inf.Ide.Nfref:
    """refNFe, or refCTe for the key of a CT-e (model 57)."""
    if model_of(key) == MODEL_CTE:
        return _Inf.Ide.Nfref(refCTe=key)
    return _Inf.Ide.Nfref(refNFe=key)


def _paper_reference(paper: PaperReference) -> _Inf.Ide.Nfref | None:
    values = {
        "cUF": STATE_CODES[paper.state],
        "AAMM": f"{paper.issued:%y%m}",
        "mod": paper.model,
        "serie": str(paper.series),
        "nNF": str(paper.number),
        **identity(paper.vat),
    }
    kinds = _Inf.Ide.Nfref
    if paper.model == MODEL_FARMER:
        values["IE"] = paper.state_registration or "ISENTO"
        return make(kinds, refNFP=make(kinds.RefNfp, **values))
    return make(kinds, refNF=make(kinds.RefNf, **values))


def _day(header: Header) -> str | None:
    expected = header.expected_delivery
    return expected.isoformat() if expected else None


def _emit(issuer: Party) -> _Inf.Emit | None:
    return make(
        _Inf.Emit,
        **identity(issuer.vat),
        xNome=issuer.name,
        xFant=issuer.trade_name,
        enderEmit=make(layout.TenderEmi, **_address(issuer.address)),
        IE=issuer.state_registration,
        IM=issuer.municipal_registration,
        CRT=issuer.tax_regime,
    )


def _dest(recipient: Party, environment: str) -> _Inf.Dest | None:
    name = HOMOLOGATION_NAME if environment == HOMOLOGATION else recipient.name
    group = make(
        _Inf.Dest,
        **identity(recipient.vat),
        xNome=name,
        enderDest=make(layout.Tendereco, **_address(recipient.address)),
        indIEDest=recipient.ie_indicator,
        IE=recipient.state_registration,
        ISUF=recipient.suframa,
        email=recipient.email,
    )
    if group is not None and recipient.address.state == ABROAD:
        # The tag must stand, also when there is no number to tell (720).
        group.idEstrangeiro = recipient.foreign_id
    return group


def _entrega(delivery: Delivery | None) -> layout.Tlocal | None:
    if delivery is None:
        return None
    return make(
        layout.Tlocal,
        **identity(delivery.vat),
        xNome=delivery.name,
        **_address(delivery.address),
        email=delivery.email,
        IE=delivery.state_registration,
    )


def _address(address: Address) -> dict[str, str | None]:
    return {
        "xLgr": address.street,
        "nro": address.number,
        "xCpl": address.complement,
        "xBairro": address.district,
        "cMun": address.city_code,
        "xMun": address.city,
        "UF": address.state,
        "CEP": address.zip_code,
        "cPais": address.country_code,
        "xPais": address.country,
        "fone": text.phone(address.phone),
    }


def _det(note: Note, item: Item, place: int, reformed: bool) -> _Inf.Det:
    year = note.header.issued_at.year
    group = make(
        _Inf.Det,
        nItem=str(place),
        prod=_prod(item),
        imposto=build_taxes(item.taxes),
        impostoDevol=build_returned_ipi(item.taxes),
        infAdProd=item.info,
        vItem=text.money(totals.item_value(item, year)) if reformed else None,
    )
    assert group is not None
    return group


def _prod(item: Item) -> _Inf.Det.Prod | None:
    gtin = item.gtin or NO_GTIN
    tax_quantity = item.quantity if item.tax_quantity is None else item.tax_quantity
    tax_price = item.unit_price if item.tax_unit_price is None else item.tax_unit_price
    return make(
        _Inf.Det.Prod,
        cProd=item.code,
        cEAN=gtin,
        xProd=item.description,
        NCM=item.ncm,
        CEST=item.cest,
        cBenef=item.benefit_code,
        EXTIPI=item.ex_tipi,
        CFOP=item.cfop,
        uCom=item.unit,
        qCom=text.quantity(item.quantity),
        vUnCom=text.unit_price(item.unit_price),
        vProd=text.money(item.gross),
        cEANTrib=item.tax_gtin or gtin,
        uTrib=item.tax_unit or item.unit,
        qTrib=text.quantity(tax_quantity),
        vUnTrib=text.unit_price(tax_price),
        vFrete=text.nonzero(item.freight),
        vSeg=text.nonzero(item.insurance),
        vDesc=text.nonzero(item.discount),
        vOutro=text.nonzero(item.other),
        indTot="1" if item.in_total else "0",
        xPed=item.order_ref,
        nItemPed=item.order_line,
    )


def _inf_resp_tec(technician: Technician | None, key: str) -> layout.TinfRespTec | None:
    """hashCSRT is SHA-1 of CSRT + key (NT 2018.005), not a safeguard of ours."""
    if technician is None:
        return None
    digest = None
    if technician.csrt:
        secret = (technician.csrt + key).encode()
        digest = hashlib.sha1(secret, usedforsecurity=False).digest()
    return make(
        layout.TinfRespTec,
        CNPJ=technician.cnpj,
        xContato=technician.contact,
        email=technician.email,
        fone=text.phone(technician.phone),
        idCSRT=technician.csrt_id if digest else None,
        hashCSRT=digest,
    )
