from . import industry_b2c_demo
