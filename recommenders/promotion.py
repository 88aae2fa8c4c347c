"""Which of the models measured on one split is to serve: the one that serves now, unless another is surely better.

The one rule: whoever serves stays. A challenger has to show on the same users that it is better beyond chance,
and may not pay for it with what one mean does not show; what it pays with, and how much, stands in `GUARDS`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from recommenders.intervals import FEWEST_USERS, compare
from recommenders.metrics import BASELINE, HEADLINE, UserMetrics


@dataclass(frozen=True)
class Guard:
    """A figure in which a challenger must not fall behind the champion.

    Attributes:
        metric: of which figure.
        k: at which depth.
        segment: among which users or titles; '' = all.
        share: at least so much of the champion's value; None = not below the champion's 95 % interval.
        why: what the headline would not have told.
    """

    metric: str
    k: int
    segment: str
    share: float | None
    why: str

    @property
    def name(self) -> str:
        """The figure in words."""
        return f"{self.segment} {self.metric}@{self.k}".strip()


GUARDS = (
    Guard("coverage", 10, "", 0.75, "a model can win by showing everybody the same few titles"),
    Guard("ndcg", 10, "long tail", None, "most of what is hidden is popular, so a model can win on that alone"),
    Guard("ndcg", 10, "discovery", None, "a model can win by naming the sequels of what people have"),
)
MAX_SECONDS_PER_USER = 0.05
"""Processor time to score and rank the whole catalogue for one user: applications wait for it."""
MAX_BYTES = 1_000_000_000
"""Of the stored model: serving holds it in memory, beside the snapshot."""


@dataclass(frozen=True)
class Figure:
    """One figure of one version; no interval where none is defined."""

    value: float
    ci_low: float | None = None
    ci_high: float | None = None


@dataclass(frozen=True)
class Candidate:
    """One version, measured.

    Attributes:
        version_id: its id.
        model: its name.
        users: each evaluated user's figures, in the same order for all candidates.
        figures: by segment ('' = everybody), metric and k.
    """

    version_id: str
    model: str
    users: UserMetrics
    figures: Mapping[tuple[str, str, int], Figure]

    @property
    def headline(self) -> float:
        """Mean NDCG@10."""
        return self.users.mean(*HEADLINE)


@dataclass(frozen=True)
class Cost:
    """What serving a version takes.

    Attributes:
        seconds_per_user: processor time to score and rank the whole catalogue for one user.
        stored_bytes: of the stored model.
    """

    seconds_per_user: float
    stored_bytes: int


@dataclass(frozen=True)
class Decision:
    """Why one version did, or did not, take the place of another.

    Attributes:
        challenger: the version that would come.
        champion: the version that serves.
        is_promoted: whether it came.
        difference: NDCG@10, challenger minus champion.
        ci_low: lower end of the paired 95 % interval.
        ci_high: upper end.
        reasons: sentences; what spoke against it, or that nothing did.
    """

    challenger: Candidate
    champion: Candidate
    is_promoted: bool
    difference: float
    ci_low: float
    ci_high: float
    reasons: tuple[str, ...]


def choose(
    candidates: Sequence[Candidate],
    serving: str | None,
    cost_of: Callable[[Candidate], Cost],
    held_because: str | None = None,
    before: Sequence[str] = (),
) -> tuple[Candidate, list[Decision]]:
    """The version that is to serve, and a decision on each comparison made.

    Where nothing serves yet, or what served was not measured today, popularity is what has to be beaten; it has
    no breadth or novelty of its own to lose, so the guards are left out. Whenever a version is promoted the
    others are compared with it too, so that the answer is the same when it is asked again. The guards hold against
    all whose place was taken on the way: many small steps may not lose what one step may not.

    Args:
        candidates: the versions measured today, one of each model; at least one.
        serving: the model that serves.
        cost_of: what serving a version takes; only asked of those that would be promoted.
        held_because: why the serving model stays whatever is measured; None = it has to be the best.
        before: versions whose place the serving one took by these rules, one after the other, the last first.
    """
    by_model = {one.model: one for one in candidates}
    ranked = sorted(candidates, key=lambda one: (-one.headline, one.model != BASELINE, one.model))
    champion = by_model.get(serving or BASELINE) or by_model.get(BASELINE) or ranked[0]
    by_version = {one.version_id: one for one in candidates}
    guarded = [champion, *(by_version[one] for one in before if one in by_version)]
    decisions: list[Decision] = []
    while True:
        made = list(_round(guarded, ranked, cost_of, held_because))
        decisions += made
        promoted = [one for one in made if one.is_promoted]
        if not promoted:
            return champion, decisions
        champion = promoted[0].challenger
        guarded.insert(0, champion)


def objections(challenger: Candidate, champion: Candidate, whose: str = "the champion's") -> list[str]:
    """Which guards a challenger breaks, each in a sentence; [] where all hold or cannot be looked at."""
    found = []
    for guard in GUARDS:
        key = (guard.segment, guard.metric, guard.k)
        new, old = challenger.figures.get(key), champion.figures.get(key)
        if new is None or old is None:
            continue
        least = old.value * guard.share if guard.share is not None else old.ci_low
        if least is not None and new.value < least:
            kind = f"{guard.share:.0%} of" if guard.share is not None else "the interval of"
            found.append(
                f"{guard.name} falls from {old.value:.4f} to {new.value:.4f}, below {kind} {whose}: {guard.why}"
            )
    return found


def _round(
    guarded: Sequence[Candidate],
    ranked: Sequence[Candidate],
    cost_of: Callable[[Candidate], Cost],
    held_because: str | None,
) -> Iterator[Decision]:
    """One decision on each challenger, the best first; at most one is promoted. `guarded` begins with the champion."""
    champion, promoted = guarded[0], None
    for challenger in ranked:
        if challenger is champion:
            continue
        found = compare(challenger.users, champion.users, *HEADLINE)
        interval = f"{found.difference:+.4f} ({found.ci_low:+.4f} to {found.ci_high:+.4f})"
        against = _guards_broken(challenger, guarded)
        if not found.is_higher:
            is_of_few = found.users < FEWEST_USERS
            few = f" of {found.users} users, and chance is told from {FEWEST_USERS} on" if is_of_few else ""
            against.insert(0, f"NDCG@10 is not higher beyond chance: {interval}{few}")
        elif held_because is not None:
            against.insert(0, held_because)
        if not against and promoted is not None:
            against.append(f"{promoted.version_id} is better still")
        against = against or _too_dear(cost_of(challenger))
        if not against:
            promoted = challenger
        reasons = tuple(against) or (f"NDCG@10 is higher beyond chance: {interval}, and every guard holds",)
        yield Decision(challenger, champion, not against, found.difference, found.ci_low, found.ci_high, reasons)


def _guards_broken(challenger: Candidate, guarded: Sequence[Candidate]) -> list[str]:
    """What the champion, or else one whose place it took, would not have been left for; popularity guards nothing."""
    champion, *earlier = guarded
    found = [] if champion.model == BASELINE else objections(challenger, champion)
    for one in earlier:
        if not found and challenger is not one and one.model != BASELINE:
            found = objections(challenger, one, f"what {one.version_id} had, whose place the champion took")
    return found


def _too_dear(cost: Cost) -> list[str]:
    """Which limits serving would break; measured seconds are left out, so that equal decisions read alike."""
    found = []
    if cost.seconds_per_user > MAX_SECONDS_PER_USER:
        found.append(f"ranking takes more than {MAX_SECONDS_PER_USER} s of processor time per user")
    if cost.stored_bytes > MAX_BYTES:
        found.append(f"the stored model is larger than {MAX_BYTES / 1e9:g} GB")
    return found
