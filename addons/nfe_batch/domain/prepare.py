"""From a note to bytes that may go out: build, sign, validate."""

from __future__ import annotations

from dataclasses import dataclass, field

from . import schema
from .builder import build
from .document import Note
from .schema import SchemaError, SchemaInvalid
from .serializer import serialize
from .signer import Signer, digest_of

__all__ = ["Prepared", "SchemaError", "SchemaInvalid", "prepare"]


@dataclass(frozen=True)
class Prepared:
    """A signed note. ``signed_xml`` is kept as it is, for ever."""

    key: str
    signed_xml: bytes = field(repr=False)
    digest: str


def prepare(note: Note, signer: Signer) -> Prepared:
    """Build, sign and validate; raises ``SchemaInvalid`` with all findings.

    A note that ``preflight.check`` passed builds; a code unknown to the layout, on a
    note that it did not see, is told as ``SchemaInvalid`` too.
    """
    try:
        built = build(note)
    except (KeyError, ValueError) as error:
        raise SchemaInvalid((SchemaError("", f"Unknown code: {error}"),)) from error
    signed = signer.sign(serialize(built, "NFe"))
    schema.require("NFe", signed)
    return Prepared(built.infNFe.Id.removeprefix("NFe"), signed, digest_of(signed))
