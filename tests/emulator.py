"""The DynamoDB that tests run against: moto's server as a process, over HTTP on loopback.

``FOOTFALL_TEST_DYNAMODB`` names another endpoint (DynamoDB Local, AWS) to run the same tests on.
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

VARIABLE = "FOOTFALL_TEST_DYNAMODB"
REGION = "eu-central-1"
PATIENCE_S = 60
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": REGION,
    "AWS_EC2_METADATA_DISABLED": "true",
}
"""What a client must have to sign its requests; the emulator takes any."""


@contextmanager
def emulator() -> Iterator[str]:
    """The endpoint, for as long as the block lasts."""
    given = os.environ.get(VARIABLE)
    if given:
        yield given
        return
    port = _free_port()
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    endpoint = f"http://127.0.0.1:{port}"
    try:
        _wait_for(endpoint, process)
        yield endpoint
    finally:
        process.terminate()
        process.wait()


def _wait_for(endpoint: str, process: "subprocess.Popen[bytes]") -> None:
    """Until it answers whatever; connecting is retried, which is no wait for work to be done."""
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
