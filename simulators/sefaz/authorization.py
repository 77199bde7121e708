"""NFeAutorizacao4 and NFeRetAutorizacao4: notes become authorised here.

A lot of one note is synchronous, of several asynchronous (GAP03a-3 of NT 2025.001
and rule 764). An asynchronous lot waits ``Settings.lot_seconds`` of the clock;
``process_lots`` finishes those whose time has come, as of that time.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from . import (
    abuse,
    answers,
    epec,
    rules_identity,
    rules_payment,
    rules_sale,
    rules_totals,
    rules_trade,
)
from .call import Call
from .cstat import Rejection, text
from .note import Note
from .note import text as read
from .office import Office
from .store import Row, moment, stamp

_SLICE = re.compile(rb"<NFe[\s>].*?</NFe\s*>", re.DOTALL)


def authorize(office: Office, call: Call) -> bytes:
    """Answer enviNFe."""
    call.raise_forced_lot()
    notes = _notes(call)
    synchronous = read(call.root, "indSinc") == "1"
    if synchronous and len(notes) > 1:
        raise Rejection(764)
    if not synchronous and len(notes) == 1:
        raise Rejection(452)
    number = office.next_receipt()
    now = office.now()
    if not synchronous:
        return _accept_lot(office, call, number, notes, now)
    result, code = _process(office, notes[0], number, now, call.cnpj, call.forced)
    call.results[notes[0].key.value] = code
    call.cstat = 104
    return answers.authorization(office, 104, text(104), now, result)


def lot_result(office: Office, call: Call) -> bytes:
    """Answer consReciNFe: 104 with the results, 105 or 106."""
    number = read(call.root, "nRec")
    if read(call.root, "tpAmb") != office.environment:
        raise Rejection(252)
    abuse.count(office, call.cnpj, "receipt", number)
    call.raise_forced()
    if number[:2] != office.uf:
        raise Rejection(248)
    lot = office.store.row("SELECT * FROM lot WHERE receipt = ?", number)
    if lot is None:
        raise Rejection(106)
    if lot["sender"][:8] != call.cnpj[:8]:
        raise Rejection(223)
    code = 104 if lot["done"] else 105
    notes = _lot_notes(office, number) if lot["done"] else []
    call.cstat = code
    return answers.lot(
        office, number, code, text(code), [note["answer"] for note in notes]
    )


def process_lots(office: Office) -> None:
    """Process the lots whose waiting time is over."""
    due = office.store.rows(
        "SELECT * FROM lot WHERE done = 0 AND ready <= ? ORDER BY receipt",
        stamp(office.now()),
    )
    for lot in due:
        _process_lot(office, lot)


def _process_lot(office: Office, lot: Row) -> None:
    number, ready = lot["receipt"], moment(lot["ready"])
    forced = None
    if lot["forced"]:
        forced = Rejection(lot["forced"], message=lot["forced_reason"])
    for entry in _lot_notes(office, number):
        note = Note.read(entry["xml"])
        try:
            result, _ = _process(office, note, number, ready, lot["sender"], forced)
        except Rejection as rejection:
            result = answers.protocol(
                office, note.key.value, rejection.code, rejection.reason, ready
            )
        office.store.execute(
            "UPDATE lot_note SET answer = ? WHERE receipt = ? AND position = ?",
            *(result, number, entry["position"]),
        )
    office.store.execute("UPDATE lot SET done = 1 WHERE receipt = ?", number)


def _notes(call: Call) -> list[Note]:
    slices = _SLICE.findall(call.message)
    return [Note.read(raw) for raw in slices]


def _accept_lot(
    office: Office, call: Call, number: str, notes: list[Note], now: datetime
) -> bytes:
    ready = now + timedelta(seconds=office.settings.lot_seconds)
    office.store.insert(
        "lot",
        receipt=number,
        sender=call.cnpj,
        received=stamp(now),
        ready=stamp(ready),
        forced=call.forced and call.forced.code,
        forced_reason=call.forced and call.forced.reason,
    )
    for position, note in enumerate(notes):
        key = note.key
        office.store.insert(
            "lot_note",
            receipt=number,
            position=position,
            key=key.value,
            cnpj=key.cnpj,
            model=key.model,
            series=key.series,
            number=key.number,
            xml=note.raw,
        )
    call.cstat = 103
    promise = answers.receipt(number, office.settings.average_seconds)
    return answers.authorization(office, 103, text(103), now, promise)


def _process(
    office: Office,
    note: Note,
    receipt: str,
    received: datetime,
    sender: str,
    forced: Rejection | None,
) -> tuple[bytes, int]:
    """Authorise or reject one note; returns protNFe and its code.

    Raises Rejection 656 when the same rejection came too often.
    """
    key = note.key.value
    try:
        if forced:
            raise forced
        digest = _check(office, note, received)
        _check_number(office, note, receipt)
    except Rejection as rejection:
        abuse.count(office, sender, "rejection", f"{key} {rejection.code}")
        answer = answers.protocol(
            office, key, rejection.code, rejection.reason, received
        )
        return answer, rejection.code
    code = 150 if rules_identity.is_late(note, office, received) else 100
    number = _register(office, note, receipt, received, code, digest)
    answer = answers.protocol(
        office, key, code, text(code), received, number=number, digest=digest
    )
    return answer, code


def _check(office: Office, note: Note, received: datetime) -> str:
    """All rules that need no database; returns the verified digest."""
    signer = office.verifier.verify(note.root, received)
    signer.require_root(note.issuer)
    rules_identity.check(note, office, received)
    rules_sale.check(note, office, received)
    rules_totals.check(note)
    rules_payment.check(note)
    rules_trade.check(note)
    return signer.digest


def _check_number(office: Office, note: Note, receipt: str) -> None:
    """2B08 and 3B08: the number is free, here and in lots that still wait."""
    key = note.key
    number = (key.cnpj, key.model, key.series, key.number)
    known = office.store.note_by_number(*number)
    if known:
        raise _duplicate(known, key.value)
    epec.check_note(office, note)
    waiting = office.store.row(
        "SELECT 1 FROM lot_note JOIN lot USING (receipt) WHERE done = 0 "
        "AND receipt < ? AND cnpj = ? AND model = ? AND series = ? AND number = ?",
        *(receipt, *number),
    )
    if waiting:
        raise Rejection(635)
    if office.store.voided(*number, key.number):
        raise Rejection(206)


def _duplicate(known: Row, key: str) -> Rejection:
    receipt = f"nRec:{known['receipt']}"
    if known["key"] != key:
        return Rejection(539, f"chNFe:{known['key']}][{receipt}")
    return Rejection(218 if known["status"] == "cancelled" else 204, receipt)


def _register(
    office: Office,
    note: Note,
    receipt: str,
    received: datetime,
    code: int,
    digest: str,
) -> str:
    key, number = note.key, office.next_protocol()
    office.store.insert(
        "note",
        key=key.value,
        cnpj=key.cnpj,
        model=key.model,
        series=key.series,
        number=key.number,
        status="authorized",
        cstat=code,
        protocol=number,
        digest=digest,
        issued=stamp(note.issued),
        received=stamp(received),
        receipt=receipt,
        office=office.role,
        xml=note.raw,
    )
    return number


def _lot_notes(office: Office, receipt: str) -> list[Row]:
    return office.store.rows(
        "SELECT * FROM lot_note WHERE receipt = ? ORDER BY position", receipt
    )
