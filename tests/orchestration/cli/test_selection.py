"""`--select`: names, Dagster's syntax, and wrong ones."""

import dagster as dg
import pytest

from orchestration.cli.selection import select_assets
from orchestration.errors import UsageError
from tests.orchestration.cli.toy import toy_definitions


@pytest.mark.parametrize(
    ("expressions", "names"),
    [
        (["first"], ["first"]),
        (["first+"], ["first", "second", "third", "twin_one", "twin_two"]),
        (["+third"], ["first", "second", "third"]),
        (["1+third"], ["second", "third"]),
        (["first+1"], ["first", "second", "twin_one", "twin_two"]),
        (["*third"], ["first", "second", "third"]),
        (["first", "third"], ["first", "third"]),
        (["first or third"], ["first", "third"]),
        (["group:core and not second"], ["first", "third"]),
        (['key:"second"'], ["second"]),
        (["key:second"], ["second"]),
        (["second+ and not second"], ["third"]),
        (["twin_one"], ["twin_one", "twin_two"]),
    ],
)
def test_names_and_dagsters_syntax_select_assets(expressions: list[str], names: list[str]) -> None:
    """Several expressions add up; assets of one step come together."""
    found = select_assets(toy_definitions(), expressions)
    assert [key.to_user_string() for key in found] == names


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("seconnd", "Nearest: second"),
        ("zzzz", "There are 5 assets"),
        ("thirt+", "Nearest: third"),
        ("group:nothing", "matches no asset"),
        ("first and (", "is not a selection"),
        ("frst or third", "is not a selection|matches no asset|Nearest"),
    ],
)
def test_a_wrong_selection_is_refused_with_the_nearest_names(expression: str, said: str) -> None:
    """The message repeats what was given."""
    with pytest.raises(UsageError, match=said) as refused:
        select_assets(toy_definitions(), [expression])
    assert expression.rstrip("+") in str(refused.value)


def test_what_is_read_in_partitions_is_selected_by_nobody_without_them() -> None:
    """In company it is left out; alone it is refused, with who reads it."""
    parts = dg.StaticPartitionsDefinition(["a", "b"])
    landing = dg.AssetsDefinition.from_op(
        dg.op(name="landing")(lambda: 1), partitions_def=parts, group_name="ingestion"
    )
    raw = dg.AssetsDefinition.from_op(dg.op(name="raw")(lambda: 1), group_name="ingestion")
    defs = dg.Definitions(assets=[landing, raw])
    assert select_assets(defs, ["group:ingestion"]) == [dg.AssetKey("raw")]
    with pytest.raises(UsageError, match="osusume backfill"):
        select_assets(defs, ["landing"])
