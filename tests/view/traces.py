"""Traces for the tests of pictures: real runs of the simulated network, and a few that are written by hand."""

import functools

from course import Limits, RunError, Scenario, Trace, faults, middleboxes
from course.apps import echo, longlived
from course.ip.packet import Packet
from course.tcp.segment import Segment
from course.trace.record import Called, Delivered, Dropped, Returned, Sent
from tests.talk import answering, calling, hear, say

DELAY = 0.050
ECHO = Scenario(server=echo.server, client=echo.client, delay=DELAY)


def bulk(octets, *, delay=DELAY, **options):
    """The client sends so many octets, and the server reads them."""
    return Scenario(server=answering(hear), client=calling(say(bytes(octets))), delay=delay, **options).run()


def lunch(host):
    host.create_server(("", 7000))
    host.sleep(3600)


def caller(host):
    host.create_connection(("server", 7000)).send(b"hello")
    host.sleep(3600)


def one_after_the_other(host):
    with host.create_server(("", 7000)) as listener:
        while True:
            connection, _ = listener.accept()
            answer(host, connection)


def at_once(count):
    """A server that hands each of its callers to a program of its own."""

    def server(host):
        with host.create_server(("", 7000)) as listener:
            for _ in range(count):
                host.spawn(answer, listener.accept()[0])

    return server


def answer(host, connection):
    with connection:
        while octets := connection.recv(100):
            connection.sendall(octets)


def ask(octets):
    return calling(lambda host, connection: (connection.sendall(octets), connection.recv(100)))


def three_workers(host):
    for octets in (b"one", b"two"):
        host.spawn(ask(octets))
    ask(b"three")(host)


def chatter(host, connection):
    for number in range(12):
        connection.send(b"%d" % number)


def long_words(host, connection):
    connection.sendall(b"a $very$ long & <odd> string of octets")
    connection.settimeout(0.5)
    try:
        connection.recv(10)
    except TimeoutError:
        connection.send(b"\xff" * 40)


def talk_to_oneself(host):
    listener = host.create_server(("", 7000))
    there = host.create_connection(("host", 7000))
    here, _ = listener.accept()
    there.sendall(b"hi")
    here.recv(9)


def both_ways(host, connection):
    for _ in range(4):
        connection.sendall(bytes(1000))
        host.sleep(0.02)
    connection.shutdown(1)
    hear(host, connection)


def crossing():
    return Scenario(server=answering(both_ways), client=calling(both_ways), delay=DELAY).run()


def clients(server, **more):
    return Scenario(server=server, ann=ask(b"ann"), bob=ask(b"bob"), cyd=ask(b"cyd"), delay=DELAY, **more).run()


def call_again(host):
    try:
        host.create_connection(("server", 7000), 0.3, source_address=("", 5000))
    except TimeoutError:
        host.create_connection(("server", 7000), source_address=("", 5000))


def old_duplicate():
    slow = [faults.hold("client", 1, until=0.34), faults.delay("client", 2, by=0.15)]
    return Scenario(server=echo.server, client=call_again, delay=DELAY, faults=slow).run(until=0.65)


def call_each(other):
    def program(host):
        with host.socket() as connection:
            connection.bind(("", 7000))
            connection.connect((other, 7000))
            connection.sendall(b"hello")
            return connection.recv(1024)

    return program


def silence():
    try:
        return ECHO.with_faults(faults.drop_flags("client", "SYN")).run()
    except RunError as error:
        return error.run


def idle(seconds, **more):
    words = longlived.asks(b"hello", b"again", pause=seconds)
    return Scenario(server=longlived.answers(), client=words, delay=DELAY, **more)


