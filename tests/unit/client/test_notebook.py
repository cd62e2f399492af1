import asyncio
import sys
from pathlib import Path

from tests.serving import PUBLIC
from tests.unit.client.conftest import visit

NOTEBOOK = Path(__file__).parents[3] / "examples" / "notebook.py"
PATIENCE = 60


async def test_the_example_prints_the_numbers_as_they_arrive(server: str) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, NOTEBOOK, server, PUBLIC, stdout=asyncio.subprocess.PIPE
    )
    reading = asyncio.create_task(process.communicate())
    async with asyncio.timeout(PATIENCE):
        while not reading.done():
            await visit(server, "/tea")
    lines = (await reading)[0].decode().splitlines()
    assert process.returncode == 0
    assert lines[0].endswith("with a tab in view")
    assert lines[-1].endswith("1 visitors  /tea")
