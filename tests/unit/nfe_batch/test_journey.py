"""A note's whole life against a strict SEFAZ: the bytes of today's selling day."""

from dataclasses import replace
from datetime import timedelta

import pytest

from odoo.addons.nfe_batch.domain import answers, envelope, event, proc, schema, signer
from odoo.addons.nfe_batch.domain.cstat import Kind
from odoo.addons.nfe_batch.domain.endpoints import Service, locate
from odoo.addons.nfe_batch.domain.prepare import prepare
from odoo.addons.nfe_batch.domain.transport import Answered, OutcomeUnknown

from .notes import ISSUED, return_of, sale, simples_sale
from .tools import xmlsec1


class Desk:
    """Calls one office and reads its answers."""

    def __init__(self, line, sefaz):
        self._line, self._base = line, sefaz.url

    def call(self, service, message):
        url = locate(service, state="SP", environment="2", base=self._base)
        return self._line.call(service, url, message)

    def send(self, *notes):
        message = envelope.authorization(1, [note.signed_xml for note in notes])
        return self.call(Service.AUTHORIZATION, message)

    def authorised(self, note):
        outcome = self.send(note)
        assert isinstance(outcome, Answered), outcome
        protocol = answers.read_lot(outcome.message).protocol
        assert protocol.kind is Kind.AUTHORISED, protocol.reason
        return protocol

    def consult(self, key):
        outcome = self.call(Service.CONSULT, envelope.consult(key, "2"))
        return answers.read_situation(outcome.message)

    def cancel(self, key, protocol, pen, at):
        signed = event.cancellation(
            key=key,
            protocol_number=protocol.number,
            reason="Consumidora desistiu da compra",
            environment="2",
            at=at,
            signer=pen,
        )
        return signed, self.register(signed)

    def correct(self, key, sequence, wording, pen, at):
        signed = event.correction(
            key=key,
            sequence=sequence,
            wording=wording,
            environment="2",
            at=at,
            signer=pen,
        )
        return signed, self.register(signed).results[0]

    def register(self, signed):
        outcome = self.call(Service.EVENT, envelope.events(1, [signed]))
        return answers.read_events(outcome.message)


@pytest.fixture
def desk(line, sefaz):
    return Desk(line, sefaz)


def test_authorise_consult_cancel(desk, pen, sefaz, authority, tmp_path):
    ready = prepare(sale(), pen)
    protocol = desk.authorised(ready)
    document = proc.nfe_proc(ready.signed_xml, protocol)
    assert schema.errors("nfeProc", document) == ()
    assert xmlsec1("infNFe", document, authority, tmp_path) == ""
    assert sefaz.note(ready.key)["digVal"] == ready.digest

    found = desk.consult(ready.key)
    assert (found.kind, found.protocol.digest) == (Kind.AUTHORISED, ready.digest)

    sefaz.clock.advance(timedelta(minutes=10))
    at = ISSUED + timedelta(minutes=11)
    signed, answer = desk.cancel(ready.key, protocol, pen, at)
    (result,) = answer.results
    assert (answer.kind, result.kind) == (Kind.LOT_PROCESSED, Kind.EVENT_LINKED)
    assert schema.errors("procEventoNFe", proc.event_proc(signed, result)) == ()

    found = desk.consult(ready.key)
    assert found.kind is Kind.CANCELLED
    assert [row.request for row in found.events] == [signed]
    assert proc.event_proc(signed, found.events[0])


def test_correct_twice_and_read_back(desk, pen, sefaz):
    ready = prepare(sale(), pen)
    desk.authorised(ready)
    sefaz.clock.advance(timedelta(minutes=10))
    at = ISSUED + timedelta(minutes=11)
    wordings = ("Volumes: leia-se 2 caixas", "Volumes: leia-se 3 caixas")
    sent = []
    for sequence, wording in enumerate(wordings, 1):
        signed, result = desk.correct(ready.key, sequence, wording, pen, at)
        assert result.kind is Kind.EVENT_LINKED, result.reason
        content = proc.event_proc(signed, result)
        assert schema.errors("procEventoNFe110110", content) == ()
        sent.append(signed)
    _signed, again = desk.correct(ready.key, 2, wordings[0], pen, at)
    assert again.kind is Kind.EVENT_DUPLICATE

    found = desk.consult(ready.key)
    assert found.kind is Kind.AUTHORISED
    assert [row.request for row in found.events] == sent
    assert [(row.event_type, row.sequence) for row in found.events] == [
        ("110110", 1),
        ("110110", 2),
    ]
    assert [event.wording_of(row.request) for row in found.events] == list(wordings)


