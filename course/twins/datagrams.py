"""The known divergences of UDP, and how they are recognised."""

from course.ip.udp import Datagram
from course.twins.pair import Divergence, Pair, Sides
from course.twins.rules import NOT_YET, both_back, errors, is_call, on_same_socket
from course.twins.side import Side

SENDING, TAKING = ("send", "sendto", "sendall", "sendmsg"), ("recv", "recvfrom", "recv_into", "recvmsg")
KIND, FULL = "type=SOCK_DGRAM", "receive buffer full"
MANY = 100  # datagrams at once, which some systems may have no room for


def told_sooner(pair: Pair, sides: Sides) -> bool:
    """A datagram is taken in one world, and in the other it is known already that nobody has the port."""
    return is_call(pair, *SENDING) and both_back(pair) and set(errors(pair)) == {None, "ECONNREFUSED"}


def too_many(pair: Pair, sides: Sides) -> bool:
    """More came at once than one of the receive buffers holds."""
    if not takes_datagrams(pair, sides):
        return False
    trace = sides.simulated.trace
    lost = any(dropped.reason == FULL for dropped in trace.dropped)
    sent = sum(isinstance(sent.payload, Datagram) for sent in trace.sent)
    is_last = len(set(errors(pair)) & NOT_YET) == 1 or errors(pair) == (None, None)
    return is_last and (lost or sent >= MANY)


def other_sender(pair: Pair, sides: Sides) -> bool:
    """The same datagrams came from several hosts, in another order."""
    if not takes_datagrams(pair, sides) or any(errors(pair)):
        return False
    ours, theirs = (taken(side, pair) for side in sides)
    return ours != theirs and sorted(ours) == sorted(theirs)


def takes_datagrams(pair: Pair, sides: Sides) -> bool:
    """Is it about a call that takes datagrams?"""
    if not is_call(pair, *TAKING):
        return False
    about = next(call.record for call in pair.calls if call is not None)
    every = [call for calls in sides.simulated.calls.values() for call in calls if call.record.host == about.host]
    return any(call.value == about.socket and KIND in call.record.arguments for call in every if call.name == "socket")


def taken(side: Side, pair: Pair) -> list[str]:
    """What the datagrams on the pair's socket were, in words."""
    return [call.outcome for call in on_same_socket(side, pair) if call.name in TAKING and call.error is None]


DATAGRAMS = (
    Divergence(
        "port-unreachable",
        "The message that nobody has a port is on its way for as long as the datagram was. On loopback it is back "
        "before send() is, so the next call fails; on our link calls succeed until a round trip is over.",
        "RFC 792, destination unreachable; RFC 1122, section 4.1.3.3; udp(7), ECONNREFUSED",
        told_sooner,
    ),
    Divergence(
        "receive-buffer",
        "What finds the receive buffer of UDP full is lost, and nobody is told. How much fits is each system's own "
        "choice: ours counts octets and headers, Linux the memory that it takes to keep them.",
        "udp(7); socket(7), SO_RCVBUF",
        too_many,
        varies=True,
    ),
    Divergence(
        "who-sends-first",
        "UDP keeps no order, and datagrams from several hosts come as they come. All of them have come in both worlds.",
        "RFC 768; recv(2)",
        other_sender,
        varies=True,
    ),
)
