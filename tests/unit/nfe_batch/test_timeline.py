"""What happened to a note, in order."""

from datetime import datetime, timedelta

from odoo.addons.nfe_batch.domain.timeline import Entry, in_order

START = datetime(2026, 11, 23, 12, 0)


def at(minute, what):
    return Entry(at=START + timedelta(minutes=minute), what=what)


def test_oldest_first_and_ties_as_they_came():
    entries = [at(5, "cancel"), at(0, "created"), at(1, "send"), at(1, "authorised")]
    assert [entry.what for entry in in_order(entries)] == [
        "created",
        "send",
        "authorised",
        "cancel",
    ]


def test_the_same_fact_once():
    assert in_order([at(1, "send"), at(1, "send")]) == [at(1, "send")]
