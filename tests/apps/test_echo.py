"""Echo: the first programs that a student meets."""

import pytest

from course import Scenario, faults
from course.apps import echo

TALK = Scenario(server=echo.server, client=echo.client)


def test_the_client_gets_back_what_it_sends():
    assert TALK.run().results == {"server": None, "client": b"hello"}


def test_both_ends_close():
    run = TALK.run()

    assert [sent.sender for sent in run.trace.sent if sent.segment.fin] == ["client", "server"]
    assert {str(row.state) for row in run.trace.states()} == {"CLOSED"}


@pytest.mark.parametrize("n", range(1, 6))
@pytest.mark.parametrize("host", ["server", "client"])
def test_it_works_whichever_segment_is_lost(host, n):
    run = TALK.with_faults(faults.drop(host, n)).run()

    assert run.results["client"] == b"hello"


def test_the_server_echoes_as_much_as_one_sends():
    def client(host):
        with host.create_connection(("server", echo.PORT)) as connection:
            connection.sendall(bytes(10_000))
            connection.shutdown(host.SHUT_WR)
            heard = b""
            while octets := connection.recv(4096):
                heard += octets
            return heard

    assert Scenario(server=echo.server, client=client).run().results["client"] == bytes(10_000)