@pytest.mark.parametrize("backend", sorted(signer.BACKENDS))
def test_both_signers_are_accepted(desk, opened, backend):
    assert desk.authorised(prepare(sale(), signer.BACKENDS[backend](opened)))


@pytest.mark.parametrize("code", ["101", "102", "400", "500"])
def test_simples_sale_is_accepted(desk, pen, code):
    assert desk.authorised(prepare(simples_sale(code), pen))


def test_return_of_a_sale_is_accepted(desk, pen):
    sold = prepare(sale(), pen)
    desk.authorised(sold)
    assert desk.authorised(prepare(return_of(sold.key), pen))


def test_lot_of_three_with_one_refused(desk, pen, sefaz):
    good = [prepare(sale(number), pen) for number in (1, 2)]
    wrong = sale(3)
    row = replace(wrong.items[0], cfop="5102")
    bad = prepare(replace(wrong, items=(row, *wrong.items[1:])), pen)
    lot = answers.read_lot(desk.send(*good, bad).message)
    assert lot.kind is Kind.LOT_RECEIVED
    sefaz.clock.advance(timedelta(seconds=15))
    outcome = desk.call(Service.RECEIPT, envelope.receipt(lot.receipt, "2"))
    result = answers.read_lot_result(outcome.message)
    assert result.kind is Kind.LOT_PROCESSED
    kinds = {protocol.key: protocol.kind for protocol in result.protocols}
    assert kinds == {
        good[0].key: Kind.AUTHORISED,
        good[1].key: Kind.AUTHORISED,
        bad.key: Kind.REJECTED,
    }
    for ready in good:
        (protocol,) = [row for row in result.protocols if row.key == ready.key]
        assert schema.errors("nfeProc", proc.nfe_proc(ready.signed_xml, protocol)) == ()


def test_lost_answer_is_recovered_by_key(desk, pen, sefaz):
    """drop_after: authorised there, unknown here; the consult brings the proof."""
    ready = prepare(sale(), pen)
    sefaz.fault("NFeAutorizacao4", "drop_after")
    assert isinstance(desk.send(ready), OutcomeUnknown)
    found = desk.consult(ready.key)
    assert found.kind is Kind.AUTHORISED
    assert proc.nfe_proc(ready.signed_xml, found.protocol)


def test_lost_request_is_sent_again_as_it_was(desk, pen, sefaz):
    ready = prepare(sale(), pen)
    sefaz.fault("NFeAutorizacao4", "drop_before")
    assert isinstance(desk.send(ready), OutcomeUnknown)
    assert desk.consult(ready.key).kind is Kind.NOT_FOUND
    assert desk.authorised(ready).digest == ready.digest


def test_duplicate_is_adopted(desk, pen):
    ready = prepare(sale(), pen)
    desk.authorised(ready)
    again = answers.read_lot(desk.send(ready).message).protocol
    assert again.kind is Kind.DUPLICATE
    assert desk.consult(ready.key).protocol.digest == ready.digest


def test_number_taken_by_another_key_is_named(desk, pen):
    first = prepare(sale(), pen)
    desk.authorised(first)
    other = replace(sale(), header=replace(sale().header, random_code="55667788"))
    refused = answers.read_lot(desk.send(prepare(other, pen)).message).protocol
    assert refused.kind is Kind.DUPLICATE_OTHER_KEY
    assert refused.other_key == first.key


def test_second_cancellation_is_recognised(desk, pen, sefaz):
    ready = prepare(sale(), pen)
    protocol = desk.authorised(ready)
    sefaz.clock.advance(timedelta(minutes=5))
    at = ISSUED + timedelta(minutes=6)
    desk.cancel(ready.key, protocol, pen, at)
    _, answer = desk.cancel(ready.key, protocol, pen, at)
    (result,) = answer.results
    assert result.kind is Kind.EVENT_DUPLICATE


def test_late_cancellation_is_terminal(desk, pen, sefaz):
    ready = prepare(sale(), pen)
    protocol = desk.authorised(ready)
    sefaz.clock.advance(timedelta(hours=25))
    _, answer = desk.cancel(ready.key, protocol, pen, ISSUED + timedelta(hours=25))
    (result,) = answer.results
    assert result.kind is Kind.CANCEL_TOO_LATE
