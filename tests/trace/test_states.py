"""The last state of each connection, as a small table."""

from course import Scenario, TcpParameters
from course.tcp.state import Event, State
from course.trace.record import Called, Changed, Observed
from course.trace.states import LastState
from course.trace.trace import Trace
from tests.talk import PORT, answering, calling, error, hear, idle

SERVER, CLIENT = ("10.0.0.1", PORT), ("10.0.0.2", 49152)
HOSTS = {"server": SERVER[0], "client": CLIENT[0]}


def observed(state, send=None, receive=None, host="client", ends=(CLIENT, SERVER), source="TCP_INFO"):
    return Observed(0.0, host, *ends, state, send, receive, source)


def rows(*records, hosts=None):
    return list(Trace(records, HOSTS if hosts is None else hosts).states())


def bound(host="server", address=("", PORT)):
    return Called(0.0, host, host, 1, "socket 1", "bind", (address,))


def lunch(host):
    """Listen, and never accept."""
    host.create_server(("", PORT))
    host.sleep(3600)


def test_both_ends_are_established_although_nobody_has_accepted():
    """Misconception M01."""
    run = Scenario(server=lunch, client=lambda host: host.create_connection(("server", PORT)) and None).run(until=1)

    assert list(run.trace.states()) == [
        LastState("server 7000", None, State.LISTEN),
        LastState("server 7000", "client", State.ESTABLISHED),
        LastState("client", "server 7000", State.ESTABLISHED),
    ]


def test_the_last_change_counts():
    run = Scenario(server=answering(hear), client=calling(idle)).run(until=1)

    assert [row.state for row in run.trace.states()] == [State.CLOSED, State.CLOSED, State.TIME_WAIT]


def test_the_table_can_be_printed_and_has_no_queues_where_nobody_tells_them():
    run = Scenario(server=lunch, client=lambda host: host.create_connection(("server", PORT)) and None).run(until=1)

    assert repr(run.trace.states()).splitlines() == [
        "The last state of each connection",
        "end          peer         state",
        "server 7000  –            LISTEN",
        "server 7000  client       ESTABLISHED",
        "client       server 7000  ESTABLISHED",
    ]


def test_a_run_without_connections_has_no_states():
    table = Scenario(host=idle).run().trace.states()

    assert len(table) == 0
    assert repr(table).splitlines()[0] == "The last state of each connection"


def test_the_table_does_not_show_ports_that_nobody_chose():
    """What a loopback cell prints must be free of ports that another run would not have."""
    run = Scenario(server=lunch, client=lambda host: error(host.create_connection, ("server", PORT))).run(until=1)

    assert "49152" not in repr(run.trace.states())


def test_the_table_shows_ports_that_a_program_bound_to():
    def client(host):
        host.create_connection(("server", PORT), source_address=("client", 5555))

    run = Scenario(server=lunch, client=client).run(until=1)

    assert [row.end for row in run.trace.states()] == ["server 7000", "server 7000", "client 5555"]


def test_a_child_that_vanished_is_not_in_the_table():
    """RFC 9293, section 3.10.7.4, second: it "returns to LISTEN"."""

    def client(host):
        with host.socket() as made:
            made.settimeout(0.08)
            error(made.connect, ("server", PORT))

    run = Scenario(server=lunch, client=client, tcp=TcpParameters(r2_syn=5)).run(until=3)

    assert [(row.end, row.peer, row.state) for row in run.trace.states()] == [
        ("server 7000", None, State.LISTEN),
        ("client", "server 7000", State.CLOSED),
    ]


# ---------------------------------------------------------------- observations


def test_an_observation_tells_the_queues():
    assert rows(bound(), observed(State.ESTABLISHED, 5, 7)) == [
        LastState("client", "server 7000", State.ESTABLISHED, 5, 7)
    ]


def test_an_observation_without_queues_leaves_them_as_they_were():
    (row,) = rows(observed(State.ESTABLISHED, 5, 7), observed(State.CLOSE_WAIT))

    assert (row.state, row.send_queue, row.receive_queue) == (State.CLOSE_WAIT, 5, 7)


def test_a_closed_connection_has_no_queues():
    (row,) = rows(observed(State.ESTABLISHED, 5, 7), observed(State.CLOSED))

    assert (row.send_queue, row.receive_queue) == (None, None)


def test_a_listener_s_queue_counts_the_connections_that_wait_for_accept():
    """kernel.md: the listener's receive queue counts the waiting connections."""
    table = Trace((bound(), observed(State.LISTEN, 0, 3, "server", (SERVER, None))), HOSTS).states()

    assert repr(table).splitlines()[1:] == [
        "end          peer  state   sent, not acknowledged  received, not read",
        "server 7000  –     LISTEN                          3 waiting for accept()",
    ]


def test_queues_that_hold_a_fin_are_explained():
    """A FIN counts as one octet: a queue of 1 may hold no octet at all."""
    waiting = Trace((observed(State.FIN_WAIT_1, 1, 0),), HOSTS).states()
    quiet = Trace((observed(State.FIN_WAIT_2, 0, 0),), HOSTS).states()
    open_ = Trace((observed(State.ESTABLISHED, 1, 0),), HOSTS).states()

    assert "a SYN or a FIN counts as one octet" in repr(waiting)
    assert "a SYN or a FIN counts as one octet" in waiting._repr_html_()
    assert "counts" not in repr(quiet)
    assert "counts" not in repr(open_)


def test_what_the_kernel_said_is_called_so():
    table = Trace((observed(State.ESTABLISHED),), HOSTS, world="loopback").states()

    assert repr(table).startswith("The kernel's last word on each connection\n")


# ---------------------------------------------------------------- order and names


def test_hosts_stand_in_the_scenario_s_order_and_listeners_first():
    listening = Changed(0.0, "server", SERVER, None, State.CLOSED, State.LISTEN, Event.PASSIVE_OPEN)
    records = (
        observed(State.ESTABLISHED),
        observed(State.ESTABLISHED, host="server", ends=(SERVER, CLIENT)),
        listening,
        bound(),
    )

    assert [(row.end, row.peer) for row in rows(*records)] == [
        ("server 7000", None),
        ("server 7000", "client"),
        ("client", "server 7000"),
    ]


def test_a_host_without_a_name_is_called_by_its_address():
    assert [row.end for row in rows(observed(State.ESTABLISHED), hosts={})] == ["10.0.0.2"]


def test_a_port_that_was_only_called_is_named_but_a_listener_s_own_is_not():
    """listen() without bind() gets any free port: another run would have another one."""
    call = Called(0.0, "client", "client", 1, "socket 1", "connect", (("server", PORT),))
    listening = Changed(0.0, "server", SERVER, None, State.CLOSED, State.LISTEN, Event.PASSIVE_OPEN)

    assert rows(call, observed(State.SYN_SENT))[0].peer == "server 7000"
    assert rows(call, listening)[0].end == "server"


def test_what_is_no_address_names_nothing():
    odd = Called(0.0, "client", "client", 1, "socket 1", "connect", ("server",))
    none = Called(0.0, "client", "client", 2, "socket 1", "connect")

    assert rows(odd, none, observed(State.SYN_SENT))[0].peer == "server"


def test_in_jupyter_the_states_are_a_table():
    shown = Trace((observed(State.ESTABLISHED, 5, 0),), {"<i>": CLIENT[0]}).states()._repr_html_()

    assert shown.startswith("<table><caption>The last state of each connection</caption>")
    assert shown.count('<th scope="col"') == 5
    assert "&lt;i&gt;" in shown
    assert "<i>" not in shown
