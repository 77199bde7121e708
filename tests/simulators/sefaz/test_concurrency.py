"""Many senders at once: every number has one protocol, every note one answer."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from .builder import key_of
from .client import Client


def send(simulator, pem, signed):
    """Each sender has a session of its own."""
    return Client(simulator.url, simulator.ca_file, pem).authorize(signed)


def test_parallel_senders(simulator, pem, note):
    notes = [note(number) for number in range(1, 13)]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda signed: send(simulator, pem, signed), notes))
    assert {answer.note_code for answer in answers} == {"100"}
    assert len({answer.get("nProt") for answer in answers}) == 12
    assert [answer.get("chNFe") for answer in answers] == [key_of(n) for n in notes]


def test_the_same_note_at_the_same_time(simulator, pem, note):
    signed = note(1)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: send(simulator, pem, signed), range(4)))
    codes = sorted(answer.note_code for answer in answers)
    assert codes == ["100", "204", "204", "204"]
    assert len(simulator.notes()) == 1
