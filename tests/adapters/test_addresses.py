"""What a source gives as an address leads where a browser would go, or nowhere."""

import pytest

from adapters.addresses import host_in, is_same_host, joined


@pytest.mark.parametrize(
    ("ours", "theirs", "same"),
    [
        ("https://a.example", "https://a.example:443/x", True),
        ("https://a.example", "https://A.example/x", True),
        ("http://a.example", "https://a.example/x", True),
        ("https://a.example", "http://a.example/x", False),
        ("https://a.example", "https://a.example:8443/x", False),
        ("https://a.example", "https://a.example.evil.example/x", False),
        ("https://a.example", "https://a.example@evil.example/x", False),
        ("https://a.example", "file:///etc/passwd", False),
        ("https://a.example", "https://a.example:port/x", False),
    ],
)
def test_hosts_are_compared_as_a_browser_would(ours: str, theirs: str, same: bool) -> None:
    """Names, ports and schemes count; only the step from http up to https is one host."""
    assert is_same_host(ours, theirs) is same


@pytest.mark.parametrize("link", ["http://[bad", "//]"])
def test_what_is_no_address_leads_nowhere(link: str) -> None:
    """To no host, and on none."""
    assert joined("https://a.example/x", link) == host_in(link) == ""
    assert not is_same_host("https://a.example", link)
    assert joined("https://a.example/x", "y") == "https://a.example/y"
    assert host_in("https://a.example:8443/y") == "a.example:8443"
