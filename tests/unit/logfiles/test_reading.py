"""Files that grow, are rotated, truncated, compressed: each whole line is read once, at its
place."""

import gzip
import io
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footfall.logfiles import reading
from footfall.logfiles.marks import LogMarks
from footfall.logfiles.reading import LogFile

TEXT = b"# a comment\nfirst\nsecond\n\nthird\n"


def lines_of(file: LogFile) -> list[tuple[int, bytes]]:
    """Each with its place."""
    found = []
    for block in file.blocks():
        place = block.place
        for line in block.lines:
            found.append((place, line))
            place += len(line) + 1
    return found


def name_of(path: Path) -> str | None:
    with closing(LogFile.open(path)) as file:
        return file.source


@given(
    st.lists(st.text("ab\n", max_size=12), max_size=8),
    st.integers(1, 8),
)
def test_a_growing_file_gives_each_line_once(parts: list[str], block: int) -> None:
    stream, written = io.BytesIO(), b""
    file = LogFile(stream, is_complete=False)
    found = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "BLOCK", block)
        for part in parts:
            written += part.encode()
            at = stream.tell()
            stream.seek(0, io.SEEK_END)
            stream.write(part.encode())
            stream.seek(at)
            found += lines_of(file)
    whole = written[: written.rfind(b"\n") + 1]
    assert b"".join(line + b"\n" for _, line in found) == whole
    assert all(whole[place : place + len(line)] == line for place, line in found)
    assert file.place == len(whole)
    assert file.has_unfinished_line == (whole != written)


@given(st.integers(0, len(TEXT)), st.integers(1, 40), st.booleans())
def test_reading_goes_on_at_any_place(place: int, block: int, is_complete: bool) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "BLOCK", block)
        file = LogFile(io.BytesIO(TEXT), is_complete=is_complete)
        if block > len(TEXT):
            assert file.source is not None
        file.skip_to(place)
        found = lines_of(file)
    assert b"".join(line + b"\n" for _, line in found) == TEXT[place:]
    assert all(TEXT[at:].startswith(line) for at, line in found)


def test_a_log_keeps_its_name_when_it_grows_is_renamed_or_compressed(tmp_path: Path) -> None:
    log, other, packed = tmp_path / "log", tmp_path / "log.1", tmp_path / "log.2.gz"
    log.write_bytes(TEXT)
    name = name_of(log)
    log.write_bytes(TEXT + b"fourth\n")
    log.rename(other)
    packed.write_bytes(gzip.compress(TEXT + b"fourth\n"))
    assert {name_of(other), name_of(packed)} == {name}
    log.write_bytes(b"# a comment\nanother first\n")
    assert name_of(log) != name


@pytest.mark.parametrize("content", [b"", b"# only a comment\n", b"no end"])
def test_a_log_without_a_line_has_no_name_yet(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "log").write_bytes(content)
    assert name_of(tmp_path / "log") is None


def test_the_last_line_of_a_complete_file_needs_no_end(tmp_path: Path) -> None:
    packed = tmp_path / "log.gz"
    packed.write_bytes(gzip.compress(b"first\nlast"))
    with closing(LogFile.open(packed)) as file:
        assert file.has_more()
        assert lines_of(file) == [(0, b"first"), (6, b"last")]
        assert not file.has_more()


class Counted(io.BytesIO):
    """``held`` is the most that its reader held when it read on."""

    file: LogFile
    held = 0

    def read(self, size: int | None = -1, /) -> bytes:
        self.held = max(self.held, len(self.file._rest))
        return super().read(size)


def test_a_line_without_end_is_not_copied_again_and_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is held, and copied with each block, has a bound: so the work is linear."""
    monkeypatch.setattr(reading, "BLOCK", 100)
    monkeypatch.setattr(reading, "MAX_LINE", 300)
    stream = Counted(b"first\n" + b"x" * 50_000 + b"\nlast\n" + b"y" * 50_000)
    file = stream.file = LogFile(stream, is_complete=False)
    blocks = list(file.blocks())
    assert stream.held <= 300
    assert [line for block in blocks for line in block.lines] == [b"first", b"last"]
    assert [block.skipped for block in blocks if block.skipped] == [b"x" * reading.SHOWN_BYTES]
    assert blocks[-1].place == 6 + 50_001
    assert file.place == 6 + 50_001 + 5
    assert file.has_unfinished_line


def test_a_first_line_without_end_names_its_log(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "BLOCK", 100)
    monkeypatch.setattr(reading, "MAX_LINE", 100)
    assert LogFile(io.BytesIO(b"x" * 1_000), is_complete=False).source is not None


@given(st.lists(st.integers(1, 400), min_size=2, max_size=12), st.integers(1, 9))
def test_marks_are_those_of_the_content_however_it_is_read(sizes: list[int], seed: int) -> None:
    content = Random(seed).randbytes(sum(sizes))
    whole, parts, other = LogMarks(), LogMarks(), LogMarks()
    whole.add(content)
    place = 0
    for size in sizes:
        parts.add(content[place : place + size])
        place += size
        assert LogMarks().agree_with(parts.up_to(place))
    assert parts.up_to(place) == whole.up_to(place)
    other.add(bytes([content[0] ^ 1]) + content[1:])
    assert not other.agree_with(whole.up_to(place))


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def test_rotation_and_truncation_are_noticed(tmp_path: Path, stack: ExitStack) -> None:
    log = tmp_path / "log"
    log.write_bytes(b"first\n")
    file = stack.enter_context(closing(LogFile.open(log)))
    lines_of(file)
    assert not file.is_replaced(log)
    assert not file.has_more()
    log.rename(tmp_path / "log.1")
    assert not file.is_replaced(log), "the next one is not there yet"
    log.write_bytes(b"second\n")
    assert file.is_replaced(log)
    with (tmp_path / "log.1").open("ab") as late:
        late.write(b"late\n")
    assert file.has_more()
    assert lines_of(file) == [(6, b"late")]
    truncated = stack.enter_context(closing(LogFile.open(log)))
    assert truncated.source is not None
    lines_of(truncated)
    log.write_bytes(b"x\n")
    assert truncated.is_replaced(log)
