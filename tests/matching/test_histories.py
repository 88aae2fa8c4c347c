"""Keys over random histories: of anime of any make, and of catalogues that change, matched anew every day."""

from __future__ import annotations

import random
from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from matching.keyevents import Name
from matching.match import match
from tests.matching.worlds_changing import CHANGES, SOURCES, Catalogues
from tests.matching.worlds_keys import Ledger, changed

NUMBER = st.integers(0, 200)
NAMES = [(source, str(number)) for source in "akm" for number in range(4)]
NAME = st.sampled_from(NAMES)


class AnyAnime(RuleBasedStateMachine):
    """Records stand in anime of any make, every step is a day, and the ledger sees every one."""

    def __init__(self) -> None:
        super().__init__()
        self.ledger = Ledger()
        self.anime: list[list[Name]] = []

    def day(self, anime: Sequence[Sequence[Name]] | None = None) -> dict[Name, int]:
        """The keys of a day: of the anime as they stand, or of others for that day only."""
        return self.ledger.day([list(cluster) for cluster in (self.anime if anime is None else anime) if cluster])

    def without(self, gone: set[Name]) -> list[list[Name]]:
        """The anime less some records."""
        return [[name for name in cluster if name not in gone] for cluster in self.anime]

    @initialize(place=st.lists(st.integers(0, 7), min_size=len(NAMES), max_size=len(NAMES)))
    def begin(self, place: list[int]) -> None:
        """Records stand in up to seven anime; those in none come later."""
        self.anime = [[name for name, at in zip(NAMES, place, strict=True) if at == number] for number in range(1, 8)]
        self.anime = [cluster for cluster in self.anime if cluster]
        self.day()

    @rule(name=NAME, at=NUMBER)
    def come_or_move(self, name: Name, at: int) -> None:
        """A record comes, or moves, to another anime or to one of its own."""
        self.anime = [cluster for cluster in self.without({name}) if cluster] + [[]]
        self.anime[at % len(self.anime)].append(name)
        self.day()

    @rule(names=st.sets(NAME, max_size=3))
    def vanish(self, names: set[Name]) -> None:
        """Records vanish, and no other record changes its key."""
        before = self.ledger.last
        self.anime = self.without(names)
        assert self.day() == {name: key for name, key in before.items() if name not in names}

    @rule(one=NAME, two=NAME)
    def change_places(self, one: Name, two: Name) -> None:
        """Two records stand in each other's place."""
        placed = {one: two, two: one}
        present = {name for cluster in self.anime for name in cluster}
        if {one, two} <= present:
            self.anime = [[placed.get(name, name) for name in cluster] for cluster in self.anime]
        self.day()

    @precondition(lambda self: self.anime)
    @rule(at=NUMBER, part=st.sets(NAME))
    def come_apart(self, at: int, part: set[Name]) -> None:
        """Some records of an anime are found to be another."""
        cluster = self.anime.pop(at % len(self.anime))
        self.anime += [[name for name in cluster if name in part], [name for name in cluster if name not in part]]
        self.day()

    @precondition(lambda self: len(self.anime) > 1)
    @rule(one=NUMBER, two=NUMBER, lasting=st.booleans())
    def merge(self, one: int, two: int, lasting: bool) -> None:
        """Two anime are found to be one; if only for a day, the split gives every record the key it had."""
        before, apart = self.ledger.last, [list(cluster) for cluster in self.anime]
        merged = self.anime.pop(one % len(self.anime))
        self.anime[two % len(self.anime)].extend(merged)
        self.day()
        if not lasting:
            self.anime = apart
            assert self.day() == before

    @rule(gone=st.sets(NAME, min_size=1))
    def be_away_for_a_day(self, gone: set[Name]) -> None:
        """Records are away for a day, as of a missing source: no key changes, then or afterwards."""
        before = self.ledger.last
        assert self.day(self.without(gone)) == {name: key for name, key in before.items() if name not in gone}
        assert self.day() == before

    @rule(at=st.lists(NUMBER, max_size=4))
    def see_new_records_for_a_day(self, at: list[int]) -> None:
        """Records never seen before join anime or stand alone, then leave again: no old key changes."""
        before = self.ledger.last
        anime = [list(cluster) for cluster in self.anime] + [[]]
        for number, place in enumerate(at):
            anime[place % len(anime)].append(("new", f"{len(self.ledger.events)} {number}"))
        assert before.items() <= self.day(anime).items()
        assert self.day() == before


