"""`python -m aigc_procgen` is the command `aigc-procgen`."""

import sys

from .cli.main import main

sys.exit(main())
