"""Ordinary scenarios: the same calls, results, errors and states in both worlds, as scenario.compare() has it."""

import errno
import struct
import sys

import pytest

from course import Scenario
from course.apps import echo, http
from course.twins.comparison import compare
from course.twins.pair import Aspect
from course.twins.side import Side
from tests.real.worlds import LOOPBACK, PORT, accepting, calling, hear, run

SIGNAL = PORT + 1
ABORT = struct.pack("ii", 1, 0)


def told(*calls):
    """What each of these calls comes back with, errors by name."""
    return [outcome(call) for call in calls]


def outcome(call):
    """What a call returns, or the name of its errno (of its error, where there is none)."""
    try:
        return call()
    except OSError as error:
        return errno.errorcode.get(error.errno, type(error).__name__)


def abort(host, connection):
    """Close by a RST."""
    connection.setsockopt(host.SOL_SOCKET, host.SO_LINGER, ABORT)
    connection.close()


def ready(host):
    """Tell the server that it may go on: it waits in `accepted(signal)`."""
    host.create_connection(("server", SIGNAL)).close()


def two_listeners(host, backlog=5):
    """One for connections, and one by which a client says that it is ready."""
    return host.create_server(("", PORT), backlog=backlog), host.create_server(("", SIGNAL))


# ------------------------------------------------ the programs


def half_close():
    def client(host, connection):
        connection.sendall(b"hello")
        connection.shutdown(host.SHUT_WR)
        return hear(connection)

    return {"server": accepting(lambda host, c: c.sendall(hear(c).upper())), "client": calling(client)}


def refused():
    def client(host):
        fresh = host.socket()
        address = ("server", PORT)
        return told(lambda: fresh.connect(address), fresh.getpeername, lambda: fresh.connect(address))

    return {"server": lambda host: None, "client": client}


def reset():
    def client(host, connection):
        connection.sendall(b"hello")
        connection.recv(5)
        abort(host, connection)

    def server(host, c):
        c.recv(5)
        c.sendall(b"hello")
        recv, send = (lambda: c.recv(1)), (lambda: c.send(b"x"))
        return told(recv, recv, send, c.getpeername, lambda: c.shutdown(host.SHUT_WR))

    return {"server": accepting(server), "client": calling(client)}


def reset_heard_by_sending():
    def client(host, connection):
        abort(host, connection)
        ready(host)

    def server(host):
        listener, signal = two_listeners(host)
        c, _ = listener.accept()
        signal.accept()
        send, recv = (lambda: c.send(b"x")), (lambda: c.recv(1))
        return told(send, send, recv, lambda: c.getsockopt(host.SOL_SOCKET, host.SO_ERROR))

    return {"server": server, "client": calling(client)}


def linger():
    def client(host, connection):
        connection.setsockopt(host.SOL_SOCKET, host.SO_LINGER, struct.pack("ii", 1, 5))
        connection.sendall(b"hello")

    return {"server": accepting(lambda host, c: hear(c)), "client": calling(client)}


def unread():
    def client(host, connection):
        connection.sendall(b"hello")
        recv, send = (lambda: connection.recv(1)), (lambda: connection.send(b"x"))
        return told(recv, recv, send, send)

    return {"server": accepting(lambda host, c: c.recv(1)), "client": calling(client)}


def second_send():
    def client(host, connection):
        send, recv = (lambda: connection.send(b"x")), (lambda: connection.recv(1))
        first = told(recv, send)
        host.sleep(0.3)  # a RST is on its way, and no program has to do anything about it
        return [*first, *told(send, send, recv)]

    return {"server": accepting(lambda host, c: None), "client": calling(client)}


def makefile():
    def client(host):
        connection = host.create_connection(("server", PORT))
        file = connection.makefile("rwb")
        connection.close()
        file.write(b"hello")
        file.flush()
        heard = file.read(5)
        file.close()
        return heard

    return {"server": echo.server, "client": client}


def dup_and_close():
    def server(host, c):
        copy = c.dup()
        c.close()
        said = told(lambda: c.recv(1), lambda: copy.recv(5), lambda: copy.send(b"still"))
        copy.close()
        return said, told(lambda: copy.recv(1), copy.dup)

    def client(host, connection):
        connection.settimeout(0.1)
        early = told(lambda: connection.recv(5))
        connection.settimeout(None)
        connection.sendall(b"go on")
        return early, hear(connection)

    return {"server": accepting(server), "client": calling(client)}


