"""Which of our products an offer of a channel is. Pure.

A match is exact and unique, or there is none: a person then chooses, helped by
suggestions.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import log

LEAST = 30
"""Percent of likeness below which nothing is suggested."""
_SAME_SKU, _SAME_GTIN = 95, 97
_MOST = 90
"""What is only alike never looks as sure as what is the same."""


class By(StrEnum):
    """What a match or a suggestion is grounded on."""

    SKU = "sku"
    GTIN = "gtin"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Sellable:
    """A product that may be sold: its id, internal reference, bar code and name."""

    product: int
    sku: str
    gtin: str
    name: str


@dataclass(frozen=True, slots=True)
class Offer:
    """What the channel tells of an offer (``offer.Listing``)."""

    sku: str
    gtin: str
    title: str


@dataclass(frozen=True, slots=True)
class Match:
    product: int
    by: By


@dataclass(frozen=True, slots=True)
class Suggestion:
    """``score``: 0 to 100, how much alike."""

    product: int
    score: int
    by: By


def plain_gtin(code: str) -> str:
    """The 14 digits of a GTIN: GTIN-8, -12 and -13 are the same number with zeros in
    front (GS1 General Specifications, 3.3). Empty when it is none."""
    code = code.strip()
    return code.zfill(14) if code.isascii() and code.isdigit() else ""


def match(
    offer: Offer,
    by_sku: Mapping[str, Sequence[int]],
    by_gtin: Mapping[str, Sequence[int]],
) -> Match | None:
    """The one product with the offer's SKU, else the one with its GTIN.

    None when two products have it, or when SKU and GTIN name different products: one
    of the two is wrong, and a wrong match sells what is not there.

    :param by_sku: product ids by internal reference
    :param by_gtin: product ids by ``plain_gtin``
    """
    named = by_sku.get(offer.sku.strip(), ()) if offer.sku.strip() else ()
    gtin = plain_gtin(offer.gtin)
    numbered = by_gtin.get(gtin, ()) if gtin else ()
    if len(named) > 1:
        return None
    if named:
        agrees = not numbered or named[0] in numbered
        return Match(named[0], By.SKU) if agrees else None
    return Match(numbered[0], By.GTIN) if len(numbered) == 1 else None


class Catalogue:
    """Products, indexed so that like ones are found without comparing all."""

    def __init__(self, products: Iterable[Sellable]) -> None:
        self.products = {one.product: one for one in products}
        self._skus: dict[str, set[int]] = defaultdict(set)
        self._gtins: dict[str, set[int]] = defaultdict(set)
        self._grams = _Index()
        self._words = _Index()
        for one in self.products.values():
            self._skus[_bare(one.sku)].add(one.product)
            self._gtins[plain_gtin(one.gtin)].add(one.product)
            self._grams.add(one.product, _trigrams(one.sku))
            self._words.add(one.product, _tokens(one.name))

    def suggest(self, offer: Offer, limit: int = 3) -> list[Suggestion]:
        """The products that are most like the offer, the best one first."""
        best: dict[int, Suggestion] = {}
        for found in self._found(offer):
            known = best.get(found.product)
            if known is None or found.score > known.score:
                best[found.product] = found
        worth = [one for one in best.values() if one.score >= LEAST]
        return sorted(worth, key=lambda one: (-one.score, one.product))[:limit]

    def _found(self, offer: Offer) -> Iterable[Suggestion]:
        if _bare(offer.sku):
            for product in self._skus.get(_bare(offer.sku), ()):
                yield Suggestion(product, _SAME_SKU, By.SKU)
        if plain_gtin(offer.gtin):
            for product in self._gtins.get(plain_gtin(offer.gtin), ()):
                yield Suggestion(product, _SAME_GTIN, By.GTIN)
        for by, index, terms in (
            (By.SKU, self._grams, _trigrams(offer.sku)),
            (By.NAME, self._words, _tokens(offer.title)),
        ):
            for product, likeness in index.like(terms):
                yield Suggestion(product, round(likeness * _MOST), by)


class _Index:
    """Terms of many things; a rare term says more than a common one."""

    def __init__(self) -> None:
        self._having: dict[Hashable, set[int]] = defaultdict(set)
        self._terms: dict[int, Counter] = {}

    def add(self, key: int, terms: Counter) -> None:
        self._terms[key] = terms
        for term in terms:
            self._having[term].add(key)

    def like(self, terms: Counter) -> Iterable[tuple[int, float]]:
        """(key, likeness from 0 to 1) of everything that shares a term."""
        shared: dict[int, float] = defaultdict(float)
        for term, count in terms.items():
            for key in self._having.get(term, ()):
                both = min(count, self._terms[key][term])
                shared[key] += both * self._weight(term)
        own = self._sum(terms)
        for key, weight in shared.items():
            yield key, 2 * weight / (own + self._sum(self._terms[key]))

    def _sum(self, terms: Counter) -> float:
        return sum(count * self._weight(term) for term, count in terms.items())

    def _weight(self, term: Hashable) -> float:
        return 1 + log((1 + len(self._terms)) / (1 + len(self._having.get(term, ()))))


def _bare(code: str) -> str:
    """``CAD-001.A`` and ``cad 1a`` are written by the same hand."""
    parts = re.findall(r"[a-z]+|\d+", _folded(code))
    return "".join(
        part.lstrip("0") or "0" if part.isdigit() else part for part in parts
    )


def _trigrams(code: str) -> Counter:
    bare = _bare(code)
    return (
        Counter(f" {bare} "[at : at + 3] for at in range(len(bare)))
        if bare
        else (Counter())
    )


def _tokens(text: str) -> Counter:
    return Counter(re.findall(r"[a-z0-9]{2,}", _folded(text)))


def _folded(text: str) -> str:
    """Lower case, without accents."""
    split = unicodedata.normalize("NFKD", text.lower())
    return "".join(char for char in split if not unicodedata.combining(char))
