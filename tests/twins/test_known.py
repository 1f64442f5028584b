"""The list of known divergences: each is shown by a scenario, recognised there, and tells a student why."""

import errno
import socket
from dataclasses import replace

import pytest

from course import Scenario, TcpParameters, faults
from course.apps import datagrams, echo, servers
from course.tcp.state import State
from course.trace.record import Changed
from course.twins.comparison import compare
from course.twins.known import KNOWN
from course.twins.pair import Sides
from tests.real.worlds import PORT, accepting, calling, hear
from tests.twins.sides import altered, as_kernel, side, without

ECHO = {"server": echo.server, "client": echo.client}


def asking(level, option, size=0):
    """Programs of which one asks for an option."""
    client = calling(lambda host, c: c.getsockopt(getattr(host, level), option, size))
    return {"server": accepting(lambda host, c: hear(c)), "client": client}


def setting(option, value):
    """A program that sets one of TCP's options."""
    return {"host": lambda host: host.socket().setsockopt(host.IPPROTO_TCP, option, value)}


def impatient(host):
    """Call three times, and wait a fifth of a second at most."""
    connections = [host.socket() for _ in range(3)]
    for each in connections:
        each.settimeout(0.2)
    return [each.connect_ex(("server", PORT)) for each in connections][-1]


def listening(backlog):
    """A server that listens, and accepts nobody."""
    return lambda host: host.create_server(("", PORT), backlog=backlog) and None


def filling(host, connection):
    """Send without waiting until nothing more is taken."""
    connection.settimeout(0)
    taken = 0
    try:
        while True:
            taken += connection.send(bytes(100_000))
    except BlockingIOError:
        return taken


def waiting(host, connection):
    """Both ends wait for the other."""
    connection.recv(1)


def reading_slowly(host):
    """Accept a caller only when the first one's SYN has been repeated."""
    listener = host.create_server(("", PORT), backlog=0)
    host.sleep(1.5)
    for _ in range(2):
        hear(listener.accept()[0])


def calling_twice(host):
    """The second call finds the queue full."""
    return [host.create_connection(("server", PORT)).close() for _ in range(2)]


def sending_twice(host):
    """Send to a port that nobody has, at once again."""
    with host.socket(host.AF_INET, host.SOCK_DGRAM) as made:
        made.connect(("server", PORT))
        return [datagrams.came_of(lambda: made.send(b"x")) for _ in range(2)]


def sending_much(host):
    """Send more datagrams at once than anybody keeps."""
    with host.socket(host.AF_INET, host.SOCK_DGRAM) as made:
        for _ in range(300):
            made.sendto(bytes(2000), ("server", PORT))


def reading_late(host):
    """Read datagrams after half a second, and count them."""
    with host.socket(host.AF_INET, host.SOCK_DGRAM) as made:
        made.bind(("", PORT))
        host.sleep(0.5)
        made.settimeout(0)
        return len(list(iter(lambda: datagrams.came_of(lambda: made.recv(2000)), "BlockingIOError")))


def sending_one(octets):
    """A program that sends one datagram."""
    return lambda host: datagrams.send_datagrams(host, [octets])


def shut_for_reading(host, connection):
    """Read what came before SHUT_RD."""
    connection.recv(5, host.MSG_PEEK)
    connection.shutdown(host.SHUT_RD)
    return connection.recv(5)


# ------------------------------------------------ shown by the kernel of this machine

LIVE = {
    "syn-cookies": {
        "server": listening(5),
        "client": impatient,
        "tcp": {"server": TcpParameters(syn_queue=0)},
    },
    "boundaries": {
        "server": accepting(lambda host, c: hear(c)),
        "client": calling(lambda host, c: c.sendall(bytes(50_000))),
    },
    "buffers": {"server": accepting(lambda host, c: host.sleep(0.2)), "client": calling(filling)},
    "time-wait": ECHO,
    "still-under-way": {"server": listening(0), "client": impatient},
    "not-yet": {
        "server": accepting(lambda host, c: c.sendall(b"x")),
        "client": lambda host: host.create_connection(("server", PORT), timeout=5).recv(1),
        "delay": 3,
    },
    "silence": {"server": accepting(waiting), "client": calling(waiting)},
    "patience": {"host": lambda host: host.sleep(3600)},
    "keep-alive": asking("IPPROTO_TCP", socket.TCP_KEEPINTVL) | {"tcp": TcpParameters(keep_interval=76.5)},
    "mss": asking("IPPROTO_TCP", socket.TCP_MAXSEG) | {"tcp": TcpParameters(mss=777)},
    "kernel-only-options": asking("SOL_SOCKET", getattr(socket, "SO_PRIORITY", 12)),
    "option-bounds": setting(socket.TCP_MAXSEG, 1),
    "port-unreachable": {"server": datagrams.nobody, "client": sending_twice},
    "receive-buffer": {"server": reading_late, "client": sending_much},
    "descriptor": {"host": lambda host: host.socket().fileno()},
    "times": {"host": lambda host: [host.sleep(0.01), host.now()]},
    "addresses": ECHO,
    "ephemeral-ports": ECHO,
}


