"""Names, phones and addresses of consumers in one spelling.

Channels hand over what people typed on a phone: blanks, capitals, telephone numbers
in every shape. What cannot be read is left out, never guessed.
"""

from __future__ import annotations

import re
from dataclasses import replace

import phonenumbers

from .intake import IntakeAddress, IntakeConsumer, digits, is_masked, unpunctuated
from .postal import uf_of_zip

CPF_LENGTH = 11
NO_NUMBER = "S/N"
"""What stands in the tag nro of an address without a number (manual de orientação)."""

_WORD = re.compile(r"[^\W\d_]+(?:\.[^\W\d_]+)*")
_PARTICLES = frozenset("a ao as com da das de do dos e em na no nas nos o os".split())
# Written in capitals wherever they stand; roman numerals name streets and sons.
_CAPITALS = frozenset("II III IV VI VII VIII IX XI XII XIII XIV XV XX XXI BR".split())
_NO_NUMBERS = frozenset(["", "0", "SN", "SNº", "SEMNUMERO", "SEMNÚMERO"])
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def tidy_name(text: str) -> str:
    """A person's name: ``"  MARIA  D'ÁVILA DA SILVA"`` → ``"Maria D'Ávila da Silva"``.

    Only a name in capitals or in small letters throughout is changed: who mixes them
    (``McDonald``) knows why.
    """
    plain = " ".join(text.split())
    if plain != plain.upper() and plain != plain.lower():
        return plain
    return _WORD.sub(lambda match: _cased(match, plain), plain)


def _cased(match: re.Match[str], text: str) -> str:
    word = match.group()
    before = text[match.start() - 1 : match.start()]
    if word.upper() in _CAPITALS:
        return word.upper()
    # "d'Ávila" has no particle behind the apostrophe, and none stands first.
    if word.lower() in _PARTICLES and before == " ":
        return word.lower()
    return word[:1].title() + word[1:].lower()


def tidy_phone(text: str) -> str:
    """A telephone number as ``+55 21 99999-0000``; empty when it is none."""
    if is_masked(text):
        return ""
    try:
        number = phonenumbers.parse(text, "BR")
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_valid_number(number):
        return ""
    kind = phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(number, kind)


def tidy_email(text: str) -> str:
    """An e-mail address in small letters; empty when it is none."""
    plain = text.strip().lower()
    return plain if _EMAIL.fullmatch(plain) and not is_masked(plain) else ""


def tidy_number(text: str) -> str:
    """The number of the house; S/N in its many spellings becomes ``S/N``."""
    plain = " ".join(text.split())
    compact = re.sub(r"[\W_]", "", plain).upper()
    return NO_NUMBER if compact in _NO_NUMBERS else plain


def tidy_address(address: IntakeAddress) -> IntakeAddress:
    """The same address in one spelling, CEP as eight digits.

    The UF may be missing: every CEP belongs to one, which is no guess.
    """
    cep = digits(address.zip)
    found = uf_of_zip(cep) if len(cep) == 8 else None
    return replace(
        address,
        street=tidy_name(address.street),
        number=tidy_number(address.number),
        complement=tidy_name(address.complement),
        district=tidy_name(address.district),
        city=" ".join(address.city.split()),
        city_ibge=digits(address.city_ibge),
        uf=address.uf.strip().upper() or found or "",
        zip=cep,
        recipient=tidy_name(address.recipient),
        phone=tidy_phone(address.phone),
    )


def tidy_consumer(consumer: IntakeConsumer) -> IntakeConsumer:
    """The same consumer in one spelling. A company's name stays as it was registered:
    it holds abbreviations that nobody can tell from words."""
    vat = unpunctuated(consumer.vat)
    name = " ".join(consumer.name.split())
    return replace(
        consumer,
        name=tidy_name(name) if len(vat) == CPF_LENGTH else name,
        vat=vat,
        email=tidy_email(consumer.email),
        phone=tidy_phone(consumer.phone),
        address=tidy_address(consumer.address),
    )
