"""Titles as plain words."""

import pytest

from matching.normalise import marks_all, normalise_all


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("Kōri no Hana!", "kori no hana"),
        ("ＫＯＲＩ　ｎｏ　ＨＡＮＡ", "kori no hana"),
        ("Kori★no☆Hana", "kori no hana"),
        ("Kori: no Hana", "kori | no hana"),
        ("Kori no Hana (TV)", "kori no hana | tv"),
        ("Kori - no Hana", "kori | no hana"),
        ("Kori-no Hana", "kori no hana"),
        ("Hunter×Kori", "hunter x kori"),
        ("Ice & Flower", "ice and flower"),
        ("Flower's Ice", "flowers ice"),
        ("1,000 Hana", "1000 hana"),
        ("2.43 Hana", "2.43 hana"),
        ("氷の花 第2期", "氷の花 season 2"),
        ("氷の花 第二季", "氷の花 season 2"),
        ("氷の花 第十二章", "氷の花 part 12"),
        ("劇場版 氷の花", "movie 氷の花"),
        ("氷の花 後編", "氷の花 part 2"),
        ("얼음꽃 시즌 2", "얼음꽃 season 2"),
        ("얼음꽃 3기", "얼음꽃 season 3"),
        ("극장판 얼음꽃 스페셜", "movie 얼음꽃 special"),
        ("冰花 剧场版 特别篇", "冰花 movie special"),
        ("冰花 小剧场", "冰花 mini"),
        ("がぎ", "がぎ"),
        ("Hana ٢", "hana 2"),
        ("Hana ❷ ⓶", "hana 2 2"),
        ("氷の花 第٢期", "氷の花 season 2"),
        ("!!!", ""),
    ],
)
def test_a_title_becomes_plain_words(title, words):
    """Case, width, diacritics and punctuation go; subtitles are set off; Japanese series words become English."""
    assert normalise_all([title]) == [words]


def test_a_list_is_normalised_line_by_line():
    """Each title gives one line of the answer, also when it holds a line break or nothing."""
    titles = ["A\nB", "", "C: D"]
    assert normalise_all(titles) == ["a b", "", "c | d"]
    assert normalise_all([]) == []


@pytest.mark.parametrize(
    ("title", "sign"),
    [
        ("Hana!!", "!!"),
        ("Hana！", "!"),
        ("Hana°", "°"),
        ("Hana'", "'"),
        ("Hana’", "'"),
        ("'Hana'", ""),
        ("Hana's Ice", ""),
        ("Hana*", "*"),
        ("Hana √A", "√"),
        ("Hana∬", "∫∫"),
        ("Hana♭", "♭"),
        ("Hana♪", ""),
        ("Hana", ""),
    ],
)
def test_marks_that_are_part_of_a_name_are_kept_apart(title, sign):
    """Exclamation marks, degrees and closing primes tell works apart; quotation marks and elisions do not."""
    assert marks_all([title]) == [sign]
