"""Gzipped text, line by line, with real line numbers and bounded memory, whatever the bytes are."""

import gzip
import zlib
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import BinaryIO, cast

import pyarrow as pa

from warehouse.errors import LandingError

#: Text taken together into one Arrow batch or block; bounds memory, and is far below Arrow's 2 GB.
BLOCK_BYTES = 8_000_000
#: A longer line is no record of any source; it is refused instead of filling the memory.
MAX_LINE_BYTES = 256_000_000
_BOM = b"\xef\xbb\xbf"


def read_lines(file: Path, block_bytes: int = BLOCK_BYTES) -> Generator[pa.Table]:
    """Batches (payload varchar, payload_line bigint) of every line that is not blank, in file order.

    Line ends and a byte order mark at the beginning are not part of a payload; bytes that are no UTF-8
    become U+FFFD. Blank lines count in the numbering but give no row.

    Raises:
        LandingError: when the file cannot be decompressed to its end.
    """
    first_line = 1
    for block in read_blocks(file, block_bytes):
        texts: list[str] = []
        numbers: list[int] = []
        lines = block.split(b"\n")
        if not lines[-1]:
            lines.pop()
        for number, line in enumerate(lines, start=first_line):
            if not line.isspace() and line:
                texts.append(line.removesuffix(b"\r").decode("utf-8", "replace"))
                numbers.append(number)
        first_line += len(lines)
        if texts:
            columns = [pa.array(texts, pa.string()), pa.array(numbers, pa.int64())]
            yield pa.table(columns, names=["payload", "payload_line"])


def read_blocks(file: Path, size: int = BLOCK_BYTES) -> Iterator[bytes]:
    """The decompressed file without its byte order mark, in blocks of about `size` that end with a line.

    A line longer than a block makes its block longer; only the last block may end without a line end.

    Raises:
        LandingError: when the file cannot be decompressed to its end, or a line is endless.
    """
    with gzip.open(file, "rb") as opened:
        content = cast(BinaryIO, opened)
        mark = _BOM
        while block := _read(file, content, size):
            # A block that already ends with a line would otherwise take one more line along.
            rest = b"" if block.endswith(b"\n") else _read_line(file, content)
            if len(rest) >= MAX_LINE_BYTES:
                raise LandingError(f"{file} has a line of more than {MAX_LINE_BYTES:,} bytes; it is no such file")
            yield (block + rest).removeprefix(mark)
            mark = b""


def _read(file: Path, content: BinaryIO, size: int) -> bytes:
    """The next bytes of the file; b'' at its end."""
    try:
        return content.read(size)
    except (EOFError, zlib.error, OSError) as problem:
        raise LandingError(_broken(file, problem)) from problem


def _read_line(file: Path, content: BinaryIO) -> bytes:
    """The rest of the line in which the last read ended."""
    try:
        return content.readline(MAX_LINE_BYTES)
    except (EOFError, zlib.error, OSError) as problem:
        raise LandingError(_broken(file, problem)) from problem


def _broken(file: Path, problem: Exception) -> str:
    """What to say about a landed file that does not decompress."""
    return f"{file} is no whole gzip file ({problem}); delete it with its manifest and land it again"
