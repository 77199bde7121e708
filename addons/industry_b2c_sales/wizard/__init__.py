from . import b2c_cancel_request
from . import b2c_cancel_step_finish
from . import b2c_order_control
from . import b2c_consumer_show
from . import b2c_product_code_wizard