def dup_and_reset():
    def server(host, c):
        c.recv(5)
        with c.dup():
            abort(host, c)

    def client(host, connection):
        connection.sendall(b"hello")
        return told(lambda: connection.recv(1), lambda: connection.recv(1), lambda: connection.send(b"x"))

    return {"server": accepting(server), "client": calling(client)}


def dup_and_shutdown():
    def client(host, connection):
        with connection.dup() as copy:
            copy.shutdown(host.SHUT_WR)
            return told(lambda: connection.send(b"x")), hear(connection), hear(copy)

    return {"server": accepting(lambda host, c: c.sendall(b"all" + hear(c))), "client": calling(client)}


def timeouts():
    def client(host, connection):
        recv = lambda: connection.recv(1)  # noqa: E731 - said three times
        connection.settimeout(0.05)
        first = told(recv)
        connection.settimeout(0)
        second = told(recv, lambda: connection.connect(("server", PORT)))
        connection.settimeout(None)
        return [*first, *second, *told(lambda: connection.recv(1, host.MSG_DONTWAIT))]

    return {"server": accepting(lambda host, c: hear(c)), "client": calling(client)}


def full_backlog():
    def client(host):
        connections = [host.socket() for _ in range(3)]
        for each in connections:
            each.settimeout(0.3)
        return told(*[lambda each=each: each.connect(("server", PORT)) for each in connections])

    return {"server": lambda host: host.create_server(("", PORT), backlog=0) and None, "client": client}


def connecting_without_waiting():
    def client(host):
        with host.socket() as made:
            made.settimeout(0)
            begun = made.connect_ex(("server", PORT)) == errno.EINPROGRESS
            made.settimeout(5)
            heard = hear(made)
            return begun, heard, told(*[lambda: made.connect(("server", PORT))] * 2)

    return {"server": accepting(lambda host, c: c.sendall(b"hello")), "client": client}


def refused_without_waiting():
    def client(host):
        made = host.socket()
        made.settimeout(0)
        begun = made.connect_ex(("server", PORT)) == errno.EINPROGRESS
        host.sleep(0.3)
        said = told(lambda: made.send(b"x"), lambda: made.send(b"x"), lambda: made.recv(1), made.getpeername)
        return begun, said, told(*[lambda: made.connect(("server", PORT))] * 2)

    return {"server": lambda host: None, "client": client}


def peek():
    def server(host, c):
        looks = [c.recv(2, host.MSG_PEEK), c.recv(9, host.MSG_PEEK), c.recv(9)]
        return [*looks, c.recv(1, host.MSG_PEEK), c.recv(1)]

    return {"server": accepting(server), "client": calling(lambda host, c: c.send(b"hello"))}


def shut_for_reading():
    def server(host, c):
        c.shutdown(host.SHUT_RD)
        heard = told(lambda: c.recv(1), lambda: c.recv(1, host.MSG_DONTWAIT))
        c.sendall(b"x")
        return heard

    return {"server": accepting(server), "client": calling(lambda host, c: hear(c))}


def shut_for_reading_with_octets():
    """Not in the standards, and so on the list for other systems: what came is still read, and what comes."""

    def server(host):
        listener, signal = two_listeners(host)
        c, _ = listener.accept()
        c.recv(5, host.MSG_PEEK)
        c.shutdown(host.SHUT_RD)
        heard = told(lambda: c.recv(2), lambda: c.recv(9), lambda: c.recv(9))
        c.sendall(b"go on")
        signal.accept()
        return [*heard, c.recv(9)]

    def client(host, c):
        c.sendall(b"hello")
        c.recv(5)
        c.sendall(b"later")
        ready(host)

    return {"server": server, "client": calling(client)}


def shut_in_both_directions():
    def server(host):
        listener, signal = two_listeners(host)
        c, _ = listener.accept()
        c.shutdown(host.SHUT_RDWR)
        said = told(lambda: c.recv(1), lambda: c.send(b"x"))
        signal.accept()[0].close()
        signal.accept()
        return said

    def client(host, c):
        said = told(lambda: c.recv(1))
        host.create_connection(("server", SIGNAL)).recv(1)  # the server has tried what it can
        said += told(lambda: c.send(b"x"))
        host.sleep(0.3)  # a RST is on its way
        said += told(lambda: c.send(b"x"))
        ready(host)
        return said

    return {"server": server, "client": calling(client)}


