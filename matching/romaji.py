"""Japanese in Latin letters: kana written out, and the many ways to romanise one word brought to one.

The folded form is for comparing only, never for display. It is applied to both sides alike, so it may be as
coarse as it likes with English words, as long as different works seldom fall together.
"""

from __future__ import annotations

import re

_CLEAR = "あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもやゆよらりるれろわゐゑをん"
_CLEAR_READ = (
    "a i u e o ka ki ku ke ko sa shi su se so ta chi tsu te to na ni nu ne no ha hi fu he ho "
    "ma mi mu me mo ya yu yo ra ri ru re ro wa i e o n"
)
_VOICED = "がぎぐげござじずぜぞだぢづでどばびぶべぼぱぴぷぺぽゔ"
_VOICED_READ = "ga gi gu ge go za ji zu ze zo da ji zu de do ba bi bu be bo pa pi pu pe po vu"
_KANA = dict(zip(_CLEAR + _VOICED, f"{_CLEAR_READ} {_VOICED_READ}".split(), strict=True))
_SMALL_Y = {"ゃ": "a", "ゅ": "u", "ょ": "o"}
_SMALL_VOWELS = {"ぁ": "a", "ぃ": "i", "ぅ": "u", "ぇ": "e", "ぉ": "o"}
_TO_HIRAGANA = {code: code - 0x60 for code in range(0x30A1, 0x30F7)}


def _word(letters: str) -> re.Pattern[str]:
    """The letters as a word of their own; they come first in the pattern, which makes the search for them fast."""
    return re.compile(rf"{letters}(?<=\b{letters})\b")


#: in this order: 传, which Chinese titles spell by either of its readings; long vowels; Hepburn to one spelling
#: per sound; nasals before labials; particles
_FOLDS: tuple[tuple[str | re.Pattern[str], str], ...] = (
    (_word("zhuan"), "chuan"),
    (re.compile(r"ou|oo|oh(?![aeiouy])"), "o"),
    ("aa", "a"),
    ("ee", "e"),
    ("ii", "i"),
    ("uu", "u"),
    ("tch", "cch"),
    (re.compile(r"dz|j(?=i)|d(?=zu)"), "z"),
    ("tsu", "tu"),
    ("shi", "si"),
    ("chi", "ti"),
    ("sh", "sy"),
    ("ch", "ty"),
    (re.compile(r"jy?"), "zy"),
    ("fu", "hu"),
    ("v", "b"),
    (re.compile(r"m(?=[bp])"), "n"),
    (_word("wo"), "o"),
    (_word("ha"), "wa"),
    (_word("he"), "e"),
)
_HAS_KANA = re.compile(r"[\u3041-\u309f\u30a1-\u30fa]")
_HAS_OTHER_SCRIPT = re.compile(r"[\u3400-\u9fff\uac00-\ud7af]")


def fold(text: str) -> str:
    """The text with romanisation variants made one: ō/ou/oo, wo/o, tsu/tu, shi/si, senpai/sempai, and so on.

    Expects lower case without diacritics. Spaces and line breaks stay where they are, so that a whole list can
    be folded as one text with a line for each title (many times faster than one by one).
    """
    for found, written in _FOLDS:
        text = text.replace(found, written) if isinstance(found, str) else found.sub(written, text)
    return text


def is_written_in_kana(text: str) -> bool:
    """Whether the text can be read out without a dictionary: kana in it, and no Chinese characters."""
    return bool(_HAS_KANA.search(text)) and not _HAS_OTHER_SCRIPT.search(text)


def romanise(text: str) -> str:
    """Kana as Hepburn letters without long vowel marks; everything that is not kana stays as it is."""
    out: list[str] = []
    double = False
    for char in text.translate(_TO_HIRAGANA):
        if char == "ー":
            continue
        if char == "っ":
            double = True
            continue
        previous = out[-1] if out else ""
        if char in _SMALL_Y and previous[-1:] == "i" and len(previous) > 1:
            stem = previous[:-1]
            out[-1] = stem + ("" if stem[-2:] in ("sh", "ch") or stem[-1] == "j" else "y") + _SMALL_Y[char]
        elif char in _SMALL_VOWELS and previous[-1:] in ("a", "i", "u", "e", "o") and len(previous) > 1:
            out[-1] = previous[:-1] + _SMALL_VOWELS[char]
        else:
            syllable = _KANA.get(char) or _SMALL_VOWELS.get(char) or _SMALL_Y.get(char) or char
            out.append(syllable[0] + syllable if double and syllable[0].isalpha() else syllable)
        double = False
    return "".join(out)
