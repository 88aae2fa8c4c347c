"""What `osusume demo-services` takes, and what it refuses before any world is made."""

from collections.abc import Callable

import pytest

from orchestration.cli.parser import build_parser


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--port", "99999", "'99999' is not a port"),
        ("--port", "http", "'http' is not a port"),
        ("--faults", "2", "'2' is not a share from 0 to 0.5"),
        ("--faults", "nan", "'nan' is not a share"),
        ("--rate-scale", "0", "'0' is not a number above 0"),
        ("--rate-scale", "inf", "'inf' is not a number above 0"),
    ],
)
def test_what_no_service_can_be_is_wrong_usage(osusume: Callable, option: str, value: str, said: str) -> None:
    """One message that names the option, and status 2."""
    called = osusume("demo-services", option, value)
    assert called.status == 2
    assert option in called.err
    assert said in called.err


def test_the_ends_of_the_ranges_are_taken() -> None:
    """Half of all requests may fail, on the last port."""
    args = build_parser().parse_args(["demo-services", "--port", "65535", "--faults", "0.5", "--rate-scale", "0.1"])
    assert (args.port, args.faults, args.rate_scale) == (65535, 0.5, 0.1)
