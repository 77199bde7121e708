"""NF-e for the tests: built with nfelib, signed with erpbrasil.assinatura."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from decimal import Decimal

from erpbrasil.assinatura.assinatura import Assinatura
from erpbrasil.assinatura.certificado import Certificado
from erpbrasil.base.fiscal.edoc import ChaveEdoc
from lxml import etree
from nfelib.nfe.bindings.v4_0 import dfe_tipos_basicos_v1_00 as basic
from nfelib.nfe.bindings.v4_0 import leiaute_nfe_v4_00 as layout
from nfelib.nfe.bindings.v4_0.nfe_v4_00 import Nfe
from nfelib.nfe.bindings.v4_0.tipos_basico_v4_00 import (
    Tamb,
    TcodUfIbge,
    Tmod,
    Tuf,
    TufEmi,
)

Info = layout.Tnfe.InfNfe
Tax = Info.Det.Imposto

EMITTER = "11222333000181"
MARKETPLACE = "03007331000141"
BRASILIA = timezone(timedelta(hours=-3))
TEST_NAME = "NF-E EMITIDA EM AMBIENTE DE HOMOLOGACAO - SEM VALOR FISCAL"


def money(value: Decimal) -> str:
    return f"{value:.2f}"


def key_for(number: int, issued: datetime, cnpj: str = EMITTER, form: str = "1") -> str:
    """The access key by an independent library; the code differs from nNF."""
    code = f"{(number * 7919 + 13) % 99999989:08d}"
    key = ChaveEdoc(
        ano_mes=f"{issued:%y%m}",
        cnpj_cpf_emitente=cnpj,
        codigo_uf=35,
        forma_emissao=int(form),
        modelo_documento=55,
        numero_documento=number,
        numero_serie=1,
        codigo_aleatorio=int(code),
    )
    return key.chave


def build(
    number: int,
    issued: datetime,
    *,
    cnpj: str = EMITTER,
    form: str = "1",
    items: int = 1,
    change: Callable[[Info], None] | None = None,
) -> Nfe:
    """An interstate sale to a consumer through a marketplace, two units an item."""
    local = issued.astimezone(BRASILIA)
    key = key_for(number, local, cnpj, form)
    lines = [_item(position + 1, f"{number}") for position in range(items)]
    info = Info(
        versao="4.00",
        Id=f"NFe{key}",
        ide=_identification(number, local, key, form),
        emit=_emitter(cnpj),
        dest=_consumer(),
        det=lines,
        total=_total(items),
        transp=Info.Transp(modFrete=layout.TranspModFrete.VALUE_0),
        pag=Info.Pag(
            detPag=[Info.Pag.DetPag(tPag="17", vPag=money(Decimal("110.00") * items))]
        ),
        infIntermed=Info.InfIntermed(CNPJ=MARKETPLACE, idCadIntTran="LOJA_TESTE"),
    )
    if change:
        change(info)
    return Nfe(infNFe=info)


def _identification(number: int, local: datetime, key: str, form: str) -> Info.Ide:
    return Info.Ide(
        cUF=TcodUfIbge.VALUE_35,
        cNF=key[35:43],
        natOp="Venda de producao propria",
        mod=Tmod.VALUE_55,
        serie="1",
        nNF=str(number),
        dhEmi=local.isoformat(timespec="seconds"),
        tpNF=layout.IdeTpNf.VALUE_1,
        idDest=layout.IdeIdDest.VALUE_2,
        cMunFG="3550308",
        tpImp=layout.IdeTpImp.VALUE_1,
        tpEmis=layout.IdeTpEmis(form),
        cDV=key[43],
        tpAmb=Tamb.VALUE_2,
        finNFe=layout.TfinNfe.VALUE_1,
        indFinal=layout.IdeIndFinal.VALUE_1,
        indPres=layout.IdeIndPres.VALUE_2,
        indIntermed=layout.IdeIndIntermed.VALUE_1,
        procEmi=layout.TprocEmi.VALUE_0,
        verProc="teste 1.0",
    )


def _emitter(cnpj: str) -> Info.Emit:
    return Info.Emit(
        CNPJ=cnpj,
        xNome="INDUSTRIA DE TESTE LTDA",
        enderEmit=layout.TenderEmi(
            xLgr="Rua das Industrias",
            nro="100",
            xBairro="Distrito Industrial",
            cMun="3550308",
            xMun="Sao Paulo",
            UF=TufEmi.SP,
            CEP="01001000",
        ),
        IE="111111111111",
        CRT=layout.EmitCrt.VALUE_3,
    )


def _consumer() -> Info.Dest:
    return Info.Dest(
        CPF="52998224725",
        xNome=TEST_NAME,
        enderDest=layout.Tendereco(
            xLgr="Rua do Consumidor",
            nro="12",
            xBairro="Centro",
            cMun="3106200",
            xMun="Belo Horizonte",
            UF=Tuf.MG,
            CEP="30110000",
        ),
        indIEDest=layout.DestIndIedest.VALUE_9,
    )


def _item(position: int, order: str) -> Info.Det:
    product = Info.Det.Prod(
        cProd=f"P{position:03d}",
        cEAN="SEM GTIN",
        xProd="PALLET DE PINUS",
        NCM="44152000",
        CFOP="6107",
        uCom="UN",
        qCom="2.0000",
        vUnCom="50.0000000000",
        vProd="100.00",
        cEANTrib="SEM GTIN",
        uTrib="UN",
        qTrib="2.0000",
        vUnTrib="50.0000000000",
        vFrete="10.00",
        indTot=layout.ProdIndTot.VALUE_1,
        xPed=order,
    )
    return Info.Det(nItem=str(position), prod=product, imposto=_taxes())


def _taxes() -> Tax:
    base = "110.00"
    return Tax(
        ICMS=Tax.Icms(
            ICMS00=Tax.Icms.Icms00(
                orig=layout.Torig.VALUE_0,
                CST=layout.Icms00Cst.VALUE_00,
                modBC=layout.Icms00ModBc.VALUE_3,
                vBC=base,
                pICMS="12.0000",
                vICMS="13.20",
            )
        ),
        PIS=Tax.Pis(
            PISAliq=Tax.Pis.Pisaliq(
                CST=layout.PisaliqCst.VALUE_01, vBC=base, pPIS="1.6500", vPIS="1.82"
            )
        ),
        COFINS=Tax.Cofins(
            COFINSAliq=Tax.Cofins.Cofinsaliq(
                CST=layout.CofinsaliqCst.VALUE_01,
                vBC=base,
                pCOFINS="7.6000",
                vCOFINS="8.36",
            )
        ),
        ICMSUFDest=Tax.Icmsufdest(
            vBCUFDest=base,
            pICMSUFDest="18.0000",
            pICMSInter=layout.IcmsufdestPIcmsinter.VALUE_12_00,
            pICMSInterPart="100.0000",
            vICMSUFDest="6.60",
            vICMSUFRemet="0.00",
        ),
        IBSCBS=_ibscbs(base),
    )


def _ibscbs(base: str) -> basic.TtribNfe:
    return basic.TtribNfe(
        CST="000",
        cClassTrib="000001",
        gIBSCBS=basic.TcibsNfe(
            vBC=base,
            gIBSUF=basic.TcibsNfe.GIbsuf(pIBSUF="0.1000", vIBSUF="0.11"),
            gIBSMun=basic.TcibsNfe.GIbsmun(pIBSMun="0.0000", vIBSMun="0.00"),
            vIBS="0.11",
            gCBS=basic.TcibsNfe.GCbs(pCBS="0.9000", vCBS="0.99"),
        ),
    )


def _total(items: int) -> Info.Total:
    def times(value: str) -> str:
        return money(Decimal(value) * items)

    zero = dict.fromkeys(
        ("vICMSDeson", "vFCP", "vBCST", "vST", "vFCPST", "vFCPSTRet", "vSeg")
        + ("vDesc", "vII", "vIPI", "vIPIDevol", "vOutro", "vFCPUFDest"),
        "0.00",
    )
    return Info.Total(
        ICMSTot=Info.Total.Icmstot(
            vBC=times("110.00"),
            vICMS=times("13.20"),
            vICMSUFDest=times("6.60"),
            vICMSUFRemet="0.00",
            vProd=times("100.00"),
            vFrete=times("10.00"),
            vPIS=times("1.82"),
            vCOFINS=times("8.36"),
            vNF=times("110.00"),
            **zero,
        )
    )


def in_contingency(info: Info) -> None:
    """State when and why the contingency began."""
    info.ide.dhCont = info.ide.dhEmi
    info.ide.xJust = "Sem comunicacao com a SEFAZ"


class Pen:
    """Signs with one e-CNPJ, as an independent library does it."""

    def __init__(self, pfx: bytes, password: str) -> None:
        certificate = Certificado(base64.b64encode(pfx), password, raise_expirado=False)
        self._signer = Assinatura(certificate)

    def sign(self, document: str, reference: str) -> str:
        """Return the document with its signature, without XML declaration."""
        return self._signer.assina_xml2(etree.fromstring(document), reference)

    def note(self, number: int, issued: datetime, **options: object) -> str:
        """Build and sign a note."""
        note = build(number, issued, **options)
        return self.sign(_xml(note), note.infNFe.Id)


def _xml(document: object) -> str:
    text = document.to_xml(indent="")
    return text.split("?>", 1)[1].strip()


def key_of(note: str) -> str:
    """The access key inside a signed note."""
    return note.split('Id="NFe', 1)[1][:44]


def cancel_event(
    key: str,
    protocol: str,
    happened: datetime,
    *,
    author: str = EMITTER,
    sequence: int = 1,
    environment: str = "2",
    office: str = "35",
    reason: str = "Cliente desistiu da compra",
    identity: str = "",
) -> str:
    """An unsigned cancellation; ``identity`` overrides the Id."""
    detail = (
        '<detEvento versao="1.00"><descEvento>Cancelamento</descEvento>'
        f"<nProt>{protocol}</nProt><xJust>{reason}</xJust></detEvento>"
    )
    return event(
        "110111",
        key,
        happened,
        detail,
        author=author,
        sequence=sequence,
        environment=environment,
        office=office,
        identity=identity,
    )


def correction_event(
    key: str,
    happened: datetime,
    *,
    sequence: int = 1,
    author: str = EMITTER,
    wording: str = "Volume correto: 2 caixas",
) -> str:
    """An unsigned correction letter."""
    terms = (
        "A Carta de Correcao e disciplinada pelo paragrafo 1o-A do art. 7o do "
        "Convenio S/N, de 15 de dezembro de 1970 e pode ser utilizada para "
        "regularizacao de erro ocorrido na emissao de documento fiscal, desde que o "
        "erro nao esteja relacionado com: I - as variaveis que determinam o valor do "
        "imposto tais como: base de calculo, aliquota, diferenca de preco, quantidade, "
        "valor da operacao ou da prestacao; II - a correcao de dados cadastrais que "
        "implique mudanca do remetente ou do destinatario; III - a data de emissao ou "
        "de saida."
    )
    detail = (
        '<detEvento versao="1.00"><descEvento>Carta de Correcao</descEvento>'
        f"<xCorrecao>{wording}</xCorrecao>"
        f"<xCondUso>{terms}</xCondUso></detEvento>"
    )
    return event("110110", key, happened, detail, sequence=sequence, author=author)


def event(
    kind: str,
    key: str,
    happened: datetime,
    detail: str,
    *,
    author: str = EMITTER,
    sequence: int = 1,
    environment: str = "2",
    office: str = "35",
    identity: str = "",
) -> str:
    """An unsigned event with the given detEvento."""
    local = happened.astimezone(BRASILIA).isoformat(timespec="seconds")
    identity = identity or event_id(kind, key, sequence)
    return (
        '<evento xmlns="http://www.portalfiscal.inf.br/nfe" versao="1.00">'
        f'<infEvento Id="{identity}"><cOrgao>{office}</cOrgao>'
        f"<tpAmb>{environment}</tpAmb><CNPJ>{author}</CNPJ><chNFe>{key}</chNFe>"
        f"<dhEvento>{local}</dhEvento><tpEvento>{kind}</tpEvento>"
        f"<nSeqEvento>{sequence}</nSeqEvento><verEvento>1.00</verEvento>"
        f"{detail}</infEvento></evento>"
    )


def event_id(kind: str, key: str, sequence: int = 1) -> str:
    """The Id of an event."""
    return f"ID{kind}{key}{sequence:02d}"


def event_lot(*events: str) -> str:
    """envEvento around signed events."""
    return (
        '<envEvento xmlns="http://www.portalfiscal.inf.br/nfe" versao="1.00">'
        f"<idLote>1</idLote>{''.join(events)}</envEvento>"
    )


def voiding(
    first: int,
    last: int,
    *,
    year: int = 26,
    cnpj: str = EMITTER,
    uf: str = "35",
    environment: str = "2",
    identity: str = "",
) -> tuple[str, str]:
    """An unsigned inutNFe of series 1, and its Id."""
    identity = identity or f"ID{uf}{year:02d}{cnpj}55001{first:09d}{last:09d}"
    return (
        '<inutNFe xmlns="http://www.portalfiscal.inf.br/nfe" versao="4.00">'
        f'<infInut Id="{identity}"><tpAmb>{environment}</tpAmb>'
        f"<xServ>INUTILIZAR</xServ><cUF>{uf}</cUF><ano>{year:02d}</ano>"
        f"<CNPJ>{cnpj}</CNPJ><mod>55</mod><serie>1</serie><nNFIni>{first}</nNFIni>"
        f"<nNFFin>{last}</nNFFin><xJust>Quebra de sequencia numerica</xJust>"
        "</infInut></inutNFe>",
        identity,
    )
