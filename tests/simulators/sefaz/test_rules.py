"""Business rules: each case changes one thing of a good note."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone

import pytest
from nfelib.nfe.bindings.v4_0 import leiaute_nfe_v4_00 as layout
from nfelib.nfe.bindings.v4_0.tipos_basico_v4_00 import Tamb, TcodUfIbge, Tuf, TufEmi

from simulators.sefaz.keys import check_digit

from .builder import Info, Tax, build, in_contingency, key_of

Change = Callable[[Info], None]


def item(info: Info) -> Info.Det:
    return info.det[0]


def in_state(info: Info) -> None:
    """Turn the sale into one inside São Paulo, without DIFAL."""
    info.ide.idDest = layout.IdeIdDest.VALUE_1
    info.dest.enderDest.UF = Tuf.SP
    item(info).prod.CFOP = "5101"
    item(info).imposto.ICMSUFDest = None
    info.total.ICMSTot.vICMSUFDest = "0.00"


def set_environment(info: Info) -> None:
    info.ide.tpAmb = Tamb.VALUE_1


def set_state_code(info: Info) -> None:
    info.ide.cUF = TcodUfIbge.VALUE_33


def set_emitter_state(info: Info) -> None:
    info.emit.enderEmit.UF = TufEmi.RJ


def set_recipient_name(info: Info) -> None:
    info.dest.xNome = "MARIA DA SILVA"


def set_recipient_cpf(info: Info) -> None:
    info.dest.CPF = "52998224726"


def set_number(info: Info) -> None:
    info.ide.nNF = "2"


def drop_intermediary_mark(info: Info) -> None:
    info.ide.indIntermed = None


def mark_in_person(info: Info) -> None:
    info.ide.indPres = layout.IdeIndPres.VALUE_1


def drop_intermediary(info: Info) -> None:
    info.infIntermed = None


def mark_own_site(info: Info) -> None:
    info.ide.indIntermed = layout.IdeIndIntermed.VALUE_0


def break_intermediary_cnpj(info: Info) -> None:
    info.infIntermed.CNPJ = "03007331000142"


def drop_destination_tax(info: Info) -> None:
    item(info).imposto.ICMSUFDest = None
    info.total.ICMSTot.vICMSUFDest = "0.00"


def keep_destination_tax_in_state(info: Info) -> None:
    kept = item(info).imposto.ICMSUFDest
    in_state(info)
    item(info).imposto.ICMSUFDest = kept


def split_destination_tax(info: Info) -> None:
    item(info).imposto.ICMSUFDest.pICMSInterPart = "80.0000"


def set_destination_tax(info: Info) -> None:
    item(info).imposto.ICMSUFDest.vICMSUFDest = "7.00"
    info.total.ICMSTot.vICMSUFDest = "7.00"


def not_final_consumer(info: Info) -> None:
    info.ide.indFinal = layout.IdeIndFinal.VALUE_0


def deliver_at_home(info: Info) -> None:
    info.dest.enderDest.UF = Tuf.SP


def internal_elsewhere(info: Info) -> None:
    info.ide.idDest = layout.IdeIdDest.VALUE_1


def internal_cfop(info: Info) -> None:
    item(info).prod.CFOP = "5101"


def interstate_cfop_at_home(info: Info) -> None:
    in_state(info)
    item(info).prod.CFOP = "6107"


def entry_cfop(info: Info) -> None:
    item(info).prod.CFOP = "2101"


def set_item_value(info: Info) -> None:
    item(info).prod.qCom = "3.0000"


def set_item_taxable_value(info: Info) -> None:
    item(info).prod.qTrib = "3.0000"


def set_icms_value(info: Info) -> None:
    item(info).imposto.ICMS.ICMS00.vICMS = "14.00"
    info.total.ICMSTot.vICMS = "14.00"


def raise_interstate_rate(info: Info) -> None:
    icms = item(info).imposto.ICMS.ICMS00
    icms.pICMS, icms.vICMS = "18.0000", "19.80"
    info.total.ICMSTot.vICMS = "19.80"


def twelve_percent_to_bahia(info: Info) -> None:
    info.dest.enderDest.UF = Tuf.BA


def fcp_outside_its_group(info: Info) -> None:
    icms = item(info).imposto.ICMS.ICMS00
    icms.pFCP, icms.vFCP = "2.0000", "2.20"
    info.total.ICMSTot.vFCP = "2.20"


def no_payment_with_a_value(info: Info) -> None:
    info.pag.detPag[0].tPag = "90"


def other_payment_without_description(info: Info) -> None:
    info.pag.detPag[0].tPag = "99"


def return_without_reference(info: Info) -> None:
    info.ide.finNFe = layout.TfinNfe.VALUE_4


def reference(key: str) -> Change:
    def refer(info: Info) -> None:
        return_without_reference(info)
        info.ide.NFref = [Info.Ide.Nfref(refNFe=key)]

    return refer


SALE = "35261111222333000181550010000000011000079192"


def set_total(name: str) -> Change:
    def change(info: Info) -> None:
        setattr(info.total.ICMSTot, name, "77.77")

    return change


CASES: list[tuple[str, Change]] = [
    ("252", set_environment),
    ("502", set_state_code),
    ("502", set_number),
    ("247", set_emitter_state),
    ("237", set_recipient_cpf),
    ("598", set_recipient_name),
    ("556", in_contingency),
    ("434", drop_intermediary_mark),
    ("435", mark_in_person),
    ("438", drop_intermediary),
    ("439", mark_own_site),
    ("440", break_intermediary_cnpj),
    ("694", drop_destination_tax),
    ("695", keep_destination_tax_in_state),
    ("699", split_destination_tax),
    ("815", set_destination_tax),
    ("696", not_final_consumer),
    ("772", deliver_at_home),
    ("773", internal_elsewhere),
    ("732", interstate_cfop_at_home),
    ("733", internal_cfop),
    ("518", entry_cfop),
    ("629", set_item_value),
    ("630", set_item_taxable_value),
    ("528", set_icms_value),
    ("693", raise_interstate_rate),
    ("693", twelve_percent_to_bahia),
    ("876", fcp_outside_its_group),
    ("531", set_total("vBC")),
    ("532", set_total("vICMS")),
    ("795", set_total("vICMSDeson")),
    ("861", set_total("vFCP")),
    ("798", set_total("vFCPUFDest")),
    ("799", set_total("vICMSUFDest")),
    ("800", set_total("vICMSUFRemet")),
    ("533", set_total("vBCST")),
    ("534", set_total("vST")),
    ("862", set_total("vFCPST")),
    ("564", set_total("vProd")),
    ("535", set_total("vFrete")),
    ("536", set_total("vSeg")),
    ("537", set_total("vDesc")),
    ("601", set_total("vII")),
    ("538", set_total("vIPI")),
    ("863", set_total("vIPIDevol")),
    ("602", set_total("vPIS")),
    ("603", set_total("vCOFINS")),
    ("604", set_total("vOutro")),
    ("685", set_total("vTotTrib")),
    ("610", set_total("vNF")),
    ("904", no_payment_with_a_value),
    ("441", other_payment_without_description),
    ("321", return_without_reference),
    ("547", reference(SALE[:43] + "9")),
    ("871", reference(SALE)),
]


@pytest.mark.parametrize(
    ("code", "change"), CASES, ids=[f"{code}-{fn.__name__}" for code, fn in CASES]
)
def test_rejected(client, note, simulator, code, change):
    answer = client.authorize(note(1, change=change))
    assert answer.code == "104"
    assert answer.note_code == code
    assert answer.get("xMotivo", 1).startswith("Rejeição: ")
    assert answer.get("nProt") == ""
    assert simulator.notes() == []


@pytest.mark.parametrize("change", [in_state], ids=["in_state"])
def test_accepted(client, note, change):
    assert client.authorize(note(1, change=change)).note_code == "100"


def test_simples_nacional_owes_no_destination_tax(client, note):
    def simple(info: Info) -> None:
        drop_destination_tax(info)
        info.emit.CRT = layout.EmitCrt.VALUE_1
        item(info).imposto.ICMS = Tax.Icms(
            ICMSSN102=Tax.Icms.Icmssn102(
                orig=layout.Torig.VALUE_0, CSOSN=layout.Icmssn102Csosn.VALUE_102
            )
        )
        info.total.ICMSTot.vBC = info.total.ICMSTot.vICMS = "0.00"

    assert client.authorize(note(1, change=simple)).note_code == "100"


def test_several_items_are_summed(client, note):
    assert client.authorize(note(1, items=3)).note_code == "100"


def test_an_item_outside_the_total_does_not_count(client, note):
    def exclude(info: Info) -> None:
        item(info).prod.indTot = layout.ProdIndTot.VALUE_0
        info.total.ICMSTot.vProd = "0.00"
        info.total.ICMSTot.vNF = "10.00"

    assert client.authorize(note(1, change=exclude)).note_code == "100"


def test_emitter_of_another_state_is_226(note, elsewhere):
    assert elsewhere.authorize(note(1)).note_code == "226"


def test_wrong_check_digit_is_253(client, pen, simulator):
    def change(info: Info) -> None:
        digit = str((int(info.ide.cDV) + 1) % 10)
        info.ide.cDV = digit
        info.Id = info.Id[:-1] + digit

    signed = pen.note(1, simulator.clock.now(), change=change)
    assert client.authorize(signed).note_code == "253"


def test_check_digit_field_other_than_the_key_is_253(client, note):
    def change(info: Info) -> None:
        info.ide.cDV = str((int(info.ide.cDV) + 1) % 10)

    assert client.authorize(note(1, change=change)).note_code == "253"


@pytest.mark.parametrize("code", ["00000000", "12345678", "00000001"])
def test_guessable_numeric_code_is_897(client, pen, simulator, code):
    def change(info: Info) -> None:
        body = info.Id[3:38] + code
        info.ide.cNF = code
        info.ide.cDV = check_digit(body)
        info.Id = f"NFe{body}{info.ide.cDV}"

    signed = pen.note(1, simulator.clock.now(), change=change)
    assert client.authorize(signed).note_code == "897"


def test_contingency_forms(client, note):
    svc = note(1, form="6", change=in_contingency)
    assert client.authorize(svc).note_code == "570"
    without_reason = note(2, form="5")
    assert client.authorize(without_reason).note_code == "557"
    paper = note(3, form="5", change=in_contingency)
    assert client.authorize(paper).note_code == "100"


def test_a_return_by_the_emitter(client, note):
    """Entry note of the emitter for goods a consumer sent back."""

    def take_back(info: Info) -> None:
        reference(SALE)(info)
        info.ide.tpNF = layout.IdeTpNf.VALUE_0
        item(info).prod.CFOP = "2201"
        info.pag.detPag[0].tPag = "90"
        info.pag.detPag[0].vPag = "0.00"

    assert client.authorize(note(1, change=take_back)).note_code == "100"


def test_a_built_note_has_the_key_it_is_signed_with(note):
    moment = datetime(2026, 11, 23, 13, tzinfo=timezone.utc)
    assert key_of(note(1, issued=moment)) == build(1, moment).infNFe.Id[3:]
