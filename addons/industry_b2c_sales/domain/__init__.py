"""Decisions of consumer sales: pure Python, no Odoo, no I/O."""
