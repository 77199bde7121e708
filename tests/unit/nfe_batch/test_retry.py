"""Which refused notes may go again."""

import pytest

from odoo.addons.nfe_batch.domain.retry import (
    MAX_SENDINGS,
    MAX_UNCHANGED,
    may_go_again,
)

ABUSE = 30
"""The SEFAZ's own limit (NT 2018.002)."""


@pytest.mark.parametrize(
    ("sent", "corrected", "may"),
    [
        (1, False, True),
        (MAX_UNCHANGED - 1, False, True),
        (MAX_UNCHANGED, False, False),
        (MAX_UNCHANGED, True, True),
        (MAX_SENDINGS, True, False),
    ],
)
def test_may_go_again(sent, corrected, may):
    assert may_go_again(sent=sent, corrected=corrected) is may


def test_far_below_the_limit():
    assert MAX_UNCHANGED < MAX_SENDINGS < ABUSE
