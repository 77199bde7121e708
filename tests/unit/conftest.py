"""Unit tests load pure code only."""

from hypothesis import settings

from tests.pure_addons import install

# The same examples in every run and no time limit: a shared machine is slow at times.
settings.register_profile("repository", database=None, deadline=None, derandomize=True)
settings.load_profile("repository")

install()
