"""The size of a stranger's Vue app with all five components, and its type errors."""

import tempfile
from pathlib import Path

from benchmarks.figures import Figure, record
from tests.outside import vue_app


def measure() -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        app = Path(folder) / "app"
        vue_app.make(app, vue_app.pack())
        sizes = vue_app.sizes(app)
        errors = vue_app.type_errors(app)
    [world] = [name for name in sizes if name.startswith("world")]
    return [
        Figure(
            name="a Vue app with all five components, gzipped, Vue included, map's shapes apart",
            value=round((sum(sizes.values()) - sizes[world]) / 1024, 1),
            unit="KB",
            bar=45,
            sense="at most",
            details={"bytes of each file": {**sizes}},
        ),
        Figure(
            name="type errors in that app under `vue-tsc --strict`",
            value=len(errors),
            unit="errors",
            bar=0,
            sense="at most",
        ),
    ]


if __name__ == "__main__":
    record("vue_app", measure())
