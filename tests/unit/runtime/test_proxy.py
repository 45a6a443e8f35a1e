"""Which proxy the variables of the environment name: the rules of Go, which the other programs of a cluster follow."""

import pytest

from jupyternetes.runtime.proxy import proxy_for

PROXY = "http://proxy:3128"
OPENSHIFT = "10.0.0.0/8,172.30.0.0/16,.svc"


def is_direct(url: str, no_proxy: str) -> bool:
    environment = {"HTTPS_PROXY": PROXY, "HTTP_PROXY": PROXY, "NO_PROXY": no_proxy}
    return proxy_for(url, environment) is None


@pytest.mark.parametrize(
    ("no_proxy", "direct", "through_the_proxy"),
    [
        (OPENSHIFT, ["https://172.30.0.1:443", "https://10.9.8.7", "https://kubernetes.default.svc"], ["https://11.0.0.1"]),
        ("", ["https://localhost:6443", "https://127.0.0.1", "https://127.9.9.9", "https://[::1]"], ["https://a.org"]),
        # Addresses, alone and with a port.
        ("1.2.3.4", ["https://1.2.3.4", "https://1.2.3.4:6443"], ["https://1.2.3.40", "https://11.2.3.4"]),
        ("1.2.3.4:6443", ["https://1.2.3.4:6443"], ["https://1.2.3.4", "https://1.2.3.4:6444"]),
        ("1.2.3.4:443", ["https://1.2.3.4"], ["http://1.2.3.4"]),
        ("1.2.3.4:80", ["http://1.2.3.4"], ["https://1.2.3.4"]),
        ("1.2.3.4:", ["https://1.2.3.4:6443"], ["https://1.2.3.5"]),
        ("fd00::1", ["https://[fd00::1]", "https://[fd00:0:0::1]:6443"], ["https://[fd00::2]"]),
        ("[fd00::1]:6443", ["https://[fd00::1]:6443"], ["https://[fd00::1]"]),
        ("1.2.3.4", ["https://[::ffff:1.2.3.4]"], ["https://[::1.2.3.4]"]),
        # CIDRs of both families.
        ("10.1.0.0/16", ["https://10.1.255.255:6443"], ["https://10.2.0.0"]),
        ("10.1.2.3/8", ["https://10.200.0.1"], ["https://11.1.2.3"]),
        ("10.0.0.0/8", ["https://[::ffff:10.1.1.1]"], ["https://[fd00::10.1.1.1]"]),
        ("::ffff:10.0.0.0/104", ["https://10.1.1.1"], ["https://11.1.1.1"]),
        ("0.0.0.0/0", ["https://8.8.8.8"], ["https://[2001:db8::1]", "https://example.org"]),
        ("fd00::/8", ["https://[fd12:3456::1]:6443"], ["https://[fe00::1]", "https://10.0.0.1"]),
        ("::/0", ["https://[2001:db8::1]"], ["https://10.0.0.1"]),
        # Names: the domain and what is under it, or only that.
        ("example.org", ["https://example.org", "https://a.b.example.org"], ["https://anexample.org", "https://org"]),
        (".example.org", ["https://a.example.org"], ["https://example.org", "https://anexample.org"]),
        ("*.example.org", ["https://a.example.org"], ["https://example.org"]),
        ("example.org:6443", ["https://a.example.org:6443"], ["https://a.example.org"]),
        (".example.org:443", ["https://a.example.org"], ["https://a.example.org:6443"]),
        ("EXAMPLE.org", ["https://Example.ORG"], ["https://example.net"]),
        # Everything, with or without company.
        ("*", ["https://example.org", "https://8.8.8.8", "https://[2001:db8::1]"], []),
        ("a.org, * ,b.org", ["https://example.org"], []),
        # Blanks, and commas too many.
        (" a.org , b.org,,", ["https://a.org", "https://b.org"], ["https://c.org"]),
    ],
)  # fmt: skip
def test_hosts_of_no_proxy_are_reached_directly_C22(
    no_proxy: str, direct: list[str], through_the_proxy: list[str]
) -> None:
    assert {url: is_direct(url, no_proxy) for url in direct} == dict.fromkeys(direct, True)
    assert {url: is_direct(url, no_proxy) for url in through_the_proxy} == dict.fromkeys(through_the_proxy, False)


@pytest.mark.parametrize(
    "malformed",
    ["10.0.0.0/33", "10.0.0.0/x", "10.0.0.0/", "10.0.0.0/255.0.0.0", "300.0.0.0/8", "fd00::/129", "::ffff:10.0.0.0/95",
     ":6443", "[10.0.0.1", "[10.0.0.1]", "10.0.0.1:x", "10.0.0.1:6443:1", "fe80::1%eth0", "/", "**", "10.0.0.*"],
)  # fmt: skip
def test_a_malformed_entry_is_ignored_and_its_neighbours_count_C22(malformed: str) -> None:
    no_proxy = f"{malformed},good.example.org"
    assert not is_direct("https://10.0.0.1:6443", no_proxy)
    assert is_direct("https://good.example.org", no_proxy)


@pytest.mark.parametrize(
    ("environment", "proxy"),
    [
        ({"HTTPS_PROXY": PROXY}, PROXY),
        ({"https_proxy": PROXY}, PROXY),
        ({"HTTPS_PROXY": PROXY, "https_proxy": "http://other"}, PROXY),
        ({"HTTPS_PROXY": "", "https_proxy": PROXY}, PROXY),
        ({"HTTPS_PROXY": PROXY, "no_proxy": "a.org"}, None),
        ({"HTTPS_PROXY": PROXY, "NO_PROXY": "", "no_proxy": "a.org"}, None),
        ({"HTTPS_PROXY": PROXY, "NO_PROXY": "b.org", "no_proxy": "a.org"}, PROXY),
        ({"HTTP_PROXY": PROXY, "ALL_PROXY": PROXY}, None),
        ({"HTTPS_PROXY": "proxy:3128"}, PROXY),
        ({"HTTPS_PROXY": "https://user:pass@proxy"}, "https://user:pass@proxy"),
        ({"HTTPS_PROXY": "socks5://proxy"}, "socks5://proxy"),
    ],
)
def test_variables_are_read_in_upper_and_lower_case_C22(environment: dict[str, str], proxy: str | None) -> None:
    assert proxy_for("https://a.org:6443", environment) == proxy


@pytest.mark.parametrize("url", ["", "a.org", "https://", "unix:///run/x", "ftp://a.org"])
def test_what_is_no_web_address_has_no_proxy(url: str) -> None:
    assert proxy_for(url, {"HTTPS_PROXY": PROXY, "HTTP_PROXY": PROXY, "FTP_PROXY": PROXY}) is None
