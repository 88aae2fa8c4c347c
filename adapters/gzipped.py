"""Gzipped text files read to their end, so that a broken one is found before anything is taken from it."""

import gzip
import zlib
from dataclasses import dataclass
from pathlib import Path

from adapters.errors import RecordingError

_BLOCK_BYTES = 1_000_000
#: A longer line is no record of any source; it is refused instead of filling the memory.
MAX_LINE_BYTES = 256_000_000
_BOM = b"\xef\xbb\xbf"


@dataclass
class Content:
    """What was found in a file that could be read to its end.

    Attributes:
        lines: how many lines are not blank.
        first_line: the first of them without its line end; '' when there is none.
        first_line_number: its number, the first line being 1; 0 when there is none.
        passed: line ends passed so far, blank lines included.
    """

    lines: int = 0
    first_line: str = ""
    first_line_number: int = 0
    passed: int = 0


def read_to_end(path: Path) -> Content:
    """What the file holds, counted in bounded memory.

    Raises:
        RecordingError: naming file and line, when it is missing, empty (0 bytes), no gzip, damaged, or ends
            before its gzip stream does.
    """
    content = Content()
    try:
        if path.stat().st_size == 0:
            raise RecordingError(f"{path} is empty: it has 0 bytes. Record it again, or remove it")
        with gzip.open(path, "rb") as opened:
            _count_all(path, opened, content)
    except (EOFError, zlib.error, gzip.BadGzipFile) as problem:
        if not content.lines and isinstance(problem, gzip.BadGzipFile):
            raise RecordingError(f"{path} is not a gzip file ({problem}); compress it with `gzip`") from problem
        raise RecordingError(
            f"{path}:{content.passed + 1}: the file is cut off or damaged, its gzip stream breaks here "
            f"({problem}). Copy or record it again"
        ) from problem
    except OSError as problem:
        raise RecordingError(f"{path} cannot be read: {problem.strerror or problem}") from problem
    return content


def _count_all(path: Path, opened: gzip.GzipFile, content: Content) -> None:
    """Count to the end, block by block; what was counted stays counted when the stream breaks."""
    rest = b""
    is_first = True
    # read1 hands over what there is before the stream breaks, where read would lose the last block.
    while block := opened.read1(_BLOCK_BYTES):
        if is_first:
            block, is_first = block.removeprefix(_BOM), False
        lines, end, rest = (rest + block).rpartition(b"\n")
        _count(content, lines + end)
        if len(rest) > MAX_LINE_BYTES:
            raise RecordingError(f"{path}:{content.passed + 1}: the line is longer than {MAX_LINE_BYTES:,} bytes")
    _count(content, rest)


def _count(content: Content, block: bytes) -> None:
    """Add a block of whole lines to what was found."""
    if not content.lines:
        _find_first(content, block)
    ends = block.count(b"\n")
    if b"\n\n" in block or b"\n\r" in block or block[:1].isspace() or b"\n " in block or b"\n\t" in block:
        content.lines += sum(1 for line in block.split(b"\n") if line.strip())
    else:
        content.lines += ends + (not block.endswith(b"\n") and bool(block))
    content.passed += ends


def _find_first(content: Content, block: bytes) -> None:
    """Note the first line that is not blank."""
    for number, line in enumerate(block.split(b"\n"), start=content.passed + 1):
        if line.strip():
            content.first_line = line.decode("utf-8", "replace").strip()
            content.first_line_number = number
            return
