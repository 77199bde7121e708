"""States of Brazil: channels name them, tell their code, or the ISO 3166-2 one."""

from __future__ import annotations

import unicodedata
from typing import Any

_UF = {
    "acre": "AC",
    "alagoas": "AL",
    "amapa": "AP",
    "amazonas": "AM",
    "bahia": "BA",
    "ceara": "CE",
    "distrito federal": "DF",
    "espirito santo": "ES",
    "goias": "GO",
    "maranhao": "MA",
    "mato grosso": "MT",
    "mato grosso do sul": "MS",
    "minas gerais": "MG",
    "para": "PA",
    "paraiba": "PB",
    "parana": "PR",
    "pernambuco": "PE",
    "piaui": "PI",
    "rio de janeiro": "RJ",
    "rio grande do norte": "RN",
    "rio grande do sul": "RS",
    "rondonia": "RO",
    "roraima": "RR",
    "santa catarina": "SC",
    "sao paulo": "SP",
    "sergipe": "SE",
    "tocantins": "TO",
}


def uf_code(name: Any) -> str:
    """``São Paulo``, ``SP`` or ``BR-SP`` → ``SP``; empty when it is none of them."""
    told = "" if name is None else str(name).strip().removeprefix("BR-")
    if told.upper() in _UF.values():
        return told.upper()
    return _UF.get(unaccented(told), "")


def unaccented(text: str) -> str:
    """Lower case without accents, to compare words of people and channels."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in folded if not unicodedata.combining(char))
