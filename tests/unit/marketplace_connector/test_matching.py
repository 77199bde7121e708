"""A match is certain or a person makes it; what is suggested is worth a look."""

from __future__ import annotations

from odoo.addons.marketplace_connector.rules.matching import (
    By,
    Catalogue,
    Match,
    Offer,
    Sellable,
    match,
    plain_gtin,
)

GTIN = "7891000315507"
SHOP = Catalogue(
    [
        Sellable(1, "CAD-001", GTIN, "Cadeira de escritório giratória preta"),
        Sellable(2, "CAD-002", "", "Cadeira de escritório giratória branca"),
        Sellable(3, "MESA-9", "", "Mesa lateral de carvalho"),
        Sellable(4, "", "", "Parafuso sextavado M8"),
    ]
)


def offer(sku="", gtin="", title=""):
    return Offer(sku, gtin, title)


def test_sku_goes_before_gtin():
    found = match(offer("A", GTIN), {"A": [1]}, {})
    assert found == Match(1, By.SKU)


def test_gtin_matches_when_the_sku_is_unknown():
    found = match(offer("?", GTIN), {}, {plain_gtin(GTIN): [1]})
    assert found == Match(1, By.GTIN)


def test_sku_and_gtin_of_different_products_match_nothing():
    assert match(offer("A", GTIN), {"A": [1]}, {plain_gtin(GTIN): [2]}) is None


def test_code_of_two_products_matches_nothing():
    assert match(offer("A"), {"A": [1, 2]}, {}) is None
    assert match(offer("", GTIN), {}, {plain_gtin(GTIN): [1, 2]}) is None
    # Not even when the GTIN is one of them: the SKU may have been used again.
    assert match(offer("A", GTIN), {"A": [1, 2]}, {plain_gtin(GTIN): [1]}) is None


def test_empty_codes_match_nothing():
    assert match(offer(" ", " "), {"": [1]}, {"": [1]}) is None


def test_gtin_is_the_same_with_zeros_in_front():
    assert plain_gtin("0" + GTIN) == plain_gtin(GTIN)
    assert plain_gtin("SEM GTIN") == ""


def test_same_code_in_other_spelling_is_the_first_suggestion():
    best = SHOP.suggest(offer("cad1"))[0]
    assert (best.product, best.by) == (1, By.SKU)


def test_gtin_is_suggested_where_it_was_not_enough():
    best = SHOP.suggest(offer("X", GTIN))[0]
    assert (best.product, best.by) == (1, By.GTIN)


def test_name_tells_products_apart_by_their_rare_words():
    found = SHOP.suggest(offer(title="CADEIRA GIRATORIA ESCRITORIO BRANCA"))
    assert [one.product for one in found][:2] == [2, 1]
    assert found[0].by is By.NAME
    assert found[0].score > found[1].score


def test_likeness_never_looks_like_certainty():
    best = SHOP.suggest(offer(title="Mesa lateral de carvalho"))[0]
    assert (best.product, best.score) == (3, 90)


def test_nothing_is_suggested_for_something_else():
    assert SHOP.suggest(offer("ZZZ-77", "", "Violão acústico")) == []
    assert SHOP.suggest(offer()) == []


def test_no_more_than_asked_for():
    assert len(SHOP.suggest(offer(title="Cadeira de escritório"), limit=1)) == 1
