"""The parts of ``bin/bench nfe-faults``."""
