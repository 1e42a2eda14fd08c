#!/usr/bin/env python
"""Django's command line for the site, on the data below `DATA_DIR`.

Without `DJANGO_SETTINGS_MODULE` it works on a folder of `make run` alone, which its `demo.json` tells: the development
settings must never meet the data of a deployed site.
"""

import os
import sys
from pathlib import Path

if __name__ == "__main__":
    data_dir = Path(os.environ.get("DATA_DIR") or Path(__file__).resolve().parents[1] / ".data")
    if "DJANGO_SETTINGS_MODULE" not in os.environ:
        if not (data_dir / "demo.json").is_file():
            sys.exit(
                f"{data_dir} holds no demo of `make run`. Name the settings: "
                "DJANGO_SETTINGS_MODULE=config.settings.production (docs/operators.md)."
            )
        os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.development"
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