def listener_shut():
    def host(host):
        def call(port):
            return host.create_connection(("host", PORT), source_address=("", port))

        made = host.create_server(("", PORT))
        early = call(SIGNAL)
        said = told(lambda: made.shutdown(host.SHUT_RD), made.accept, lambda: early.recv(1))
        said += told(lambda: call(SIGNAL + 1), lambda: made.shutdown(host.SHUT_RD))
        said += told(lambda: host.socket().bind(("", PORT)), made.listen)
        again = call(SIGNAL + 2)
        return said, told(lambda: made.shutdown(host.SHUT_WR)), made.accept()[1] == again.getsockname()

    return {"host": host}


def reset_before_accept():
    def server(host):
        listener, signal = two_listeners(host)
        signal.accept()
        c, _ = listener.accept()
        send, recv = (lambda: c.send(b"x")), (lambda: c.recv(1))
        return told(c.getpeername, send, recv, send)

    def client(host):
        abort(host, host.create_connection(("server", PORT)))
        ready(host)

    return {"server": server, "client": client}


def bound_twice():
    def host(host):
        first, second, third, fourth = (host.socket() for _ in range(4))
        for each in (third, fourth):
            each.setsockopt(host.SOL_SOCKET, host.SO_REUSEADDR, 1)
        binds = [lambda each=each: each.bind(("", PORT)) for each in (first, second, third)]
        said = told(*binds)
        first.setsockopt(host.SOL_SOCKET, host.SO_REUSEADDR, 1)
        said += told(binds[2], third.listen, first.listen, lambda: fourth.bind(("", PORT)))
        third.close()
        return said + told(lambda: fourth.bind(("", PORT)), fourth.listen, first.listen)

    return {"host": host}


def closed_twice():
    def client(host):
        c = host.create_connection(("server", PORT))
        c.close()
        c.close()
        send, recv = (lambda: c.send(b"x")), (lambda: c.recv(1))
        return told(send, recv, c.getsockname, c.getpeername, c.accept, lambda: c.shutdown(host.SHUT_WR))

    return {"server": accepting(lambda host, c: hear(c)), "client": client}


def sent_after_shutdown():
    def client(host, c):
        c.shutdown(host.SHUT_WR)
        send, shut = (lambda: c.send(b"x")), (lambda: c.shutdown(host.SHUT_WR))
        said = told(send, lambda: c.send(b""), shut)
        ready(host)
        return said, hear(c)

    def server(host):
        listener, signal = two_listeners(host)
        c, _ = listener.accept()
        heard = hear(c)
        signal.accept()
        c.close()
        return heard

    return {"server": server, "client": calling(client)}


def received_after_the_end():
    def client(host, c):
        recv = lambda: c.recv(1)  # noqa: E731 - said three times
        flags = [lambda flag=flag: c.recv(1, flag) for flag in (host.MSG_PEEK, host.MSG_DONTWAIT)]
        return told(recv, recv, *flags, lambda: c.recv(0), recv)

    return {"server": accepting(lambda host, c: None), "client": calling(client)}


def listener_closed_before_accept():
    def server(host):
        listener, signal = two_listeners(host)
        signal.accept()
        listener.close()

    def client(host, c):
        ready(host)
        recv = lambda: c.recv(1)  # noqa: E731 - said twice
        return told(recv, recv, lambda: c.send(b"x"))

    return {"server": server, "client": calling(client)}


def calling_oneself():
    def host(host):
        with host.socket() as made:
            made.bind(("", PORT))
            made.connect(("", PORT))
            made.sendall(b"hello")
            heard = made.recv(5)
            made.shutdown(host.SHUT_WR)
            return heard, told(lambda: made.recv(1), made.getpeername, lambda: made.shutdown(host.SHUT_RD))

    return {"host": host}


def nothing_is_sent():
    def client(host, c):
        return c.send(b""), c.sendall(b""), c.recv(0)

    return {"server": accepting(lambda host, c: hear(c)), "client": calling(client)}


def names():
    def client(host):
        with host.create_connection(("server", PORT), source_address=("", SIGNAL)) as connection:
            return connection.getsockname()[1], connection.getpeername()[1], hear(connection)

    return {"server": accepting(lambda host, c: c.getpeername()[1]), "client": client}


def listener_asked_for_what_it_cannot():
    def host(host):
        made = host.create_server(("", PORT))
        said = told(lambda: made.recv(1), lambda: made.send(b"x"), made.getpeername, lambda: made.bind(("", SIGNAL)))
        return said, told(lambda: made.connect(("host", SIGNAL)), lambda: made.listen(1))

    return {"host": host}


