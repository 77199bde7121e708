"""Strict, stateful stand-ins for the services the product talks to.

They listen on 127.0.0.1 only, keep their own clock and can be told to fail.
They serve the demonstration, the training mode and the tests; no Odoo inside.
"""
