"""The server dies after the SEFAZ authorised and before the answer was written."""

from bin.lib.day.books import Books
from bin.lib.day.web import post

from .conftest import wait_for

NOTE = ("document_key", "document_number", "state_edoc", "nfe_transmission")


def note(client):
    """The one fiscal document of this world."""
    found = client.search_read(
        "l10n_br_fiscal.document", [("document_key", "!=", False)], *NOTE
    )
    assert len(found) <= 1
    return found[0] if found else None


def test_killed_between_authorisation_and_result(fresh_world):
    world = fresh_world
    sefaz, books = f"{world.sefaz_at['control']}/__ctl", Books(world)
    hold = {"service": "NFeAutorizacao4", "kind": "hold_after", "times": 1}
    post(f"{sefaz}/fault", hold)
    post(
        f"{world.market_at['control']}/generate",
        {"n": 1, "seed": 7, "cancel_plan": {}},
    )

    at_sefaz = wait_for(books.notes, "the SEFAZ authorised the note")
    before = note(world.client())
    assert before["document_key"] == at_sefaz[0]["key"]
    assert before["state_edoc"] != "autorizada"
    world.odoo.kill()
    post(f"{sefaz}/release", {})

    world.start_odoo()
    client = world.client()
    wait_for(
        lambda: note(client)["state_edoc"] == "autorizada", "the note is found again"
    )
    after = note(client)
    assert after["document_number"] == before["document_number"]
    assert after["document_key"] == before["document_key"]
    notes = books.notes()
    assert [n["key"] for n in notes] == [before["document_key"]]
    # The same note is never sent twice: it is read back.
    log = books.sefaz_log()
    sent = [row for row in log if row["service"] == "NFeAutorizacao4"]
    assert len(sent) == 1
    assert any(row["service"] == "NFeConsultaProtocolo4" for row in log)
