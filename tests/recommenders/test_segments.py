"""Segments: who and what counts in each, by rules a reader can apply by hand."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

from recommenders.errors import InvalidInputError
from recommenders.interactions import Interactions
from recommenders.segments import Relatives, Segment, closed_up, head, segments
from recommenders.splitting import Split

from .worlds import matrix

SCRIPT = Path(__file__).parents[3] / "shared" / "evaluation" / "discovery.py"
N = -1


def hidden(known: Interactions, *pairs: tuple[int, int]) -> Split:
    """A split that hides these (row, column) from users who are known to have something else."""
    held_out = np.zeros((known.n_users, known.n_items), dtype=np.float32)
    for row, column in pairs:
        held_out[row, column] = 1
    return Split(known, sp.csr_array(held_out), "p")


def named(split: Split, franchise: np.ndarray | None = None) -> dict[str, Segment]:
    """The segments by the first words behind the protocol; '' = everybody."""
    return {one.protocol[1:].split(" (")[0].strip(", "): one for one in segments(split, franchise)}


def test_relatives_of_what_a_user_has_leave_lists_and_targets() -> None:
    """User 0 has item 0 of franchise 7: items 1 (also 7) go, 2 (franchise 8) and 3 (none) stay and close up."""
    split = hidden(matrix([[8, 0, 0, 0, 0], [0, 0, 0, 0, 9]]), (0, 1), (0, 2), (1, 1))
    found = named(split, np.array([7, 7, 8, N, N]))["discovery"]
    assert found.users.tolist() == [0, 1]
    assert found.targets.toarray().tolist() == [[0, 0, 1, 0, 0], [0, 1, 0, 0, 0]]
    lists = found.lists(np.array([[1, 3, N, 2], [0, 1, N, N]], dtype=np.int32))
    assert lists.tolist() == [[3, 2, N, N], [0, 1, N, N]]


def test_items_in_no_franchise_are_related_to_nothing() -> None:
    """-1 is not a franchise that they would share."""
    split = hidden(matrix([[8, 0, 0]]), (0, 1))
    assert named(split, np.array([N, N, N]))["discovery"].targets.toarray().tolist() == [[0, 1, 0]]


def test_a_user_whose_targets_are_all_relatives_is_not_in_discovery() -> None:
    """And where nobody is left there is no such segment; without franchises neither."""
    split = hidden(matrix([[8, 0, 0]]), (0, 1))
    assert "discovery" not in named(split, np.array([3, 3, N]))
    assert "discovery" not in named(split)
    assert next(one.protocol for one in segments(split)) == "p"


def test_the_head_is_the_fewest_items_with_four_fifths_of_the_entries() -> None:
    """Of 4 + 3 + 2 + 1 entries, 4 + 3 are less than 8 and 4 + 3 + 2 reach it; of equals the first is taken."""
    rows = [[5, 5, 5, 5], [5, 5, 5, 0], [5, 5, 0, 0], [5, 0, 0, 0]]
    assert head(hidden(matrix(rows))).tolist() == [True, True, True, False]
    assert head(hidden(matrix([[5, 5, 5, 5, 5]]))).tolist() == [True, True, True, True, False]


def test_the_long_tail_counts_targets_outside_the_head_and_leaves_lists_alone() -> None:
    """Item 3 alone is outside the head of the example; the user whose only target is item 0 does not count."""
    rows = [[5, 5, 5, 5, 0], [5, 5, 5, 0, 0], [5, 5, 0, 0, 0], [0, 0, 0, 0, 5], [5, 0, 0, 0, 0]]
    split = hidden(matrix(rows), (2, 2), (2, 3), (3, 0))
    found = named(split)["long tail"]
    assert found.users.tolist() == [0]
    assert found.targets.toarray().tolist() == [[0, 0, 0, 1, 0]]
    assert found.lists(np.array([[2, 3], [0, 1]], dtype=np.int32)).tolist() == [[2, 3]]


def test_users_of_whom_little_is_known_are_cold() -> None:
    """Ten known entries are few, eleven are not."""
    rows = [[5] * 10 + [0, 0, 0], [5] * 11 + [0, 0]]
    found = named(hidden(matrix(rows), (0, 12), (1, 12)))["cold start"]
    assert found.users.tolist() == [0]


def test_franchises_are_needed_for_every_item() -> None:
    """An array of another length is of other items."""
    with pytest.raises(InvalidInputError, match="one for each"):
        Relatives(np.array([1]), sp.csr_array((1, 2)), np.array([0]))


def test_lists_close_up_in_their_order() -> None:
    """What stays keeps its order, free places come last."""
    items, kept = np.array([[4, 5, 6]], dtype=np.int32), np.array([[False, True, True]])
    assert closed_up(items, kept).tolist() == [[5, 6, N]]


@pytest.mark.skipif(not SCRIPT.exists(), reason="../shared/evaluation is not here")
def test_the_discovery_script_leaves_the_same(tmp_path: Path) -> None:
    """Lists and targets are those of the project's script, on random users, items and franchises."""
    rng = np.random.default_rng(1)
    users, items = 30, 60
    known = rng.random((users, items)) < 0.1
    target = (rng.random((users, items)) < 0.2) & ~known
    order = np.argsort(rng.random((users, items)) + known, axis=1)[:, :20].astype(np.int32)
    franchise = rng.integers(-1, 12, items)
    row, column = np.nonzero(known)
    train = Interactions.from_arrays(
        row, column, np.full(len(row), 8.0), user_keys=range(users), item_keys=range(items)
    )
    split = Split(train, sp.csr_array(target.astype(np.float32)), "p")
    found = named(split, franchise)["discovery"]
    ranks = [(user, item, rank + 1) for user in range(users) for rank, item in enumerate(order[user])]
    tables = {
        "recs": pd.DataFrame(ranks, columns=["user_id", "item_id", "rank"]),
        "held": pd.DataFrame(np.argwhere(target), columns=["user_id", "item_id"]),
        "train": pd.DataFrame(np.argwhere(known), columns=["user_id", "item_id"]),
        "groups": pd.DataFrame({"item_id": range(items), "franchise_id": franchise}).query("franchise_id >= 0"),
    }
    for name, table in tables.items():
        table.to_csv(tmp_path / name, index=False)
    names = [str(tmp_path / name) for name in (*tables, "out_recs", "out_held")]
    subprocess.run([sys.executable, str(SCRIPT), *names], check=True)
    recs, held = pd.read_csv(names[-2]), pd.read_csv(names[-1])
    expected = held.groupby("user_id")["item_id"].apply(sorted).to_dict()
    evaluated = split.evaluated[found.users]
    assert {user: found.targets[[at]].indices.tolist() for at, user in enumerate(evaluated)} == expected
    lists = recs.groupby("user_id")["item_id"].apply(list).to_dict()
    left = found.lists(order[split.evaluated])
    for at, user in enumerate(evaluated):
        assert left[at][left[at] >= 0].tolist() == lists.get(user, [])
