"""The numbers on the bar codes of one product in three sizes.

GTIN-13 (or GTIN-8, GTIN-12) on the unit, GTIN-14 (in Brazil DUN-14) on the master
carton, SSCC on the pallet. All of them end in the check digit of the GS1 General
Specifications, section 7.9, which ``stdnum.ean`` computes for any length.
"""

from __future__ import annotations

from enum import StrEnum

from stdnum import ean

_SSCC_LENGTH = 18


class Size(StrEnum):
    """How goods are handled: by the piece, by the carton, by the pallet."""

    UNIT = "unit"
    CARTON = "carton"
    PALLET = "pallet"


def is_gtin(code: str) -> bool:
    """A GTIN that a single unit may carry: 8, 12 or 13 digits with check digit."""
    return code.isascii() and code.isdigit() and len(code) != 14 and ean.is_valid(code)


def is_dun14(code: str) -> bool:
    """A GTIN-14: logistic variant 1 to 8 (9: variable measure) of a trade unit."""
    plain = code.isascii() and code.isdigit() and len(code) == 14
    return plain and code[0] != "0" and ean.is_valid(code)


def is_sscc(code: str) -> bool:
    """A Serial Shipping Container Code: 18 digits with check digit."""
    if not (code.isascii() and code.isdigit() and len(code) == _SSCC_LENGTH):
        return False
    return ean.calc_check_digit(code[:-1]) == code[-1]


def fits(code: str, size: Size) -> bool:
    """May goods of this size carry this number?

    A carton may be a consumer unit too (GTIN-13). A pallet as an article has a GTIN-14;
    a certain pallet has an SSCC.
    """
    if size is Size.PALLET:
        return is_dun14(code) or is_sscc(code)
    if size is Size.CARTON:
        return is_dun14(code) or is_gtin(code)
    return is_gtin(code)


def dun14(gtin: str, variant: int = 1) -> str:
    """The DUN-14 of a carton with units of this GTIN.

    :param variant: 1 to 8, another one for each size of carton of the same unit
    :raises ValueError: no GTIN, or no such variant
    """
    if not is_gtin(gtin):
        raise ValueError(f"{gtin!r} is no GTIN")
    if not 1 <= variant <= 8:
        raise ValueError(f"variant {variant} is not from 1 to 8")
    body = f"{variant}{gtin[:-1].zfill(12)}"
    return body + ean.calc_check_digit(body)


def sscc(prefix: str, serial: int) -> str:
    """The SSCC with this running number, by the company's GS1 prefix.

    The extension digit comes in front when the digits after the prefix are used up.

    :param prefix: 7 to 12 digits, as GS1 Brasil assigned them
    :raises ValueError: no such prefix, or all of its numbers are used up
    """
    if not (prefix.isascii() and prefix.isdigit() and 7 <= len(prefix) <= 12):
        raise ValueError(f"{prefix!r} is no GS1 company prefix")
    room = 10 ** (_SSCC_LENGTH - 2 - len(prefix))
    extension, reference = divmod(serial, room)
    if serial < 0 or extension > 9:
        raise ValueError(f"{serial} is more than prefix {prefix} has room for")
    body = f"{extension}{prefix}{reference:0{len(str(room)) - 1}}"
    return body + ean.calc_check_digit(body)
