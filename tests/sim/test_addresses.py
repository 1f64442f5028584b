"""Names and addresses in the simulated network, and which sockets there are."""

import socket as standard

import pytest

from course import Scenario, TcpParameters
from tests.talk import alone, error, idle


def test_a_host_is_found_by_its_name_and_by_its_address_and_itself_by_no_name():
    def program(host):
        return [host.gethostbyname(name) for name in ("b", "", "10.0.0.7")], host.address, host.name

    run = Scenario(a=program, b=idle).run()

    assert run.results["a"] == (["10.0.0.2", "10.0.0.1", "10.0.0.7"], "10.0.0.1", "a")


@pytest.mark.parametrize("name", ["nowhere", "localhost", "10.0.0", "10.0.0.256", "::1"])
def test_a_name_that_no_host_has_is_a_gaierror_that_says_which_there_are(name):
    """getaddrinfo(3), EAI_NONAME, as the socket module raises it."""

    def program(host):
        try:
            host.create_connection((name, 1))
        except standard.gaierror as refused:
            return refused

    refused = alone(program)
    assert refused.errno == standard.EAI_NONAME
    assert name in str(refused)
    assert "there are: host" in str(refused)


@pytest.mark.parametrize(
    ("address", "kind", "says"),
    [
        ("server", TypeError, ["pair", '("server", 7000)', "'server'"]),
        (("server", 7000, 1), TypeError, ["pair"]),
        (["server", 7000], TypeError, ["pair"]),
        (("server", "7000"), TypeError, ["port number", "'7000'"]),
        ((None, 7000), TypeError, ["name", "None"]),
        (("", 65_536), OverflowError, ["0-65535"]),
        (("", -1), OverflowError, ["0-65535"]),
    ],
    ids=str,
)
@pytest.mark.parametrize("call", ["bind", "connect"])
def test_what_is_no_address_is_refused_as_the_socket_module_refuses_it(address, kind, says, call):
    def program(host):
        with host.socket() as made, pytest.raises(kind) as refused:
            getattr(made, call)(address)
        return str(refused.value)

    said = alone(program)
    assert [words for words in says if words not in said] == []


def test_port_65535_is_the_last_one():
    assert alone(lambda host: host.create_server(("", 65_535)).getsockname()) == ("10.0.0.1", 65_535)


def test_a_call_that_fails_with_no_oserror_has_come_back_all_the_same():
    """The program caught it and went on: its call is over, in the record and for the result."""

    def program(host):
        with pytest.raises(OverflowError):
            host.socket().bind(("", 70_000))
        return "caught"

    run = Scenario(host=program).run()

    assert run.results == {"host": "caught"}
    assert [(back.called.name, back.error) for back in run.trace.returns] == [
        ("socket", None),
        ("bind", "OverflowError"),
    ]


def test_an_address_that_is_nobody_s_is_never_answered():
    """connect(2), ETIMEDOUT."""

    def program(host):
        return error(host.create_connection, ("10.9.9.9", 1))

    run = Scenario(host=program, tcp=TcpParameters(r2_syn=5)).run()

    assert run.results["host"] == "ETIMEDOUT"
    assert {lost.reason for lost in run.trace.dropped} == {"no such host"}


@pytest.mark.parametrize(
    ("family", "kind", "proto", "expected"),
    [
        (standard.AF_INET, standard.SOCK_STREAM, 0, None),
        (standard.AF_INET, standard.SOCK_STREAM, standard.IPPROTO_TCP, None),
        (standard.AF_INET, standard.SOCK_STREAM, standard.IPPROTO_UDP, "EPROTONOSUPPORT"),
        (standard.AF_INET, standard.SOCK_DGRAM, standard.IPPROTO_TCP, "EPROTONOSUPPORT"),
        (standard.AF_INET6, standard.SOCK_STREAM, 0, "EAFNOSUPPORT"),
    ],
)
def test_a_socket_is_tcp_over_ipv4(family, kind, proto, expected):
    """socket(2): EAFNOSUPPORT, EPROTONOSUPPORT; as on Linux, measured."""
    assert alone(lambda host: error(host.socket, family, kind, proto)) == expected


def test_a_socket_knows_what_it_is():
    def program(host):
        made = host.socket()
        return made.family, made.type, made.proto, repr(made)

    assert alone(program) == (standard.AF_INET, standard.SOCK_STREAM, standard.IPPROTO_TCP, "<socket 1 of host>")
