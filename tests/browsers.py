"""The browser of the tests: Debian's Chromium, in its headless build if that package is installed."""

import shutil
from typing import Any


def launch_arguments() -> dict[str, Any]:
    """Return what Playwright's `launch` needs for Debian's Chromium; root needs it without its sandbox."""
    for name in ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return {"executable_path": path, "args": ["--no-sandbox", "--disable-dev-shm-usage"]}
    return {}
