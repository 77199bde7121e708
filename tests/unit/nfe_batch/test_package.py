"""Names, periods and index of a package; every number of a month explained."""

import csv
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.nfe_batch.domain import package
from odoo.addons.nfe_batch.domain.burnt import Burnt, Drawn, Fate
from odoo.addons.nfe_batch.domain.completeness import explain

BRASILIA = timezone(timedelta(hours=-3))
OCTOBER = date(2026, 10, 1), date(2026, 10, 31)
END = datetime(2026, 11, 1, tzinfo=BRASILIA)


def drawn(number, day, state="autorizada", fate=Fate.USED, month=10):
    at = datetime(2026, month, day, 12, tzinfo=BRASILIA)
    return Drawn(number=number, at=at, fate=fate, state=state)


def october(numbers, voided=()):
    return explain("1", numbers, voided, first=OCTOBER[0], last=OCTOBER[1], before=END)


def test_each_number_is_explained_once():
    report = october(
        [
            drawn(5, 30, month=9),
            drawn(8, 1),
            drawn(9, 1, "cancelada"),
            drawn(10, 2, "denegada"),
            drawn(11, 3, "inutilizada"),
            drawn(12, 3, "rejeitada", Fate.PENDING),
            drawn(13, 4, "cancelada", Fate.ABANDONED),
            drawn(16, 30),
            drawn(18, 1, month=11),
        ],
        [(6, 6), (14, 14)],
    )
    assert (report.authorised, report.cancelled, report.denied) == (2, 1, 1)
    # 6 and 14 were gaps, 11 had a document.
    assert report.voided == 3
    assert report.pending == (12,)
    assert report.unexplained == (
        Burnt(first=7, last=7, on=date(2026, 10, 1)),
        Burnt(first=13, last=13, on=date(2026, 10, 4)),
        Burnt(first=15, last=15, on=date(2026, 10, 30)),
    )
    assert report.total == 16 - 5
    assert not report.complete


def test_complete_month():
    report = october([drawn(1, 1), drawn(2, 9, "cancelada"), drawn(4, 9)], [(3, 3)])
    assert report.complete
    assert report.total == 4


def test_month_without_notes():
    report = october([drawn(1, 30, month=9)])
    assert report.complete
    assert report.total == 0


def test_gap_belongs_to_the_month_that_shows_it():
    numbers = [drawn(1, 30, month=9), drawn(3, 2)]
    assert october(numbers).unexplained[0].first == 2
    september = explain(
        "1",
        numbers,
        (),
        first=date(2026, 9, 1),
        last=date(2026, 9, 30),
        before=datetime(2026, 10, 1, tzinfo=BRASILIA),
    )
    assert september.complete
    # And is not told again a month later.
    numbers = [drawn(1, 1, month=9), drawn(3, 2, month=9), drawn(4, 2)]
    assert october(numbers).complete


@given(
    st.dictionaries(
        st.integers(1, 60),
        st.sampled_from(
            [
                ("autorizada", Fate.USED),
                ("cancelada", Fate.USED),
                ("rejeitada", Fate.PENDING),
                ("cancelada", Fate.ABANDONED),
            ]
        ),
        min_size=1,
    ),
    st.sets(st.integers(1, 60)),
)
def test_counts_add_up(numbers, voided):
    """From the first to the last drawn number, each belongs to exactly one count."""
    rows = [drawn(number, 5, *fate) for number, fate in sorted(numbers.items())]
    report = october(rows, [(number, number) for number in sorted(voided)])
    assert report.total == max(numbers) - min(numbers) + 1


def test_index_opens_in_a_brazilian_spreadsheet():
    rows = [
        package.Row(
            kind="NF-e",
            series="1",
            number="7",
            on=datetime(2026, 10, 2, 9, 5),
            recipient='=HYPERLINK("x");"y"\r\n',
            vat="52998224725",
            value=Decimal("1234.5"),
        )
    ]
    text = "".join(package.index(rows, mask=True))
    heading, row = csv.reader(text.splitlines(keepends=True), delimiter=";")
    assert heading == list(package.HEADINGS)
    assert row[4:8] == [
        "02/10/2026 09:05",
        '\'=HYPERLINK("x");"y"\r\n',
        "***.982.247-**",
        "1234,50",
    ]
    assert "529.982.247-25" in "".join(package.index(rows, mask=False))


def test_companies_are_not_masked():
    assert package.masked("11222333000181") == "11.222.333/0001-81"
    assert package.masked("12ABC34501DE35") == "12.ABC.345/01DE-35"


def test_names_tell_the_period():
    assert package.package_name("1", *OCTOBER) == "NFe-1-2026-10"
    name = package.package_name("1", date(2026, 10, 2), date(2026, 11, 3))
    assert name == "NFe-1-2026-10-02-a-2026-11-03"
    assert package.month_before(date(2027, 1, 2)) == (
        date(2026, 12, 1),
        date(2026, 12, 31),
    )
