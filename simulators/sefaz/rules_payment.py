"""Rules on references and payment of a note.

MOC 7.0 anexo I groups BA and YA, NT 2020.006. The card rules 391, 865 and 866 of
NT 2025.001 are announced for model 55 without a date and not applied.
"""

from __future__ import annotations

from .cstat import Rejection
from .keys import AccessKey
from .note import Note, money, qualified, text

_NO_PAYMENT = "90"
_OTHER = "99"


def check(note: Note) -> None:
    """A return points to its sale and is not paid; payments describe themselves."""
    purpose = note.text("ide/finNFe")
    references = note.info.findall(qualified("ide/NFref"))
    if purpose == "4" and not references:
        raise Rejection(321)
    for reference in references:
        key = text(reference, "refNFe")
        if key and not AccessKey(key).is_valid:
            raise Rejection(547)
    for payment in note.info.findall(qualified("pag/detPag")):
        kind = text(payment, "tPag")
        if purpose in ("3", "4") and kind != _NO_PAYMENT:
            raise Rejection(871)
        if kind == _NO_PAYMENT and money(payment, "vPag"):
            raise Rejection(904)
        if kind == _OTHER and not text(payment, "xPag"):
            raise Rejection(441)