@pytest.mark.parametrize("name", LIVE)
def test_the_kernel_shows_it_and_it_is_explained(name):
    comparison = Scenario(**LIVE[name]).compare(deadline=0.5 if name in ("silence", "patience") else 10)

    assert comparison.unknown == (), comparison
    assert name in [pair.known.id for pair in comparison.differences if not pair.follows]


def test_a_look_at_a_moment_is_explained():
    programs = {"server": accepting(waiting), "client": calling(waiting), "delay": 5}
    comparison = Scenario(**programs).compare(until=1)

    assert comparison.unknown == (), comparison
    assert "moment" in [known.id for known in comparison.explanations]


# ------------------------------------------------ shown by what another kernel might do


def backlog():
    refusing = {"tcp": TcpParameters(when_full="reset")}
    return side(server=listening(0), client=impatient, **refusing), side(server=listening(0), client=impatient)


def syn_retries():
    programs = {"server": reading_slowly, "client": calling_twice, "delay": 0.01}
    linear = TcpParameters(initial_rto=1.6, min_rto=1.6)
    return side(**programs), side(**programs, tcp=linear)


def time_wait_reuse():
    shown = side(server=accepting(waiting), client=calling(lambda host, c: None))
    return altered(shown, "connect", OSError(errno.EADDRNOTAVAIL, "")), shown


def shut_rd():
    shown = side(server=accepting(shut_for_reading), client=calling(lambda host, c: c.send(b"hello")))
    return shown, altered(shown, "recv", b"")


def after_a_reset():
    shown = side(
        server=accepting(lambda host, c: [c.recv(5), c.recv(5)]), client=calling(lambda host, c: c.send(b"hello"))
    )
    reset = OSError(errno.ECONNRESET, "")
    return altered(shown, "recv", reset, b""), altered(shown, "recv", b"hello", reset)


def unread_data():
    shown = side(**ECHO)
    return shown, altered(shown, "recv", OSError(errno.ECONNRESET, ""))


def second_send():
    shown = side(server=accepting(lambda host, c: None), client=calling(lambda host, c: [c.send(b"x"), c.send(b"x")]))
    return shown, altered(shown, "send", BrokenPipeError(errno.EPIPE, ""))


def listener_shutdown():
    shown = side(host=lambda host: host.create_server(("", PORT)).shutdown(host.SHUT_RD))
    return shown, altered(shown, "shutdown", OSError(errno.ENOTCONN, ""))


def over_already():
    shown = side(server=accepting(waiting), client=calling(lambda host, c: c.shutdown(host.SHUT_WR)))
    return shown, altered(shown, "shutdown", OSError(errno.ENOTCONN, ""))


def who_closes_first():
    def closing(delay):
        return lambda host, connection: host.sleep(delay)

    return (
        side(server=accepting(closing(0.2)), client=calling(closing(0.25)), delay=0.05),
        side(server=accepting(closing(0.2)), client=calling(closing(0.25)), delay=0.001),
    )


def segments_of_a_close():
    programs = {"server": accepting(lambda host, c: [hear(c), host.sleep(1)]), "client": calling(lambda host, c: None)}
    at_once = {"server": accepting(lambda host, c: [hear(c), host.sleep(0)]), "client": programs["client"]}
    return without(side(**at_once), "sleep"), as_kernel(without(side(**programs), "sleep"), captured=True)


def delayed_ack():
    def client(host, connection):
        connection.send(b"a")
        connection.send(b"b")
        return connection.recv(1)

    programs = {"server": accepting(lambda host, c: [c.recv(1), c.recv(1), c.send(b"x")]), "client": calling(client)}
    return side(**programs), side(**programs, tcp=TcpParameters(delayed_ack=0.04))


