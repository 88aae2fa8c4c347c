"""`osusume recommend`: for a user of the warehouse, or for somebody who names a few titles."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from orchestration.cli.console import Console, counted, out
from orchestration.settings import Settings
from serving.reader import Reader, Recommendation, open_reader, source_and_id
from warehouse.connection import Warehouse
from warehouse.home import Home

if TYPE_CHECKING:
    from serving.titles import Title, TitleIndex


def run_recommend(args: argparse.Namespace, settings: Settings, console: Console) -> int:
    """Print recommendations, best first; returns 0.

    Raises:
        UnknownUserError: when the id names no user, or several.
        UnknownTitleError: when a title cannot be found.
        UnknownRecordError: when a source has no such id.
        ModelUnavailableError: when the active model cannot be used for somebody new.
        NothingPublished: when there is no snapshot.
    """
    warehouse = Warehouse(Home(settings.home), memory_limit=settings.memory_limit)
    with open_reader(warehouse) as reader:
        found = (
            _for_user(args, reader, console) if args.user is not None else _for_titles(args, reader, warehouse, console)
        )
    for line in lines(found, why=args.why):
        out(line)
    return 0


def lines(found: Iterable[Recommendation], *, why: bool) -> Iterator[str]:
    """The recommendations as text; with `why` each followed by its reason and the titles that carried it."""
    for one in found:
        details = ", ".join(str(detail) for detail in (one.format, one.start_year) if detail)
        yield f"{one.rank:>3}. {one.title}{f' ({details})' if details else ''}"
        if why:
            yield f"     {one.reason}"
            yield from _carriers(one)


def _carriers(one: Recommendation) -> Iterator[str]:
    """The titles that carried a recommendation with their shares, and what else it was made of."""
    for because in one.because:
        rated = f" (rated {because.rating:g})" if because.rating is not None else ""
        yield f"     {because.share:>5.0%}  {because.title}{rated}"
    parts = [f"{share:.0%} {part}" for part, share in one.shares.items() if share >= 0.005]
    if parts:
        yield f"     score {one.score:.4g}: {', '.join(parts)}"


def _for_user(args: argparse.Namespace, reader: Reader, console: Console) -> Sequence[Recommendation]:
    """The published list of a user of the warehouse."""
    user = reader.user(args.user)
    found = reader.recommendations(user.user_key, args.n)
    console.say(f"for {user.name}, {counted(user.entries, 'title')} on the list, {user.ratings:,} rated")
    if not found:
        console.say("no recommendations are published for this user; `osusume run` makes them for everybody")
    return found


def _for_titles(
    args: argparse.Namespace, reader: Reader, warehouse: Warehouse, console: Console
) -> Sequence[Recommendation]:
    """A list made now for somebody who likes the titles, or the anime of the records."""
    from serving.likes import recommend_for_titles
    from serving.titles import TitleIndex

    index = TitleIndex(reader.titles())
    liked = [_liked(words, reader, index, console) for words in args.like]
    answer = recommend_for_titles(reader, warehouse.home, index, liked, args.n)
    for title in answer.unlisted:
        console.say(f"no list that the model learned from has {title.label}")
    if answer.is_popular_only:
        console.say("nothing follows from what was named: this is what is popular")
    return answer.found


def _liked(words: str, reader: Reader, index: TitleIndex, console: Console) -> Title:
    """The anime that `source:id` or a title names; it is said which."""
    from serving.errors import UnknownTitleError
    from serving.identities import IdentityReader

    if called := source_and_id(words):
        record = IdentityReader.of(reader).named(*called)
        if record.anime_key not in index.by_key:
            raise UnknownTitleError(f"{record.name} is {record.anime}, which has no title")
        console.say(f"{record.name} is {record.anime}")
        return index.by_key[record.anime_key]
    match = index.find(words)
    others = "; ".join(other.label for other in match.others)
    console.say(f"{match.words!r} taken {match.how}: {match.title.label}{f' (not: {others})' if others else ''}")
    return match.title
