"""Records as texts: to keep them beside what was found out about them, and to see which have changed."""

from __future__ import annotations

import json
import marshal
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date
from operator import attrgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.digests import digests_of_bytes
from matching.records import AnimeRecord

Ints = NDArray[np.int64]


def _day(value: object) -> dict[str, str]:
    if isinstance(value, date):
        return {"day": value.isoformat()}
    raise TypeError(f"a record holds {value!r}, which is neither text, number, day nor a list of such")


_values = attrgetter(*(field.name for field in fields(AnimeRecord)))
#: `json.dumps` would make an encoder anew for each record
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_day).encode


def record_text(record: AnimeRecord) -> str:
    """Everything a record says, as JSON; equal records have equal texts."""
    return _encode(_values(record))


_but_start = attrgetter(*(field.name for field in fields(AnimeRecord) if field.name != "start_date"))
#: the last format of `marshal` that writes equal values alike, wherever they lie in memory
_BY_VALUE = 2


def record_digests(records: Iterable[AnimeRecord]) -> Ints:
    """One number for each record: equal for records that say the same, as long as Python is the same.

    `marshal` takes a fifth of the time of JSON, which counts where all records of a catalogue are looked at.
    """
    starts = ((one, one.start_date.toordinal() if one.start_date else 0) for one in records)
    return digests_of_bytes(marshal.dumps((_but_start(one), start), _BY_VALUE) for one, start in starts)


def record_of(text: str) -> AnimeRecord:
    """The record that `record_text` wrote."""
    values: list[Any] = [_tuples(value) if isinstance(value, list) else value for value in _decode(text)]
    return AnimeRecord(*values)


def _tuples(values: list[Any]) -> tuple[Any, ...]:
    return tuple(_tuples(value) if isinstance(value, list) else value for value in values)


def _day_of(written: dict[str, str]) -> date:
    return date.fromisoformat(written["day"])


#: `json.loads` would make a decoder anew for each record
_decode = json.JSONDecoder(object_hook=_day_of).decode


@dataclass(frozen=True)
class Texts:
    """Many texts as one row of bytes (UTF-8); text i ends before byte `ends[i]`."""

    data: NDArray[np.uint8]
    ends: Ints

    def read(self, chosen: Sequence[int]) -> list[str]:
        """Some of the texts."""
        begins = np.r_[0, self.ends]
        return [bytes(self.data[begins[at] : begins[at + 1]]).decode("utf-8", "surrogatepass") for at in chosen]

    def all(self) -> list[str]:
        """Every text."""
        whole, begin, found = bytes(self.data), 0, []
        for end in self.ends.tolist():
            found.append(whole[begin:end].decode("utf-8", "surrogatepass"))
            begin = end
        return found

    def joined(self, other: Texts, chosen: Ints) -> Texts:
        """Some texts of this and, counted on, of another."""
        count, parts = len(self.ends), [np.empty(0, dtype=np.uint8)]
        begins = np.flatnonzero(np.diff(chosen, prepend=-2) != 1)
        for run in np.split(chosen, begins[1:]) if len(chosen) else ():
            for texts, part in ((self, run[run < count]), (other, run[run >= count] - count)):
                if len(part):
                    start = texts.ends[part[0] - 1] if part[0] else 0
                    parts.append(texts.data[start : texts.ends[part[-1]]])
        sizes = np.r_[np.diff(self.ends, prepend=0), np.diff(other.ends, prepend=0)]
        return Texts(np.concatenate(parts), np.cumsum(sizes[chosen]))


def texts_of(texts: Iterable[str]) -> Texts:
    """Texts packed together."""
    parts = [text.encode("utf-8", "surrogatepass") for text in texts]
    sizes = np.fromiter((len(part) for part in parts), dtype=np.int64)
    return Texts(np.frombuffer(b"".join(parts), dtype=np.uint8), np.cumsum(sizes))
