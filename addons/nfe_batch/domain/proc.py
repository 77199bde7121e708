"""The documents of proof: nfeProc, procEventoNFe and procInutNFe, byte by byte.

The signed bytes and the bytes of the protocol are joined, never re-written: any
other white space or prefix would be another document (art. 10 of Ajuste SINIEF
07/05: the file is kept for five years, as authorised).
"""

from __future__ import annotations

from .answers import EventResult, Protocol, VoidingAnswer
from .serializer import NAMESPACE
from .signer import digest_of

_DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>'


class ProtocolMismatch(Exception):
    """The SEFAZ authorised other bytes under this key: for a human to look at."""


def nfe_proc(signed: bytes, protocol: Protocol) -> bytes:
    """nfeProc of a signed note; raises ``ProtocolMismatch``."""
    if f'Id="NFe{protocol.key}"'.encode() not in signed:
        raise ProtocolMismatch("The protocol is of another note")
    if protocol.digest != digest_of(signed):
        raise ProtocolMismatch("The protocol is of other contents of this note")
    return _join("nfeProc", "4.00", signed, protocol.content)


def event_proc(signed: bytes, result: EventResult) -> bytes:
    """procEventoNFe of a signed event; raises ``ProtocolMismatch``."""
    if not is_of(signed, result):
        raise ProtocolMismatch("The result is of another event")
    return _join("procEventoNFe", "1.00", signed, result.content)


def is_of(signed: bytes, result: EventResult) -> bool:
    """True when ``result`` decides on the event of these bytes."""
    identity = f"ID{result.event_type}{result.key}{result.sequence:02d}"
    return f'Id="{identity}"'.encode() in signed


def voiding_proc(signed: bytes, answer: VoidingAnswer) -> bytes:
    """procInutNFe of a signed request; raises ``ProtocolMismatch``.

    After a lost answer the joined answer is the 563 that repeats the protocol.
    """
    identity = f"{answer.series:03d}{answer.first:09d}{answer.last:09d}"
    if answer.first and f'{identity}"'.encode() not in signed:
        raise ProtocolMismatch("The answer is of another range")
    # The root is spelled with a capital in procInutNFe_v4.00.xsd.
    return _join("ProcInutNFe", "4.00", signed, answer.content)


def _join(name: str, version: str, signed: bytes, answer: bytes) -> bytes:
    return b"".join(
        (
            _DECLARATION,
            f'<{name} xmlns="{NAMESPACE}" versao="{version}">'.encode(),
            signed,
            answer,
            f"</{name}>".encode(),
        )
    )
