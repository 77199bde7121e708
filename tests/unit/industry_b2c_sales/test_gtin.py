"""Check digits of units, cartons and pallets; numbers made here pass them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import ean

from odoo.addons.industry_b2c_sales.domain.gtin import (
    Size,
    dun14,
    fits,
    is_dun14,
    is_gtin,
    is_sscc,
    sscc,
)

# From the GS1 General Specifications and GS1 Brasil's examples.
GTIN, DUN, SSCC = "7891000315507", "17891000315504", "376104250021234569"
BODIES = st.integers(0, 10**12 - 1).map(lambda number: f"{number:012}")


@pytest.mark.parametrize(
    ("code", "gtin", "dun", "container"),
    [
        (GTIN, True, False, False),
        ("7891000315508", False, False, False),
        ("96385074", True, False, False),
        ("036000291452", True, False, False),
        (DUN, False, True, False),
        ("17891000315505", False, False, False),
        ("07891000315507", False, False, False),
        (SSCC, False, False, True),
        ("376104250021234568", False, False, False),
        ("789 1000315507", False, False, False),
        ("CAD-1", False, False, False),
        ("", False, False, False),
        ("٧٨٩١٠٠٠٣١٥٥٠٧", False, False, False),
    ],
)
def test_known_numbers(code, gtin, dun, container):
    assert (is_gtin(code), is_dun14(code), is_sscc(code)) == (gtin, dun, container)


@pytest.mark.parametrize(
    ("code", "sizes"),
    [
        (GTIN, {Size.UNIT, Size.CARTON}),
        (DUN, {Size.CARTON, Size.PALLET}),
        (SSCC, {Size.PALLET}),
        ("ABC", set()),
    ],
)
def test_what_a_size_may_carry(code, sizes):
    assert {size for size in Size if fits(code, size)} == sizes


@given(BODIES, st.integers(1, 8))
def test_carton_number_holds_the_unit(body, variant):
    unit = body + ean.calc_check_digit(body)
    carton = dun14(unit, variant)
    assert is_dun14(carton)
    assert carton[1:13] == unit[:12]
    assert carton[0] == str(variant)


@pytest.mark.parametrize("variant", [0, 9])
def test_carton_variant_has_limits(variant):
    with pytest.raises(ValueError, match="variant"):
        dun14(GTIN, variant)


def test_carton_needs_a_unit():
    with pytest.raises(ValueError, match="no GTIN"):
        dun14("123")


@given(
    st.integers(7, 12).flatmap(
        lambda length: st.tuples(
            st.integers(10 ** (length - 1), 10**length - 1).map(str),
            st.sets(st.integers(0, 10 ** (17 - length) - 1), min_size=2, max_size=2),
        )
    )
)
def test_every_serial_has_a_container_of_its_own(case):
    prefix, serials = case
    codes = {sscc(prefix, serial) for serial in serials}
    assert len(codes) == 2
    assert all(is_sscc(code) and code[1:].startswith(prefix) for code in codes)


def test_used_up_and_wrong_prefixes_are_told():
    with pytest.raises(ValueError, match="room"):
        sscc("789100000000", 10**5)
    for prefix in ("123", "12345678901234", "ABCDEFG"):
        with pytest.raises(ValueError, match="prefix"):
            sscc(prefix, 1)
