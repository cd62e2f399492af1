"""Builds the browser assets when a wheel or sdist is made without them."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

STATIC = Path("src/footfall/http/static")
SENTINEL = STATIC / "footfall.js"


class AssetsHook(BuildHookInterface):  # type: ignore[type-arg]
    """Skips editable installs, where ``make`` builds the assets."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Run ``npm ci`` and ``npm run build`` unless the assets exist."""
        root = Path(self.root)
        if version == "editable" or (root / SENTINEL).exists():
            return
        npm = shutil.which("npm")
        if npm is None:
            raise RuntimeError(
                "The browser assets are not built and npm is not on the PATH. Install Node.js "
                "20 or newer and build again, or build from an sdist, which carries them."
            )
        for arguments in (["ci"], ["run", "build"]):
            subprocess.run([npm, *arguments], cwd=root / "web", check=True)
        if not (root / SENTINEL).exists():
            raise RuntimeError(
                f"'npm run build' ended well but made no {SENTINEL}. Look at its output above."
            )
