"""`bin/demo --orders 100 --once`, twice."""

PROMISED = {
    "orders",
    "confirmed",
    "authorised",
    "accepted_by_channel",
    "labels",
    "cancelled",
    "cancelled_shipped",
    "nfe_cancelled",
    "seconds",
}


def test_every_order_comes_to_its_end(first_day):
    assert set(first_day) >= PROMISED
    assert first_day["orders"] == 100
    assert first_day["shipped"] == 100 - first_day["cancelled"]
    assert first_day["authorised"] - first_day["nfe_cancelled"] == first_day["shipped"]
    assert first_day["issues"] == 0


def test_buyers_cancel_and_nothing_of_it_ships(first_day):
    assert first_day["cancelled"] >= 5
    assert first_day["cancelled_shipped"] == 0


def test_cancelled_after_the_note_is_cancelled_at_the_sefaz(first_day):
    # The simulator cancels some after the XML was accepted and some after the label.
    assert first_day["nfe_cancelled"] >= 2


def test_running_it_again_doubles_nothing(first_day, second_day):
    def without_time(result):
        return {name: value for name, value in result.items() if name != "seconds"}

    assert without_time(second_day) == without_time(first_day)