RUNS = {
    "echo": ECHO.run,
    "no delay": lambda: Scenario(server=echo.server, client=echo.client, delay=0).run(),
    "first data lost": lambda: ECHO.with_faults(faults.drop("client", 3)).run(),
    "whole handshake lost": lambda: ECHO.with_faults(
        faults.drop("client", 1), faults.drop("server", 1), faults.drop("client", 3)
    ).run(),
    "nobody answers": silence,
    "refused": lambda: Scenario(server=lambda host: host.sleep(1), client=echo.client, delay=DELAY).run(),
    "lunch": lambda: Scenario(server=lunch, client=caller, delay=DELAY).run(until=1),
    "a look at a moment": lambda: ECHO.run(until=0.12),
    "12 segments": lambda: bulk(9_000),
    "40 segments": lambda: bulk(40_000),
    "500 segments": lambda: bulk(600_000, seed=3, faults=[faults.randomly(0.01)]),
    "5 % lost": lambda: bulk(60_000, seed=13, faults=[faults.randomly(0.05)]),
    "four lost in a row": lambda: bulk(9_000, faults=[faults.drop("client", n) for n in (3, 4, 5, 6)]),
    "queue full": lambda: bulk(30_000, delay=0.020, rate=1e6, queue=4),
    "reordered": lambda: bulk(
        6_000, faults=[faults.reorder("client", 4), faults.duplicate("client", 6), faults.corrupt("client", 5)]
    ),
    "held": lambda: bulk(3_000, faults=[faults.hold("client", 4, until=0.9)]),
    "uneven": lambda: bulk(
        20_000, delay=0.0371, rate=3e6, faults=[faults.delay("client", 5, by=0.03), faults.delay("client", 9, by=0.4)]
    ),
    "both ways": crossing,
    "many calls at once": lambda: Scenario(server=answering(hear), client=calling(chatter), delay=DELAY).run(),
    "three clients": lambda: clients(at_once(3)),
    "three clients in turn": lambda: clients(one_after_the_other),
    "three workers": lambda: Scenario(server=at_once(3), client=three_workers, delay=DELAY).run(),
    "long words": lambda: Scenario(server=answering(hear), client=calling(long_words), delay=DELAY).run(),
    "long names": lambda: Scenario(
        server=at_once(2), the_first_of_the_clients=ask(b"1"), the_second_of_the_clients=ask(b"2"), delay=DELAY
    ).run(),
    "one host": lambda: Scenario(host=talk_to_oneself, delay=DELAY).run(),
    "clients among themselves": lambda: Scenario(
        far=lambda host: host.sleep(0.1), server=answering(hear), client=calling(say(b"hi")), delay=DELAY
    ).run(),
    "old duplicate": old_duplicate,
    "both call": lambda: Scenario(this=call_each("that"), that=call_each("this"), delay=DELAY).run(until=0.2),
    "firewall": lambda: idle(90, middleboxes=[middleboxes.firewall(60)]).run(until=120),
    "firewall resets both": lambda: idle(90, middleboxes=[middleboxes.firewall(60, "reset both")]).run(),
    "two behind a nat": lambda: Scenario(
        server=at_once(2), ann=ask(b"ann"), bob=ask(b"bob"), middleboxes=[middleboxes.nat()], delay=DELAY
    ).run(),
    "nat and firewall": lambda: idle(90, middleboxes=[middleboxes.nat(40, "reset"), middleboxes.firewall(60)]).run(
        until=100
    ),
    "power cut": lambda: idle(60, faults=[faults.power_off("server", at=0.12)]).run(until=30),
    "power back": lambda: idle(9, faults=[faults.power_off("server", at=5, back=8)]).run(),
    "process killed": lambda: idle(9, faults=[faults.kill("server", at=5)]).run(),
    "keep-alive gives up": lambda: Scenario(
        server=longlived.answers(keep=longlived.KeepAlive()),
        client=longlived.asks(b"hello", b"bye", pause=86_400),
        faults=[faults.power_off("client", at=1)],
        delay=DELAY,
    ).run(),
    "a year": lambda: idle(longlived.YEAR).run(limits=Limits(seconds=4e7)),
    "a look a day later": lambda: idle(1e6, faults=[faults.power_off("client", at=1)]).run(until=86_400),
    "sleep": lambda: Scenario(host=lambda host: host.sleep(3)).run(),
}


@functools.cache
def trace(name):
    """The trace of the run with that name."""
    return RUNS[name]().trace


class Story:
    """Writes a trace by hand: `Story().sends("client", syn).arrives(0.05)` and so on."""

    def __init__(self, *hosts, **about):
        self.hosts = {host: f"10.0.0.{number}" for number, host in enumerate(hosts, 1)}
        self.records, self.about, self.ordinals = [], about, {}

    def sends(self, at, sender, receiver, **fields):
        """A host sends a segment from port 1 to port 2, or back."""
        ports = (1, 2) if sender != next(iter(self.hosts)) else (2, 1)
        packet = Packet(self.hosts[sender], self.hosts[receiver], Segment(*ports, **fields))
        self.ordinals[sender] = self.ordinals.get(sender, 0) + 1
        self.records.append(Sent(at, sender, self.ordinals[sender], packet))
        return self.records[-1]

    def arrives(self, at, sent, copy=1):
        """It arrives."""
        self.records.append(Delivered(at, sent, copy))

    def lost(self, at, sent, reason="lost"):
        """It does not."""
        self.records.append(Dropped(at, sent, reason))

    def calls(self, at, program, name, *arguments, returns=..., until=None, error=None):
        """A program calls something, and it returns at once or at the moment `until`."""
        called = Called(at, program.split("/")[0], program, len(self.records), None, name, arguments)
        self.records.append(called)
        if returns is not ... or error:
            value = None if returns is ... else returns
            self.records.append(Returned(at if until is None else until, called, value, error))

    def trace(self):
        """What was written."""
        return Trace(tuple(self.records), self.hosts, **self.about)
