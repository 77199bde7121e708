from . import test_industry_b2c_demo
