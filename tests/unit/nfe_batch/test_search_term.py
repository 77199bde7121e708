"""What somebody typed to find a note."""

import pytest

from odoo.addons.nfe_batch.domain.search_term import read

KEY = "35261181583054000129550010000001231123456780"


@pytest.mark.parametrize(
    "typed",
    [
        KEY,
        f"  {KEY} ",
        " ".join(KEY[at : at + 4] for at in range(0, 44, 4)),
    ],
)
def test_whole_key(typed):
    term = read(typed)
    assert term.key == KEY
    assert (term.key_part, term.number, term.vat) == ("", "", "")


def test_alphanumeric_key():
    key = KEY.replace("81583054", "12ABC345")
    assert read(key.lower()).key == key


@pytest.mark.parametrize(
    ("typed", "number", "key_part", "vat"),
    [
        ("123", "123", "", ""),
        ("000000123", "123", "000000123", ""),
        ("12 345 678", "12345678", "12345678", ""),
        ("529.982.247-25", "", "52998224725", "52998224725"),
        ("52998224725", "", "52998224725", "52998224725"),
        ("529.982", "529982", "", ""),
        ("81.583.054/0001-29", "", "81583054000129", "81583054000129"),
        ("12.ABC.345/01DE-35", "", "", "12ABC34501DE35"),
        ("0000 0012 3112", "", "000000123112", ""),
        ("S00012", "", "", ""),
        ("Maria Souza", "", "", ""),
        ("", "", "", ""),
        ("  ", "", "", ""),
        ("000", "", "", ""),
    ],
)
def test_readings(typed, number, key_part, vat):
    term = read(typed)
    assert (term.number, term.key_part, term.vat) == (number, key_part, vat)
    assert term.key == ""
    assert term.text == typed.strip()
