"""How to get into each state: a story for every one of them, with a handshake that takes no time.

The keywords are `iss`, `irs`, the peer's `window`, what its SYN offers (`peer_mss`, `peer_scale`, and `peer_stamp`: its
TSval), and TCP's own knobs.
"""

from course.tcp.connection import Connection
from course.tcp.parameters import TcpParameters
from course.tcp.state import State
from tests.story import IRS, ISS, LOCAL, REMOTE, WINDOW, Story, ack, fin, syn, syn_ack

MSS = 100


def offers(mss, scale, stamp):
    """The options of the peer's SYN."""
    return {"mss": mss, "window_scale": scale, "timestamps": None if stamp is None else (stamp, 0)}


def closed(*, iss=ISS, irs=IRS, window=WINDOW, mss=MSS, **knobs):
    """A connection that has done nothing yet."""
    return Story(Connection(LOCAL, REMOTE, TcpParameters(mss=mss, **knobs)), iss, irs, window)


def listening(*, iss=ISS, irs=IRS, window=WINDOW, mss=MSS, **knobs):
    """A listener's child for one caller, in LISTEN."""
    listener = Connection(LOCAL, parameters=TcpParameters(mss=mss, **knobs))
    listener.open_passive()
    return Story(listener.child(REMOTE, iss), iss, irs, window)


def syn_sent(**more):
    """After the active OPEN."""
    story = closed(**more)
    story.calls("open_active", story.iss)
    story.expect(syn())
    return story


def syn_received(*, peer_mss=MSS, peer_scale=None, peer_stamp=None, **more):
    """After a SYN came in LISTEN."""
    story = listening(**more)
    story.arrives(syn(**offers(peer_mss, peer_scale, peer_stamp)))
    story.expect(syn_ack())
    return story


def syn_received_actively(*, peer_mss=MSS, peer_scale=None, peer_stamp=None, **more):
    """After two SYNs have crossed."""
    story = syn_sent(**more)
    story.arrives(syn(**offers(peer_mss, peer_scale, peer_stamp)))
    story.expect(syn_ack())
    return story


def established(*, peer_mss=MSS, peer_scale=None, peer_stamp=None, **more):
    """We called, and the handshake is over in no time."""
    story = syn_sent(**more)
    story.arrives(syn_ack(**offers(peer_mss, peer_scale, peer_stamp)))
    story.expect(ack(seq=1, ack=1))
    return story


def fin_wait_1(**more):
    """We closed."""
    story = established(**more)
    story.calls("close")
    story.expect(fin(seq=1, ack=1))
    return story


def fin_wait_2(**more):
    """We closed, and the peer knows."""
    story = fin_wait_1(**more)
    story.arrives(ack(seq=1, ack=2))
    story.expect()
    return story


def close_wait(**more):
    """The peer closed, and its FIN is acknowledged."""
    story = established(**more)
    story.arrives(fin(seq=1, ack=1))
    story.after(0.2)
    story.expect(ack(seq=1, ack=2))
    return story


def closing(**more):
    """Both closed at once."""
    story = fin_wait_1(**more)
    story.arrives(fin(seq=1, ack=1))
    story.expect(ack(seq=2, ack=2))
    return story


def last_ack(**more):
    """The peer closed, then we."""
    story = close_wait(**more)
    story.calls("close")
    story.expect(fin(seq=1, ack=2))
    return story


def time_wait(**more):
    """We closed, then the peer."""
    story = fin_wait_2(**more)
    story.arrives(fin(seq=1, ack=2))
    story.expect(ack(seq=2, ack=2))
    return story


IN = {
    State.CLOSED: closed,
    State.LISTEN: listening,
    State.SYN_SENT: syn_sent,
    State.SYN_RECEIVED: syn_received,
    State.ESTABLISHED: established,
    State.FIN_WAIT_1: fin_wait_1,
    State.FIN_WAIT_2: fin_wait_2,
    State.CLOSE_WAIT: close_wait,
    State.CLOSING: closing,
    State.LAST_ACK: last_ack,
    State.TIME_WAIT: time_wait,
}
