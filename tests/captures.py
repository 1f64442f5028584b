"""Runs whose segments are written to files: of all kinds that the wire knows."""

import functools

from course import Scenario, Trace, faults
from course.apps import echo
from course.ip.packet import Packet
from course.tcp.segment import Options, Segment
from course.trace.record import Delivered, Sent
from tests.talk import answering, calling, hear, reset, say


def at_once(own, other):
    """A program that opens from its own port while the other opens, too (RFC 9293, figure 7)."""

    def program(host):
        with host.socket() as made:
            made.bind(("", own[1]))
            made.connect(other)
            made.sendall(b"hello")
            made.shutdown(host.SHUT_WR)
            return hear(host, made)

    return program


def slow(host, connection):
    """Read nothing for 20 seconds, so that the window closes and is asked for."""
    host.sleep(20)
    return hear(host, connection)


def by_hand(addresses, segments):
    """A trace of segments that our TCP would not send: each arrives after 50 ms; the first address is the server's."""
    hosts = dict(zip(("server", "client"), addresses, strict=True))
    records = []
    for place, segment in enumerate(segments):
        sender = "server" if segment.source_port == 7000 else "client"
        receiver = "client" if sender == "server" else "server"
        packet = Packet(hosts[sender], hosts[receiver], segment)
        sent = Sent(place / 10, sender, 1 + sum(record.sender == sender for record in records[::2]), packet)
        records += sent, Delivered(sent.at + 0.05, sent)
    return Trace(tuple(records), hosts)


def with_options(addresses):
    """A conversation with the options of RFC 9293, RFC 7323 and RFC 2018, one that nobody knows, and a gap."""
    near, far = 2**32 - 3, 77_000

    def out(seq, ack=None, **more):
        return Segment(49152, 7000, (near + seq) % 2**32, None if ack is None else far + ack, 64_000, **more)

    def back(seq, ack, **more):
        return Segment(7000, 49152, far + seq, (near + ack) % 2**32, 65_000, **more)

    stamps = [Options(timestamps=(1000 + n, 9000 + n)) for n in range(4)]
    opening = {"mss": 1460, "window_scale": 7, "sack_permitted": True}
    return by_hand(addresses, [
        out(0, syn=True, options=Options(**opening, timestamps=(1000, 0), unknown=((200, b"\1\2"),))),
        back(0, 1, syn=True, options=Options(**opening, timestamps=(9000, 1000))),
        out(1, 1, options=stamps[0]),
        out(1, 1, data=b"hello", psh=True, options=stamps[1]),
        back(1, 6, options=Options(timestamps=(9003, 1001))),
        out(6, 1, data=b"early", options=stamps[2]),
        back(1, 11, options=Options(timestamps=(9004, 1002))),
        out(11, 1, data=b"found", options=stamps[2]),
        out(16, 1, data=b"later", psh=True, urgent=3, options=stamps[3]),
        back(1, 11, options=Options(timestamps=(9005, 1003), sack=(((near + 16) % 2**32, (near + 21) % 2**32),))),
        out(11, 1, data=b"found", options=stamps[3]),
        back(1, 21, fin=True, options=Options(timestamps=(9006, 1003))),
        out(21, 2, fin=True, options=stamps[3]),
        back(2, 22, options=Options(timestamps=(9007, 1003))),
    ])  # fmt: skip


def echoed():
    return Scenario(server=echo.server, client=echo.client)


@functools.cache
def runs():
    """Each kind of run by its name."""
    scenarios = {
        "handshake, echo and close": echoed(),
        "loss and retransmission": echoed().with_faults(faults.drop("client", 3), faults.drop("server", 3)),
        "fast retransmission": Scenario(
            server=answering(hear), client=calling(say(bytes(20_000))), faults=[faults.drop("client", 6)]
        ),
        "simultaneous open": Scenario(one=at_once(("", 7000), ("two", 8000)), two=at_once(("", 8000), ("one", 7000))),
        "refused": Scenario(server=lambda host: None, client=echo.client),
        "reset": Scenario(server=answering(hear), client=calling(reset)),
        "zero window": Scenario(server=answering(slow), client=calling(say(bytes(100_000)))),
    }
    traces = {name: scenario.run().trace for name, scenario in scenarios.items()}
    traces["options"] = with_options(("10.0.0.1", "10.0.0.2"))
    traces["options over IPv6"] = with_options(("fd00::1", "fd00::2"))
    return traces
