"""Gzipped files are read to their end and counted in bounded memory."""

import gzip
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters import gzipped
from adapters.errors import RecordingError
from adapters.gzipped import read_to_end


@settings(max_examples=100)
@given(
    parts=st.lists(st.sampled_from([b"\n", b"a", b" ", b"\r\n", b"\t", "é".encode(), b"\xff", b"{}"]), max_size=40),
    block=st.integers(1, 20),
)
def test_lines_are_counted_whatever_the_blocks_are(
    tmp_path_factory: pytest.TempPathFactory, parts: list[bytes], block: int
) -> None:
    """Lines that are not blank, and the first of them with its number, for any block size."""
    content = b"".join(parts)
    path = tmp_path_factory.mktemp("gz") / "a.gz"
    path.write_bytes(gzip.compress(content))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gzipped, "_BLOCK_BYTES", block)
        found = read_to_end(path)
    real = [(n, line.strip()) for n, line in enumerate(content.split(b"\n"), start=1) if line.strip()]
    number, first = real[0] if real else (0, b"")
    assert (found.lines, found.first_line_number) == (len(real), number)
    assert found.first_line == first.decode("utf-8", "replace")


def test_an_endless_line_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before it fills the memory, with the line it stands in."""
    monkeypatch.setattr(gzipped, "MAX_LINE_BYTES", 1_000_000)
    path = tmp_path / "a.gz"
    path.write_bytes(gzip.compress(b"1\n" + b"x" * 3_000_000))
    with pytest.raises(RecordingError, match=r"a\.gz:2: the line is longer than"):
        read_to_end(path)
