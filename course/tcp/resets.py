"""Resets: the segments that say "there is no such connection" (RFC 9293, section 3.5.2)."""

from course.tcp.segment import Segment, Why
from course.tcp.seq import wrap
from course.tcp.variables import Tcb


def make_reset(seg: Segment, why: Why) -> Segment:
    """A RST that the sender of this segment will accept (section 3.5.2, groups 1 and 2)."""
    if seg.ack is not None:
        return Segment(seg.destination_port, seg.source_port, wrap(seg.ack), rst=True, why=why)
    ack = wrap(seg.seq + seg.len)
    return Segment(seg.destination_port, seg.source_port, 0, ack, rst=True, why=why)


def make_abort(tcb: Tcb, why: Why) -> Segment:
    """The RST by which we give up a connection: <SEQ=SND.NXT><CTL=RST> (section 3.10.5)."""
    assert tcb.remote is not None
    return Segment(tcb.local[1], tcb.remote[1], wrap(tcb.snd.nxt), rst=True, why=why)
