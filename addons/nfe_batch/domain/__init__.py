"""The decisions of the NF-e pipeline: pure Python, no Odoo."""
