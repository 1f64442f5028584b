"""The table of last known states: one row for each end, free of times and of ports that nobody chose."""

import pytest

from course import Event, State, Trace
from course.trace.record import Called, Changed, Observed, Outage
from course.trace.states import LastState, States

HOSTS = {"server": "10.0.0.1", "client": "10.0.0.2"}
SERVER, CLIENT = ("10.0.0.1", 7000), ("10.0.0.2", 49152)
LISTENER = ("server", SERVER, None)
AT_SERVER, AT_CLIENT = ("server", SERVER, CLIENT), ("client", CLIENT, SERVER)


def called(host, name, *arguments):
    return Called(0.0, host, host, 1, "socket 1", name, arguments)


NAMED = called("server", "bind", ("", 7000)), called("client", "connect", ("server", 7000))


def changed(end, after, before=State.CLOSED):
    return Changed(0.0, *end, before, after, Event.SYN)


def observed(end, state, send_queue=None, receive_queue=None):
    return Observed(0.0, *end, state, send_queue, receive_queue, "TCP_INFO")


def states(*records, world="loopback", hosts=HOSTS):
    return Trace(records, hosts, world).states()


def test_the_last_change_counts_in_the_simulated_world():
    last = states(*NAMED, changed(AT_CLIENT, State.SYN_SENT), changed(AT_CLIENT, State.ESTABLISHED), world="simulated")

    assert list(last) == [LastState("client", "server 7000", State.ESTABLISHED)]
    assert len(last) == 1


def test_the_last_observation_counts_in_the_real_world_and_queues_stay_until_others_are_told():
    last = states(
        *NAMED,
        observed(AT_SERVER, State.ESTABLISHED, 0, 5),
        observed(AT_SERVER, State.CLOSE_WAIT),
        observed(AT_CLIENT, State.FIN_WAIT_2, 3, 0),
        observed(AT_CLIENT, State.CLOSED),
    )

    assert list(last) == [
        LastState("server 7000", "client", State.CLOSE_WAIT, 0, 5),
        LastState("client", "server 7000", State.CLOSED),
    ]


def test_a_child_that_returns_to_listen_has_vanished():
    last = states(
        changed(LISTENER, State.LISTEN), changed(AT_SERVER, State.SYN_RECEIVED), changed(AT_SERVER, State.LISTEN)
    )

    assert [row.state for row in last] == [State.LISTEN]


def test_hosts_stand_in_their_order_listeners_first():
    records = [observed(end, State.ESTABLISHED) for end in (AT_CLIENT, AT_SERVER, LISTENER)]

    assert [(row.end, row.peer) for row in states(*NAMED, *records)] == [
        ("server 7000", None),
        ("server 7000", "client"),
        ("client", "server 7000"),
    ]


def test_connections_that_look_the_same_are_ordered_by_what_is_shown():
    ends = [("client", ("10.0.0.2", port), SERVER) for port in (49152, 49153, 49154)]
    moves = State.TIME_WAIT, State.ESTABLISHED, State.CLOSED
    either, other = (
        states(*NAMED, *(observed(end, state) for end, state in zip(ends, order, strict=True)))
        for order in (moves, moves[::-1])
    )

    assert either == other


@pytest.mark.parametrize(
    ("calls", "name"),
    [
        ((), "server"),
        ([called("server", "bind", ("", 7000))], "server 7000"),
        ([called("server", "bind", ("0.0.0.0", 7000))], "server 7000"),
        ([called("server", "bind", ("10.0.0.1", 7000))], "server 7000"),
        ([called("client", "bind", ("", 7000))], "server"),
        ([called("server", "bind", ("", 0)), called("client", "connect", ("server", 7000))], "server"),
        ([called("server", "bind", "nonsense")], "server"),
    ],
)
def test_a_port_is_shown_if_a_program_chose_it(calls, name):
    assert next(iter(states(*calls, observed(LISTENER, State.LISTEN)))).end == name


def test_a_port_that_is_called_is_shown_if_nobody_listens_there():
    last = states(called("client", "connect", ("server", 7000)), observed(AT_CLIENT, State.CLOSED))

    assert [(row.end, row.peer) for row in last] == [("client", "server 7000")]


def test_an_address_without_a_host_stands_for_itself():
    last = states(observed(("client", CLIENT, ("10.0.0.9", 7)), State.SYN_SENT))

    assert next(iter(last)).peer == "10.0.0.9"


TOLD = (
    *NAMED,
    observed(LISTENER, State.LISTEN, 0, 1),
    observed(AT_SERVER, State.CLOSE_WAIT, 0, 6),
    observed(AT_CLIENT, State.FIN_WAIT_2, 0, 0),
)
NOTE = "In the queues a SYN or a FIN counts as one octet, as it does in sequence numbers."


def test_the_table_as_text():
    assert (
        repr(states(*TOLD))
        == str(states(*TOLD))
        == f"""\
The kernel's last word on each connection
end          peer         state       sent, not acknowledged  received, not read
server 7000  –            LISTEN                              1 waiting for accept()
server 7000  client       CLOSE-WAIT                       0  6
client       server 7000  FIN-WAIT-2                       0  0
{NOTE}"""
    )


def test_the_table_without_queues():
    assert (
        repr(states(*NAMED, changed(AT_CLIENT, State.SYN_SENT), world="simulated"))
        == """\
The last state of each connection
end     peer         state
client  server 7000  SYN-SENT"""
    )


def test_the_table_without_rows():
    assert repr(states()) == "The kernel's last word on each connection\nend  peer  state"


def test_the_table_in_jupyter():
    html = states(*TOLD)._repr_html_()

    assert html.count("<tr>") == 4
    assert html.count('<th scope="col"') == 5
    assert ">1 waiting for accept()</td>" in html
    assert html.count('<th scope="row"') == 3
    assert html.endswith(f"<p>{NOTE}</p>")
    assert "<p>" not in states(*NAMED)._repr_html_()
    assert "&lt;b&gt;" in States((LastState("<b>", None, State.LISTEN),))._repr_html_()


def test_a_host_without_power_has_no_connections():
    dark = Outage(1.0, "server", "power cut")
    known = changed(LISTENER, State.LISTEN), changed(AT_SERVER, State.ESTABLISHED), changed(AT_CLIENT, State.SYN_SENT)

    assert [row.end for row in states(*NAMED, *known, dark, world="simulated")] == ["client"]
    assert len(states(*NAMED, *known, Outage(1.0, "server", "process killed"), world="simulated")) == 3