def test_the_registrys_rules_hold_over_random_histories_of_anime() -> None:
    """In no history is a rule of the ledger broken."""
    days = settings(max_examples=40, stateful_step_count=30, derandomize=True, database=None)
    run_state_machine_as_test(AnyAnime, settings=days)


def test_the_registrys_rules_hold_over_many_short_histories() -> None:
    """Of three sources with four records each, of which one or two change every day."""
    for seed in range(150):
        random_, ledger = random.Random(seed), Ledger()
        anime: list[list[Name]] = []
        for _ in range(6):
            anime = changed(anime, NAMES, random_)
        for _ in range(12):
            ledger.day(anime)
            anime = changed(anime, NAMES, random_)


CHANGE = st.tuples(st.sampled_from(CHANGES), NUMBER, NUMBER)
#: what changes before a day's run, and the source that is missing on it
DAY = st.tuples(st.lists(CHANGE, min_size=1, max_size=9), st.sampled_from([None] * 6 + [*SOURCES]))
FEW = settings(max_examples=8, derandomize=True, database=None)


def refresh(catalogues: Catalogues, ledger: Ledger, missing: str | None = None) -> dict[Name, int]:
    """A day's run from records to keys, in two orders of the records; an anime has one record of a source at most."""
    records = catalogues.present(missing)
    given_ = {"on": catalogues.today, "weights": catalogues.weights}
    clusters = match(records, catalogues.decisions, **given_).clusters
    shuffled = random.Random(len(ledger.events)).sample(records, len(records))
    assert match(shuffled, catalogues.decisions[::-1], **given_).clusters == clusters
    assert all(len({source for source, _ in cluster}) == len(cluster) for cluster in clusters)
    return ledger.day(clusters)


def live(days: Sequence[tuple[list[tuple[str, int, int]], str | None]]) -> tuple[Catalogues, Ledger]:
    """The catalogues and the ledger on the last of these days."""
    catalogues, ledger = Catalogues(), Ledger()
    for changes, missing in days:
        catalogues.next_day()
        for change in changes:
            catalogues.change(*change)
        refresh(catalogues, ledger, missing)
    return catalogues, ledger


@settings(FEW, max_examples=14)
@given(st.lists(DAY, min_size=3, max_size=5))
def test_the_registrys_rules_hold_over_random_histories_of_catalogues(days) -> None:
    """Records come, go and change, decisions come, go, expire and contradict each other, weights change."""
    live(days)


@FEW
@given(st.lists(DAY, min_size=1, max_size=2), st.sampled_from(SOURCES))
def test_a_source_missing_for_a_day_changes_no_key(days, source) -> None:
    """On the day after, every record has the key it had on the day before."""
    catalogues, ledger = live([*days, ([], None)])
    before = ledger.last
    refresh(catalogues, ledger, source)
    assert refresh(catalogues, ledger) == before


@FEW
@given(st.lists(DAY, min_size=1, max_size=2))
def test_new_weights_given_up_again_leave_no_trace(days) -> None:
    """With the old weights back, every record has its old key."""
    catalogues, ledger = live([*days, ([], None)])
    before = ledger.last
    catalogues.change("retrain", 0, 0)
    refresh(catalogues, ledger)
    catalogues.change("retrain", 0, 0)
    assert refresh(catalogues, ledger) == before


@FEW
@given(st.lists(DAY, min_size=1, max_size=2), NUMBER, NUMBER, st.booleans())
def test_the_newest_decision_holds_and_withdrawing_it_leaves_no_trace(days, at, other, same) -> None:
    """Whatever was decided before; afterwards every record has the key it had."""
    catalogues, ledger = live([*days, ([], None)])
    before = ledger.last
    one, two = sorted(before)[at % len(before)], sorted(before)[other % len(before)]
    if one[0] == two[0]:
        return
    decided = catalogues.decide(one, two, same)
    during = refresh(catalogues, ledger)
    assert (during[one] == during[two]) == same
    catalogues.decisions.remove(decided)
    assert refresh(catalogues, ledger) == before
