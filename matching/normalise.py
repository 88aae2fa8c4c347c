"""Titles as words: one alphabet, one case, one kind of separator; the marks that are part of a name kept apart.

Whole lists are worked on as one text with a line for each title, because per-title calls would take most of the
time of a run.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence

#: stands between the parts of a title: name | subtitle
SEPARATOR = "|"

#: scripts that a text may be written in, as bits
LATIN, EAST_ASIAN, OTHER = 1, 2, 4
#: signs that tell works apart when they end or follow a name (Gintama° is another series than Gintama'), as NFKC
#: writes them: an integral for each of a double one. Notes and stars stand inside names, as others leave them out
MARKS = frozenset("!?°*+#∞†√♭∫")

_MAY_MARK = re.compile(f"[{''.join(sorted(MARKS))}'’′‘]")
_DROPPED = dict.fromkeys(map(ord, "'’‘`´ʼ′″\"“”„‟·・゛゜\u200b\u200c\u200d\u200e\u200f\ufeff\u00ad"))
_COMBINING = dict.fromkeys(range(0x300, 0x370))
_PARTED = dict.fromkeys(map(ord, ":;()[]{}<>~〜∼—–―‐/\\|「」『』【】〈〉《》〔〕。、"), f" {SEPARATOR} ")
_SPELT = {ord("&"): " and ", ord("@"): "a", ord("×"): " x ", ord("ı"): "i", ord("ø"): "o", ord("ł"): "l", ord("$"): "s"}

#: the same for texts in ASCII
_PLAIN_SIGNS = {chr(code): written or "" for code, written in (_DROPPED | _SPELT | _PARTED).items() if code < 128}

_KANJI_DIGITS = {char: value for value, char in enumerate("〇一二三四五六七八九")}
_NUMBER = r"([0-9]{1,3}|[一二三四五六七八九十]{1,3})"


def _value(text: str) -> int:
    """An Arabic or Chinese number below 1000 as an integer."""
    if text.isdigit():
        return int(text)
    tens, _, units = text.rpartition("十")
    if "十" not in text:
        return int("".join(str(_KANJI_DIGITS[char]) for char in text))
    return 10 * (_KANJI_DIGITS.get(tens, 1)) + (_KANJI_DIGITS.get(units, 0))


def _numbered(word: str) -> Callable[[re.Match[str]], str]:
    """A replacement that writes `word` and the number found."""
    return lambda match: f" {word} {_value(match.group(1))} "


#: what Japanese and Chinese titles write without spaces, as the English words the parser knows
_EAST_ASIAN: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    (re.compile(rf"第[ \t]*{_NUMBER}[ \t]*(?:期|季|シリーズ|シーズン)"), _numbered("season")),
    (re.compile(r"([0-9]{1,2})[ \t]*(?:期|季|シリーズ|シーズン)"), _numbered("season")),
    (re.compile(r"(?:シーズン|シリーズ)[ \t]*([0-9]{1,2})"), _numbered("season")),
    (re.compile(rf"第[ \t]*{_NUMBER}[ \t]*(?:部|章|幕|クール|弾|篇|編)"), _numbered("part")),
    (re.compile(r"([0-9])[ \t]*クール"), _numbered("part")),
    (re.compile(r"前[編篇]"), " part 1 "),
    (re.compile(r"後[編篇]"), " part 2 "),
    (re.compile(r"시즌[ \t]*([0-9]{1,2})"), _numbered("season")),
    (re.compile(r"([0-9]{1,2})기(?![가-힣])"), _numbered("season")),
    (re.compile(r"劇場版|剧场版|映画|극장판"), " movie "),
    (re.compile(r"総集[編篇]"), " recap "),
    (re.compile(r"特[別别][編篇]|番外[編篇]|スペシャル|스페셜"), " special "),
    (re.compile(r"ミニアニメ|小剧场|小劇場"), " mini "),
    (re.compile(r"完結[編篇]|最終章|ファイナル"), " final "),
)
#: each begins with a sign of its own, which is what makes the search for it fast
_GLUE: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r",(?<=[0-9],)(?=[0-9]{3})"), ""),
    (re.compile(r"[ \t]-+[ \t]?|-+(?=\n|$)|(?<=\n)-+"), f" {SEPARATOR} "),
    (re.compile(r"\.(?=[ \t])"), f" {SEPARATOR} "),
    (re.compile(r"\.(?:(?<![0-9]\.)|(?![0-9]))"), " "),
)


def one_line(text: str) -> str:
    """The text without line breaks, so that a list of titles can be one text."""
    return " ".join(text.split())


def normalise_all(titles: Sequence[str]) -> list[str]:
    """For each title its words in lower case, parted by spaces, with `|` between name and subtitle.

    Width, case, diacritics, quotation marks and punctuation are gone; digits of all scripts are 0 to 9; Japanese
    and Chinese season, part and film words are English ("第2期" is "season 2"); voiced kana stay whole. A title of
    signs only is "".
    """
    plain = [title.isascii() for title in titles]
    ascii_lines = iter(_plain_lines([title for title, is_ascii in zip(titles, plain, strict=True) if is_ascii]))
    other_lines = iter(_other_lines([title for title, is_ascii in zip(titles, plain, strict=True) if not is_ascii]))
    return [next(ascii_lines if is_ascii else other_lines) for is_ascii in plain]


def _plain_lines(titles: Sequence[str]) -> list[str]:
    """The words of titles in ASCII: without the steps that could change nothing in them."""
    text = "\n".join(map(one_line, titles)).lower()
    for sign, written in _PLAIN_SIGNS.items():
        text = text.replace(sign, written)
    return _glued(text, len(titles))


def _other_lines(titles: Sequence[str]) -> list[str]:
    """The words of titles in any script."""
    text = "\n".join(one_line(unicodedata.normalize("NFKC", title)) for title in titles).casefold()
    text = unicodedata.normalize("NFD", text.translate(_DROPPED | _SPELT)).translate(_COMBINING)
    text = unicodedata.normalize("NFC", text)
    text = text.translate(_PARTED | _digits_in(text))
    for pattern, replacement in _EAST_ASIAN:
        text = pattern.sub(replacement, text)
    return _glued(text, len(titles))


def _digits_in(text: str) -> dict[int, str]:
    """The digits of other scripts, and those in black circles, which NFKC leaves as they are, as 0 to 9."""
    return {ord(sign): str(unicodedata.digit(sign)) for sign in set(text) if sign.isdigit()}


def _glued(text: str, count: int) -> list[str]:
    """The lines of a text with its punctuation written one way; none for no titles."""
    for glue, replacement in _GLUE:
        text = glue.sub(replacement, text)
    text = text.translate({ord(sign): " " for sign in set(text) if not (sign.isalnum() or sign in "\n.|")})
    while "  " in text:
        text = text.replace("  ", " ")
    return [line.strip(" |") for line in text.split("\n")] if count else []


def marks_all(titles: Sequence[str]) -> list[str]:
    """For each title the signs that may be part of the name: "!!" for K-On!!, "'" for Gintama', "" for none.

    They stand in their order. An apostrophe counts only at the end of a word and without an opening partner,
    otherwise it is a quotation mark or an elision.
    """
    wide = (title if title.isascii() else unicodedata.normalize("NFKC", title) for title in titles)
    return [_marks(title) if _MAY_MARK.search(title) else "" for title in wide]


def _marks(title: str) -> str:
    text = title.replace("’", "'").replace("′", "'").replace("‘", "'")
    found = "".join(char for char in text if char in MARKS)
    if "'" not in text:
        return found
    closing = len(re.findall(r"(?<=\w)'(?!\w)", text))
    opening = len(re.findall(r"(?<!\w)'(?=\w)", text))
    return found + "'" * max(0, closing - opening)


def script(text: str) -> int:
    """Which scripts a text is written in, as a bit set; digits alone fit every script."""
    if text.isascii() and text.isalnum() and not text.isdigit():
        return LATIN
    found = 0
    for char in text:
        if "a" <= char <= "z":
            found |= LATIN
        elif "\u3040" <= char <= "\u9fff":
            found |= EAST_ASIAN
        elif not char.isdigit():
            found |= OTHER
    return found or LATIN | EAST_ASIAN | OTHER
