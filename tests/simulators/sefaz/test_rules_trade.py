"""Rules on references, invoice, transport, export: one change of a good note each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from nfelib.nfe.bindings.v4_0 import leiaute_nfe_v4_00 as layout

from .builder import Info, Tax

Change = Callable[[Info], None]
SALE = "35261111222333000181550010000000011000079320"


def purpose(value: str, *keys: str) -> Change:
    def change(info: Info) -> None:
        info.ide.finNFe = layout.TfinNfe(value)
        info.ide.NFref = [Info.Ide.Nfref(refNFe=key) for key in keys]

    return change


def leave_before_issue(info: Info) -> None:
    info.ide.dhSaiEnt = info.ide.dhEmi.replace("2026-", "2025-")


def exempt_with_registration(info: Info) -> None:
    info.dest.indIEDest = layout.DestIndIedest.VALUE_2
    info.dest.IE = "110042490114"
    info.det[0].imposto.ICMSUFDest = None
    info.total.ICMSTot.vICMSUFDest = "0.00"


def authorize(**number: str) -> Change:
    def change(info: Info) -> None:
        info.autXML = [Info.AutXml(**number)]

    return change


def carrier(**values: str) -> Change:
    def change(info: Info) -> None:
        info.transp.transporta = Info.Transp.Transporta(**values)

    return change


def billing(
    *rows: tuple[str, str, int], net: str = "110.00", timing: str = "1"
) -> Change:
    """Instalments as (number, amount, days after the issue)."""

    def change(info: Info) -> None:
        issued = info.ide.dhEmi[:10]
        info.pag.detPag[0].indPag = layout.DetPagIndPag(timing)
        info.cobr = Info.Cobr(
            fat=Info.Cobr.Fat(nFat="1", vOrig=net, vDesc="0.00", vLiq=net),
            dup=[
                Info.Cobr.Dup(nDup=number, vDup=amount, dVenc=_later(issued, days))
                for number, amount, days in rows
            ],
        )

    return change


def _later(day: str, days: int) -> str:
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()


def give_ipi_back(info: Info) -> None:
    info.det[0].impostoDevol = Info.Det.ImpostoDevol(
        pDevol="100.00", IPI=Info.Det.ImpostoDevol.Ipi(vIPIDevol="1.00")
    )
    info.total.ICMSTot.vIPIDevol = "1.00"
    info.total.ICMSTot.vNF = "111.00"


def drop_pis(info: Info) -> None:
    info.det[0].imposto.PIS = None
    info.total.ICMSTot.vPIS = "0.00"


def deferral(**values: str) -> Change:
    """CST 51 of half the tax, with other values."""

    def change(info: Info) -> None:
        told = {
            "modBC": layout.Icms51ModBc.VALUE_3,
            "vBC": "110.00",
            "pICMS": "12.0000",
            "vICMSOp": "13.20",
            "pDif": "50.0000",
            "vICMSDif": "6.60",
            "vICMS": "6.60",
            **values,
        }
        group = Tax.Icms.Icms51(
            orig=layout.Torig.VALUE_0, CST=layout.Icms51Cst.VALUE_51, **told
        )
        info.det[0].imposto.ICMS = Tax.Icms(ICMS51=group)
        info.total.ICMSTot.vICMS = told["vICMS"]

    return change


def name_exit(info: Info) -> None:
    info.exporta = Info.Exporta(UFSaidaPais=layout.TufEmi.SP, xLocExporta="Santos")


def credit_with_taxes(info: Info) -> None:
    info.ide.finNFe = layout.TfinNfe.VALUE_5
    info.ide.tpNFCredito = layout.TtpNfcredito("04")


HALF = ("001", "55.00", 30)
CASES: dict[str, list[Change]] = {
    "254": [purpose("2")],
    "255": [purpose("2", SALE, SALE)],
    "323": [authorize(CNPJ="11222333000182")],
    "325": [authorize(CPF="52998224726")],
    "326": [authorize(CPF="52998224725")],
    "351": [deferral(vICMSOp="12.00", vICMSDif="6.00", vICMS="6.00")],
    "352": [deferral(vICMSDif="7.60", vICMS="5.60")],
    "353": [deferral(vICMS="6.00")],
    "354": [give_ipi_back],
    "356": [name_exit],
    "506": [leave_before_issue],
    "542": [carrier(CNPJ="11222333000182")],
    "543": [carrier(CPF="52998224726")],
    "559": [carrier(xNome="Exemplo", IE="110042490114")],
    "745": [drop_pis],
    "791": [exempt_with_registration],
    "851": [billing(HALF)],
    "852": [billing(HALF, ("003", "55.00", 60))],
    "853": [billing(HALF, ("002", "55.00", 60), timing="0")],
    "898": [billing(("001", "110.00", -1))],
    "1001": [credit_with_taxes],
}


@pytest.mark.parametrize(
    ("code", "change"),
    [(code, change) for code, changes in CASES.items() for change in changes],
    ids=list(CASES),
)
def test_rejected(client, note, code, change):
    assert client.authorize(note(1, change=change)).note_code == code


@pytest.mark.parametrize(
    "change",
    [
        billing(HALF, ("002", "55.00", 60)),
        carrier(CNPJ="11222333000181", xNome="Exemplo"),
        authorize(CNPJ="11222333000181"),
        deferral(),
    ],
)
def test_accepted(client, note, change):
    assert client.authorize(note(1, change=change)).note_code == "100"
