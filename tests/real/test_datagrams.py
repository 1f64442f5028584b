"""UDP with a peer and without: who hears that nobody receives."""

from course.real import datagrams
from tests.real.test_leaks import left_over


def test_the_second_send_of_a_connected_socket_hears_that_nobody_receives():
    before = left_over()
    rows = datagrams.refused().rows

    assert [came for *_, came in rows] == ["OK", "5", "ECONNREFUSED", "5", "5"]
    assert left_over() == before
