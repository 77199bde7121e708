from . import b2c_product_code_wizard
