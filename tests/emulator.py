"""The DynamoDB emulator of the tests: moto's server in its own process, on loopback.

``FOOTFALL_TEST_DYNAMODB`` can name another endpoint for the same tests (DynamoDB Local, AWS).
"""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

VARIABLE = "FOOTFALL_TEST_DYNAMODB"
REGION = "eu-central-1"
SERVER = Path(__file__).with_name("serial_moto.py")
PATIENCE_S = 60
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": REGION,
    "AWS_EC2_METADATA_DISABLED": "true",
}
"""Clients need some to sign their requests; the emulator accepts any."""


@contextmanager
def emulator() -> Iterator[str]:
    """The endpoint of an emulator that runs until the block ends."""
    given = os.environ.get(VARIABLE)
    if given:
        yield given
        return
    port = _free_port()
    command = [sys.executable, "-P", str(SERVER), str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    endpoint = f"http://127.0.0.1:{port}"
    try:
        _wait_for(endpoint, process)
        yield endpoint
    finally:
        process.terminate()
        process.wait()


def _wait_for(endpoint: str, process: "subprocess.Popen[bytes]") -> None:
    """Wait until it answers at all."""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        assert process.poll() is None, "moto's server ended at once: is moto[server] installed?"
        try:
            with urllib.request.urlopen(f"{endpoint}/moto-api/data.json", timeout=1):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise AssertionError(f"moto's server does not answer at {endpoint}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
