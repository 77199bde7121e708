from odoo.tests import TransactionCase, tagged

from ..models.registry_warm_up import trigger_tree


def same(one, other) -> bool:
    return (
        set(one.root) == set(other.root)
        and one.keys() == other.keys()
        and all(same(one[label], other[label]) for label in one)
    )


@tagged("post_install", "-at_install")
class TestRegistryWarmUp(TransactionCase):
    """What is worked out when a server starts is what Odoo would have found."""

    def test_fiscal_lines_are_prepared_as_core_would(self):
        registry = self.env.registry
        for field in self.env["l10n_br_fiscal.document.line"]._fields.values():
            ours = registry._field_trigger_trees.pop(field)
            with self.subTest(field.name):
                self.assertTrue(same(ours, registry.get_field_trigger_tree(field)))

    def test_ways_that_lead_back_onto_themselves(self):
        """The fields of an entry hang on each other in circles."""
        registry = self.env.registry
        for field in self.env["account.move"]._fields.values():
            ours = trigger_tree(registry._field_triggers, field)
            with self.subTest(field.name):
                self.assertTrue(same(ours, registry.get_field_trigger_tree(field)))
