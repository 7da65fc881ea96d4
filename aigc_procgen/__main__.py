"""`python -m aigc_procgen`, the same as `aigc-procgen`."""

from __future__ import annotations

import sys

from aigc_procgen.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
