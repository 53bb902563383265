"""Whose a request is."""

from types import SimpleNamespace

import pytest

from generative.web.base.visitor import visitor


@pytest.mark.parametrize(
    ("host", "who"),
    [
        ("10.1.2.3", "10.1.2.3"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("::ffff:10.1.2.3", "10.1.2.3"),
        ("fe80::1%eth0", "fe80::/64"),
        ("testclient", "testclient"),
    ],
)
def test_a_visitor_is_an_address_or_a_household(host: str, who: str) -> None:
    assert visitor(SimpleNamespace(client=SimpleNamespace(host=host))) == who


def test_a_request_from_nowhere_is_nobodys() -> None:
    assert visitor(SimpleNamespace(client=None)) == ""