ORDINARY = {
    half_close: {"client": b"HELLO"},
    refused: {"client": ["ECONNREFUSED", "ENOTCONN", "ECONNREFUSED"]},
    reset: {"server": ["ECONNRESET", b"", "EPIPE", "ENOTCONN", "ENOTCONN"]},
    reset_heard_by_sending: {"server": ["ECONNRESET", "EPIPE", b"", 0]},
    linger: {"server": b"hello"},
    unread: {"server": b"h", "client": ["ECONNRESET", b"", "EPIPE", "EPIPE"]},
    second_send: {"client": [b"", 1, "EPIPE", "EPIPE", b""]},
    makefile: {"client": b"hello"},
    dup_and_close: {
        "server": (["EBADF", b"go on", 5], ["EBADF", "EBADF"]),
        "client": (["TimeoutError"], b"still"),
    },
    dup_and_reset: {"client": ["ECONNRESET", b"", "EPIPE"]},
    dup_and_shutdown: {"client": (["EPIPE"], b"all", b"")},
    timeouts: {"client": ["TimeoutError", "EAGAIN", "EISCONN", "EAGAIN"]},
    full_backlog: {"client": [None, "TimeoutError", "TimeoutError"]},
    connecting_without_waiting: {"client": (True, b"hello", [None, "EISCONN"])},
    refused_without_waiting: {
        "client": (True, ["ECONNREFUSED", "EPIPE", b"", "ENOTCONN"], ["ECONNABORTED", "EINPROGRESS"])
    },
    peek: {"server": [b"he", b"hello", b"hello", b"", b""]},
    shut_for_reading: {"server": [b"", b""], "client": b"x"},
    shut_in_both_directions: {"server": [b"", "EPIPE"], "client": [b"", 1, "EPIPE"]},
    reset_before_accept: {"server": ["ENOTCONN", "ECONNRESET", b"", "EPIPE"]},
    bound_twice: {
        "host": [None, "EADDRINUSE", "EADDRINUSE", None, None, "EADDRINUSE", "EADDRINUSE", None, None, "EADDRINUSE"]
    },
    closed_twice: {"client": ["EBADF"] * 6, "server": b""},
    sent_after_shutdown: {"client": (["EPIPE", "EPIPE", None], b""), "server": b""},
    received_after_the_end: {"client": [b""] * 6},
    listener_closed_before_accept: {"client": ["ECONNRESET", b"", "EPIPE"]},
    calling_oneself: {"host": (b"hello", [b"", "ENOTCONN", "ENOTCONN"])},
    nothing_is_sent: {"client": (0, None, b""), "server": b""},
    names: {"client": (SIGNAL, PORT, b""), "server": SIGNAL},
    listener_asked_for_what_it_cannot: {"host": (["ENOTCONN", "EPIPE", "ENOTCONN", "EINVAL"], ["EISCONN", None])},
}


AS_LINUX_HAS_IT = {
    shut_for_reading_with_octets: {"server": [b"he", b"llo", b"", b"later"]},
    listener_shut: {
        "host": ([None, "EINVAL", "ECONNRESET", "ECONNREFUSED", "ENOTCONN", "EADDRINUSE", None], [None], True)
    },
}


@pytest.mark.parametrize("world", LOOPBACK)
@pytest.mark.parametrize("programs", ORDINARY)
def test_the_same_programs_do_the_same_in_both_worlds(programs, world):
    agree(programs, world, ORDINARY[programs])


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do otherwise, as the list of known divergences says")
@pytest.mark.parametrize("world", LOOPBACK)
@pytest.mark.parametrize("programs", AS_LINUX_HAS_IT)
def test_where_systems_differ_the_simulated_network_does_as_linux_does(programs, world):
    agree(programs, world, AS_LINUX_HAS_IT[programs])


def agree(programs, world, results):
    """Run them in both worlds: these are the results, the calls are the same, and what differs in time is known."""
    simulated, real = (run(each, **programs()) for each in ("simulated", world))
    comparison = compare(*(Side(each.trace, each.results) for each in (simulated, real)))

    assert {name: simulated.results[name] for name in results} == results
    assert {name: real.results[name] for name in results} == results
    assert [(pair.who, pair.what, pair.simulated, pair.real) for pair in comparison.unknown] == []
    assert {pair.aspect for pair in comparison.differences} <= {Aspect.STATES, Aspect.WAIT, Aspect.NATURE}, comparison


@pytest.mark.parametrize("service", [echo, http])
def test_the_courses_own_programs_agree(service):
    comparison = Scenario(server=service.server, client=service.client).compare()

    assert comparison.unknown == ()
    assert {pair.known.id for pair in comparison.differences} >= {"times", "addresses", "ephemeral-ports"}
    assert comparison.same or service is http  # which may get its pages in other pieces
