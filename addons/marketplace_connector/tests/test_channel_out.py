from odoo.tests import tagged

from .both_sides import BothSides
from .cancel_out import CancelOut
from .cancel_points import CancelPoints
from .common import CommandCase, NoteCase
from .outbox_cases import OutboxCases
from .shipping_out import ShippingOut


@tagged("post_install", "-at_install")
class TestChannelOut(CancelOut, ShippingOut, CommandCase):
    """What leaves towards a channel; one class for several files, because making its
    company takes longer than all of its tests."""

    allow_inherited_tests_method = True


@tagged("post_install", "-at_install")
class TestChannelNotes(BothSides, CancelPoints, OutboxCases, NoteCase):
    """The same for orders that have their NF-e."""

    allow_inherited_tests_method = True
