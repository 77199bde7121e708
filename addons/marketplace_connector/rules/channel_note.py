"""The NF-e that a channel issued in our name: may this file be kept? Pure."""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from odoo.addons.nfe_batch.domain.access_key import AccessKey
from odoo.addons.nfe_batch.domain.schema import parse

from ..domain.contract import Order, PaymentState
from .living import CHANNEL_SHIPS

_NFE = "{http://www.portalfiscal.inf.br/nfe}"
_NFE_MODEL = "55"
_AUTHORIZED = frozenset({"100", "150"})
_UNPAID = frozenset({PaymentState.PENDING, PaymentState.REJECTED, PaymentState.UNKNOWN})


class NoteRefused(ValueError):
    """The file is not what the channel says it is.

    :ivar code: ``not_well_formed``, ``not_authorised``, ``bad_key`` or ``other_key``
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Note:
    """What names a note."""

    key: str
    series: int
    number: int


def expected(order: Order) -> bool:
    """Does the channel issue a note for this order, once it is paid?"""
    return CHANNEL_SHIPS in order.flags and order.payment_state not in _UNPAID


def read(xml: bytes, told: str) -> Note:
    """The note in an ``nfeProc``.

    :param told: the key that the channel names for it; "" = it names none
    :raise NoteRefused: it must not be kept
    """
    try:
        root = parse(xml)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise NoteRefused("not_well_formed") from error
    if root.getroottree().docinfo.internalDTD is not None:
        # Entities of their own: no NF-e has them, and who reads the file may not be us.
        raise NoteRefused("not_well_formed")
    if root.tag != f"{_NFE}nfeProc":
        raise NoteRefused("not_authorised")
    protocol = f"{_NFE}protNFe/{_NFE}infProt/{_NFE}"
    if root.findtext(f"{protocol}cStat") not in _AUTHORIZED:
        raise NoteRefused("not_authorised")
    body = root.find(f"{_NFE}NFe/{_NFE}infNFe")
    named = "" if body is None else body.get("Id", "").removeprefix("NFe")
    try:
        key = AccessKey(named)
    except ValueError as error:
        raise NoteRefused("bad_key") from error
    if key.model != _NFE_MODEL:
        raise NoteRefused("bad_key")
    if {root.findtext(f"{protocol}chNFe"), told or named} != {named}:
        raise NoteRefused("other_key")
    return Note(named, key.series, key.number)
