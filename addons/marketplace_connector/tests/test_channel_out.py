from odoo.tests import tagged

from .common import CommandCase, NoteCase
from .test_both_sides import BothSides
from .test_cancel_out import CancelOut
from .test_cancel_points import CancelPoints
from .test_outbox_cases import OutboxCases
from .test_shipping_out import ShippingOut


@tagged("post_install", "-at_install")
class TestChannelOut(CancelOut, ShippingOut, CommandCase):
    """What leaves towards a channel; one class for several files, because making its
    company takes longer than all of its tests."""

    allow_inherited_tests_method = True


@tagged("post_install", "-at_install")
class TestChannelNotes(BothSides, CancelPoints, OutboxCases, NoteCase):
    """The same for orders that have their NF-e."""

    allow_inherited_tests_method = True