def rto_floor():
    lossy = ECHO | {"faults": [faults.drop("client", 3)]}
    return side(**lossy), side(**lossy, tcp=TcpParameters(initial_rto=0.2, min_rto=0.2))


def congestion_control():
    shown = side(**asking("IPPROTO_TCP", getattr(socket, "TCP_CONGESTION", 13), 16))
    return shown, altered(shown, "getsockopt", b"bbr\0")


def captured(**knobs):
    """The same programs with other knobs, and seen on the wire."""
    programs = {
        "server": accepting(lambda host, c: len(hear(c))),
        "client": calling(lambda host, c: c.send(bytes(50_000))),
    }
    return side(**programs), as_kernel(side(**programs, tcp=TcpParameters(**knobs)), captured=True)


def initial_window():
    return captured(initial_window=2920)


def syn_options():
    return captured(timestamps=True, window_scale=7)


def readiness():
    shown = side(server=servers.selecting, client=servers.caller(b"hello"), delay=0.05)
    return altered(shown, "select", [], []), shown


def who_calls_first():
    callers = {name: servers.caller(name.encode()) for name in ("anne", "bert")}
    swapped = {name: callers[name] for name in ("bert", "anne")}
    return side(server=servers.one_at_a_time, **callers), side(server=servers.one_at_a_time, **swapped)


def who_sends_first():
    callers = {name: sending_one(name.encode()) for name in ("anne", "bert")}
    swapped = {name: callers[name] for name in ("bert", "anne")}
    return side(server=datagrams.receiver, **callers), side(server=datagrams.receiver, **swapped)


def order():
    sleeping = calling(lambda host, c: [c.send(b"hello"), host.sleep(0.5)])
    programs = {"server": accepting(lambda host, c: hear(c)), "client": sleeping}
    return side(**programs, delay=1), side(**programs, delay=0.001)


SHOWN = {
    made.__name__.replace("_", "-"): made
    for made in (
        *(backlog, syn_retries, time_wait_reuse, shut_rd, after_a_reset, unread_data, second_send, listener_shutdown),
        *(over_already, who_closes_first, segments_of_a_close, delayed_ack, rto_floor, congestion_control),
        *(initial_window, syn_options, readiness, who_calls_first, who_sends_first, order),
    )
}


@pytest.mark.parametrize("name", SHOWN)
def test_another_kernel_would_show_it_and_it_is_explained(name):
    simulated, real = SHOWN[name]()
    comparison = compare(simulated, real if real.trace.captured and real.trace.world == "loopback" else as_kernel(real))

    assert comparison.unknown == (), comparison
    assert name in [pair.known.id for pair in comparison.differences if not pair.follows], comparison


# ------------------------------------------------ the list


def test_every_divergence_is_shown_by_a_scenario():
    assert sorted([*LIVE, *SHOWN, "moment"]) == sorted(divergence.id for divergence in KNOWN)


@pytest.mark.parametrize("divergence", KNOWN, ids=lambda divergence: divergence.id)
def test_each_says_what_why_and_where_to_read(divergence):
    assert divergence.sentence.endswith(".")
    assert len(divergence.sentence.split()) >= 12
    assert divergence.source
    assert not divergence.source.endswith(".")


def test_what_agrees_is_recognised_as_nothing():
    """A rule that fits everything would explain everything."""
    same = compare(side(**ECHO), as_kernel(side(**ECHO)))
    sides = Sides(same.simulated, same.real)
    programs = [pair for pair in same.pairs if pair.aspect.value in ("call", "states", "end")]

    assert same.differences == ()
    assert len(programs) > 15
    assert [(known.id, pair.what) for known in KNOWN for pair in programs if known.rule(pair, sides)] == []


def test_the_wrong_state_is_not_explained():
    """A state that the simulated end never visits, and that no divergence on the list accounts for."""
    shown = side(**ECHO)
    changes = [record for record in shown.trace if isinstance(record, Changed) and record.after is State.ESTABLISHED]
    records = [replace(each, after=State.LISTEN) if each in changes else each for each in shown.trace]
    wrong = replace(shown, trace=replace(shown.trace, records=tuple(records)))
    comparison = compare(shown, as_kernel(wrong))

    assert {pair.who for pair in comparison.unknown} == {"client → server 7000", "server 7000 → client"}
