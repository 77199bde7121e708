from . import test_packages
