"""Make the demo company in the database that is named on the command line."""

import os
import sys
from pathlib import Path

from .world import World

if __name__ == "__main__":
    World(Path(os.environ["B2C_LOCAL"]), sys.argv[1]).load_company()
