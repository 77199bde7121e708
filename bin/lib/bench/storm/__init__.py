"""A day's orders at once over several channels, with everything that goes wrong."""
