"""CEP ranges of the Brazilian states (Correios, faixas de CEP por UF) and the codes of
the states in the IBGE's table of municipalities."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .text import plain

# (first, last, UF) by the first five digits.
_RANGES: tuple[tuple[int, int, str], ...] = (
    (1000, 19999, "SP"),
    (20000, 28999, "RJ"),
    (29000, 29999, "ES"),
    (30000, 39999, "MG"),
    (40000, 48999, "BA"),
    (49000, 49999, "SE"),
    (50000, 56999, "PE"),
    (57000, 57999, "AL"),
    (58000, 58999, "PB"),
    (59000, 59999, "RN"),
    (60000, 63999, "CE"),
    (64000, 64999, "PI"),
    (65000, 65999, "MA"),
    (66000, 68899, "PA"),
    (68900, 68999, "AP"),
    (69000, 69299, "AM"),
    (69300, 69399, "RR"),
    (69400, 69899, "AM"),
    (69900, 69999, "AC"),
    (70000, 72799, "DF"),
    (72800, 72999, "GO"),
    (73000, 73699, "DF"),
    (73700, 76799, "GO"),
    (76800, 76999, "RO"),
    (77000, 77999, "TO"),
    (78000, 78899, "MT"),
    (79000, 79999, "MS"),
    (80000, 87999, "PR"),
    (88000, 89999, "SC"),
    (90000, 99999, "RS"),
)


def uf_of_zip(cep: str) -> str | None:
    """The UF that a CEP of eight digits belongs to, None when it is in no range."""
    prefix = int(cep[:5])
    for first, last, uf in _RANGES:
        if first <= prefix <= last:
            return uf
    return None


_STATES = {
    "11": "RO",
    "12": "AC",
    "13": "AM",
    "14": "RR",
    "15": "PA",
    "16": "AP",
    "17": "TO",
    "21": "MA",
    "22": "PI",
    "23": "CE",
    "24": "RN",
    "25": "PB",
    "26": "PE",
    "27": "AL",
    "28": "SE",
    "29": "BA",
    "31": "MG",
    "32": "ES",
    "33": "RJ",
    "35": "SP",
    "41": "PR",
    "42": "SC",
    "43": "RS",
    "50": "MS",
    "51": "MT",
    "52": "GO",
    "53": "DF",
}


def uf_of_city(ibge: str) -> str | None:
    """The UF of a municipality by its seven-digit IBGE code; None: no such code."""
    if len(ibge) != 7 or not ibge.isdigit():
        return None
    return _STATES.get(ibge[:2])


def city_of_zip(ranges: Sequence[tuple[str, str, int]], cep: str) -> int | None:
    """The municipality whose range holds a CEP of eight digits.

    :param ranges: (first, last, municipality), sorted, without overlaps
    """
    place = bisect_right(ranges, cep, key=lambda item: item[0])
    if not place:
        return None
    _first, last, city = ranges[place - 1]
    return city if cep <= last else None


@dataclass(frozen=True, slots=True)
class ListedCity:
    """A row of a list of municipalities; ``ibge`` is empty in a list without codes."""

    id: int
    name: str
    uf: str
    ibge: str | None = None


# Renamed since, or spelt otherwise by the IBGE (tabela de municípios).
_OTHER_NAMES = {
    ("BA", "muquem de sao francisco"): "2922250",
    ("BA", "santa teresinha"): "2928505",
    ("MG", "dona eusebia"): "3122900",
    ("MG", "sao thome das letras"): "3165206",
    ("MT", "santo antonio do leverger"): "5107800",
    ("RN", "boa saude"): "2405306",
    ("SE", "amparo de sao francisco"): "2800100",
    ("TO", "fortaleza do tabocao"): "1708254",
}


def match_cities(cities: Iterable[ListedCity]) -> dict[int, int]:
    """Of each city the one that stands for it in the list with IBGE codes.

    A name that two cities of a state have is left out: no guess.
    """
    listed = list(cities)
    by_code = {city.ibge: city.id for city in listed if city.ibge}
    by_name: dict[tuple[str, str], set[int]] = {}
    for city in listed:
        if city.ibge:
            by_name.setdefault((city.uf, plain(city.name)), set()).add(city.id)
    found: dict[int, int] = {}
    for city in listed:
        name = city.uf, plain(city.name)
        same = by_name.get(name, set())
        if city.ibge:
            found[city.id] = city.id
        elif len(same) == 1:
            found[city.id] = min(same)
        elif name in _OTHER_NAMES and _OTHER_NAMES[name] in by_code:
            found[city.id] = by_code[_OTHER_NAMES[name]]
    return found
