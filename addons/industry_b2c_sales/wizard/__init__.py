from . import b2c_consumer_show
