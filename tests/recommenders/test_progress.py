"""Progress: said now and then, with a forecast from what was done since the start."""

from recommenders.progress import Progress


def test_progress_is_said_ever_less_often_and_at_the_end() -> None:
    """1,000 of 6,100 took 20 s, 100 were there before: 5,000 more take 100 s. The next word is due after 30 s."""
    now, said = [5.0], list[str]()
    progress = Progress("descriptions", said.append, lambda: now[0])
    for second, done in ((5, 100), (14, 600), (25, 1_100), (34, 1_500), (35, 2_000), (40, 6_100)):
        now[0] = float(second)
        progress(done, 6_100)
    assert said == [
        "1,100 of 6,100 descriptions, about 2 min left",
        "2,000 of 6,100 descriptions, about 1 min left",
        "6,100 of 6,100 descriptions",
    ]


def test_of_what_is_done_at_once_nothing_is_said() -> None:
    """Nor of what was done before."""
    said = list[str]()
    progress = Progress("descriptions", said.append, lambda: 0.0)
    progress(3, 3)
    progress(3, 3)
    assert said == []
