"""The invariant, from both books: Odoo's documents and the SEFAZ's notes.

For every number exactly one of authorised, cancelled, voided, denied, pending with a
reason; every key that the SEFAZ authorised is here with the same digest.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

STANDS = {"autorizada": "authorized", "cancelada": "cancelled"}
"""Our state of a note that the SEFAZ has, and its state there."""
DENIED = "denegada"


@dataclass(frozen=True, kw_only=True)
class Ours:
    """A document: ``digest`` of its nfeProc, empty without one."""

    number: int
    key: str
    state: str
    problem: str
    digest: str


@dataclass(frozen=True, kw_only=True)
class Theirs:
    """A note at the SEFAZ: authorized or cancelled."""

    number: int
    key: str
    status: str
    digest: str


@dataclass
class Proof:
    """What is wrong: empty lists in a good run. Texts tell number and reason."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    unexplained: list[str] = field(default_factory=list)
    digest_mismatch: list[str] = field(default_factory=list)


def prove(
    ours: Iterable[Ours], theirs: Iterable[Theirs], voided: Iterable[tuple[int, int]]
) -> Proof:
    """Compare the books of one series.

    ``voided`` are ranges at the SEFAZ, first and last number.
    """
    proof = Proof()
    documents, notes = list(ours), list(theirs)
    void = {n for first, last in voided for n in range(first, last + 1)}
    known = {note.key: note for note in notes}
    held = {document.key: document for document in documents}
    for note in notes:
        _check_note(proof, note, held.get(note.key))
    for document in documents:
        _check_document(proof, document, known.get(document.key), void)
    _check_numbers(proof, documents, notes, void)
    return proof


def _check_note(proof: Proof, note: Theirs, document: Ours | None) -> None:
    if document is None or document.state not in STANDS or not document.digest:
        state = document.state if document else "no document"
        proof.lost.append(f"{note.number}: {note.status} there, {state} here")
    elif document.digest != note.digest:
        proof.digest_mismatch.append(f"{note.number}: {note.key}")


def _check_document(
    proof: Proof, document: Ours, note: Theirs | None, void: set[int]
) -> None:
    number, state = document.number, document.state
    if state in STANDS and document.digest:
        if note is None or note.status != STANDS[state]:
            there = note.status if note else "unknown"
            proof.unexplained.append(f"{number}: {state} here, {there} there")
    elif state == "cancelada":
        if number not in void:
            proof.unexplained.append(f"{number}: dropped, not voided")
    elif state != DENIED and not document.problem:
        proof.unexplained.append(f"{number}: {state} without a reason")


def _check_numbers(
    proof: Proof, documents: list[Ours], notes: list[Theirs], void: set[int]
) -> None:
    drawn = Counter(document.number for document in documents)
    proof.doubled += [f"{n}: {uses} documents" for n, uses in drawn.items() if uses > 1]
    there = Counter(note.number for note in notes)
    there.update(void)
    proof.doubled += [
        f"{n}: twice at the SEFAZ" for n, uses in there.items() if uses > 1
    ]
    last = max(drawn, default=0)
    gaps = set(range(1, last + 1)) - set(drawn) - void
    proof.unexplained += [f"{number}: a gap" for number in sorted(gaps)]
