"""Synchronous authorisation of one note."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from .builder import key_of


def test_authorised_with_protocol_and_digest(client, note, simulator):
    signed = note(1)
    answer = client.authorize(signed)
    assert (answer.code, answer.note_code) == ("104", "100")
    assert answer.get("xMotivo", 1) == "Autorizado o uso da NF-e"
    assert answer.get("chNFe") == key_of(signed)
    assert re.fullmatch(r"13526\d{10}", answer.get("nProt"))
    digest = re.search(r"<DigestValue>(.*?)</DigestValue>", signed).group(1)
    assert answer.get("digVal") == digest
    assert simulator.note(key_of(signed))["digVal"] == digest
    assert simulator.note(key_of(signed))["xml"] == signed
