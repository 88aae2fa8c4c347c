"""How a sequel, a film or a special is called: the styles that catalogues use, and how they respell romaji.

A true anime has one official style; a source that does not follow it picks another one of the same role,
which is why "2nd Season", "Season 2", "II" and "2" all mean the same season somewhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from demo.titles import Title

ROMAN = ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")
KANJI = ("〇", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十")


@dataclass(frozen=True, slots=True)
class Style:
    """A way to write one role's title in three languages.

    Fields: {b}ase, {n}umber, {o}rdinal, {r}oman, {k}anji, {a}rc, {y}ear, {p}art and {q}, the part's ordinal.
    """

    romaji: str
    english: str
    native: str


def _styles(*texts: str) -> tuple[Style, ...]:
    return tuple(Style(*(part.strip() for part in text.split("|"))) for text in texts)


# "plain" styles carry a number only, "arc" styles a subtitle; the first of each is the commonest
PLAIN: dict[str, tuple[Style, ...]] = {
    "season": _styles(
        "{b} {o} Season | {b} Season {n} | {b} 第{n}期",
        "{b} {n} | {b} {n} | {b}{n}",
        "{b} {r} | {b} {r} | {b} {r}",
        "{b} Season {n} | {b} Season {n} | {b} シーズン{n}",
        "{b} {o} Season | {b} {o} Season | {b} 第{k}期",
    ),
    "part": _styles(
        "{b} Part {p} | {b} Part {p} | {b} 第{p}クール",
        "{b} {q} Cour | {b} Part {p} | {b} パート{p}",
        "{b} Part {p} | {b} Cour {p} | {b} 後半クール",
    ),
    "movie": _styles(
        "{b} Movie {n} | {b} the Movie {n} | 劇場版 {b} {n}",
        "Gekijouban {b} {n} | {b} Movie {n} | 劇場版{b} 第{n}弾",
    ),
    "ova": _styles(
        "{b} OVA {n} | {b} OVA {n} | {b} OVA {n}",
        "{b} (OVA) {n} | {b} OAV {n} | {b} ビデオ版 {n}",
        "{b} {n} | {b} {n} | {b} {n}",
    ),
    "special": _styles(
        "{b} Specials {n} | {b} Specials {n} | {b} スペシャル {n}",
        "{b} Special {n} | {b} Special {n} | {b} 特別編 {n}",
        "{b} Tokubetsu-hen | {b} Special | {b} 特別編",
        "{b} Bangaihen {n} | {b}: Extra {n} | {b} 番外編 {n}",
    ),
    "summary": _styles(
        "{b} Soushuuhen {n} | {b} Recap {n} | {b} 総集編 {n}",
        "{b} Recap {n} | {b} Recap {n} | {b} 振り返り特番 {n}",
    ),
    "spin_off": _styles(
        "{b} Gaiden {n} | {b} Side Stories {n} | {b} 外伝 {n}", "Mini {b} {n} | Mini {b} {n} | ミニ{b} {n}"
    ),
    "remake": _styles("{b} ({y}) | {b} ({y}) | {b} ({y})", "{b} | {b} | {b}", "Shin {b} | New {b} | 新{b}"),
}
ARC: dict[str, tuple[Style, ...]] = {
    "season": _styles(
        "{b}: {a} | {b}: {a} | {b} {a}",
        "{b} {o} Season: {a} | {b} Season {n}: {a} | {b} 第{n}期 {a}",
        "{b} {n}: {a} | {b} {n}: {a} | {b}{n} {a}",
        "{b} - {a} | {b} {a} | {b} ～{a}～",
        "{b} {o} Season | {b} Season {n} | {b} 第{n}期",
    ),
    "movie": _styles(
        "{b} Movie: {a} | {b} the Movie: {a} | 劇場版 {b} {a}",
        "{b}: {a} | {b}: {a} | {b} {a}",
        "Gekijouban {b}: {a} | {b} The Movie - {a} | 映画 {b} {a}",
        "{b} Movie {n} | {b} the Movie {n} | 劇場版 {b} {n}",
    ),
    "ova": _styles("{b}: {a} | {b}: {a} | {b} {a}", "{b} OVA: {a} | {b} OVA: {a} | {b} OVA {a}"),
    "special": _styles("{b}: {a} | {b}: {a} | {b} {a}", "{b} Special: {a} | {b} Special: {a} | {b} 特別編 {a}"),
    "spin_off": _styles("{b} Gaiden: {a} | {b}: {a} | {b}外伝 {a}", "{b}: {a} | {b} - {a} | {b} ～{a}～"),
}


def ordinal(number: int) -> str:
    """The English ordinal of a small number: 2 -> "2nd", 11 -> "11th"."""
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10 if number % 100 not in (11, 12, 13) else 0, "th")
    return f"{number}{ending}"


def _small(table: tuple[str, ...], number: int) -> str:
    return table[number] if number < len(table) else str(number)


def entitle(style: Style, base: Title, number: int, arc: Title | None, year: int, part: int) -> Title:
    """The title in this style; number 1 of films, OVAs and the like is not written."""
    shown = str(number) if number > 1 else ""
    common = {
        "n": shown,
        "o": ordinal(number),
        "r": _small(ROMAN, number),
        "k": _small(KANJI, number),
        "y": str(year),
        "p": str(part),
        "q": ordinal(part),
    }
    texts = (
        (style.romaji, base.romaji, arc.romaji if arc else ""),
        (style.english, base.english, arc.english if arc else ""),
        (style.native, base.native, arc.native if arc else ""),
    )
    return Title(*(text.format(b=name, a=subtitle, **common).strip() for text, name, subtitle in texts))


def respell(romaji: str, manner: int) -> str:
    """The same romaji as another editor would type it; manner 0, like any unknown one, changes nothing."""
    if manner == 1:
        return romaji.replace("ou", "o").replace("uu", "u").replace("Ou", "O")
    if manner == 2:
        return romaji.replace(" wo ", " o ").replace("ou", "ō").replace("uu", "ū")
    if manner == 3:
        return romaji.upper()
    if manner == 4:  # the first two words run together
        return re.sub(r"^(\w+) (\w)", lambda found: found[1] + found[2].lower(), romaji)
    if manner == 5:
        return romaji.rstrip("!") if romaji.endswith("!") else romaji.replace(": ", " - ")
    if manner == 6:  # the older system of romanisation
        return romaji.replace("shi", "si").replace("tsu", "tu").replace("chi", "ti").replace("fu", "hu")
    if manner == 7:  # particles glued to the word before them, as some sites do
        return re.sub(r" (no|to|wa|wo|ni)\b", r"\1", romaji)
    if manner == 8:  # a slip of the keyboard: one letter of a longer word is missing
        return re.sub(r"(\w{4})\w(\w{2})", r"\1\2", romaji, count=1)
    if manner == 9:  # cut short, as people say it
        return romaji.split(": ")[0].split(" wa ")[0]
    return romaji


MANNERS = 10


def rephrase(english: str, manner: int) -> str:
    """The same meaning as another translator would put it; manner 0, like any unknown, changes nothing."""
    if manner == 1:
        return english.replace(" and ", " & ")
    if manner == 2:
        return re.sub(r"\b(The|the|a) ", "", english)
    if manner == 3:  # "The Ship of X" and "X's Ship"
        turned = re.sub(r"^The (\w[\w ]*?) of (\w+)", r"\2's \1", english)
        return turned if turned != english else re.sub(r"^(\w+)'s ([\w ]+)$", r"The \2 of \1", english)
    if manner == 4:  # the part after the colon comes first
        return re.sub(r"^([^:]+): ([^:]+)$", r"\2 \1", english)
    if manner == 5:
        return english.replace("Became a", "Is Now a").replace("Little ", "").replace("!", "")
    return english


PHRASINGS = 6


def slug_of(text: str) -> str:
    """The text as it stands in a link: lower case, words joined by dashes, nothing but letters and digits."""
    plain = text.lower().replace("ō", "o").replace("ū", "u").replace("'", "")
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
