"""Moment: each record of a run, and TCP's variables after it, as plain values for the browser."""

from operator import itemgetter

from course.run import Run
from course.sim.watch import Sample
from course.tcp.segment import Segment
from course.tcp.status import Status
from course.trace.hosts import Directory
from course.trace.record import Changed, Delivered, Endpoint, Expired, Outage, Record, Sent
from course.trace.text import Direction, directions, rows
from course.view.layout import Draft
from course.view.widgets.answers import Message
from course.view.widgets.figure import travelled
from course.view.words import NO_BREAK_SPACE, span

NO_LIMIT = 2**30  # a congestion window as large as this never closes
End = tuple[str, Endpoint, Endpoint]
NAMES = (
    "state",
    "SND.UNA · SND.NXT",
    "SND.WND",
    "RCV.NXT · RCV.WND",
    "RTO",
    "timers",
    "cwnd · in flight",
    "to send · to read",
)


class Ends:
    """The ends of connections by name: the host's, and a number where it has several connections."""

    def __init__(self, samples: list[Sample]) -> None:
        by_host: dict[str, list[End]] = {}
        for host, local, remote in dict.fromkeys(map(end_of, samples)):
            by_host.setdefault(host, []).append((host, local, remote))
        self._names = {
            end: host if len(ends) == 1 else f"{host}, connection {count}"
            for host, ends in by_host.items()
            for count, end in enumerate(ends, 1)
        }

    @property
    def ways(self) -> dict[Direction, str]:
        """Each way on which somebody may send, from one end to the other, and who."""
        return {(local, remote): name for (_, local, remote), name in self._names.items()}

    def name(self, end: End | None) -> str | None:
        """What an end is called; None for what is none."""
        return None if end is None else self._names.get(end, end[0])


def end_of(sample: Sample) -> End:
    """The end whose sample it is."""
    return sample.host, sample.local, sample.remote


def moments(run: Run, draft: Draft, ends: Ends) -> list[Message]:
    """Each record of the picture: its line in the table, its height, and how many records there were by then."""
    place = {id(record): count for count, record in enumerate(run.trace.records, 1)}
    lines = rows(run.trace, draft.story.rows, relative=True)
    heights = (draft.top + height for height in draft.heights.rows)
    directory = Directory(run.trace.hosts, run.trace.translated)
    return [
        {
            "y": round(y, 1),
            "time": span(record.at).replace(NO_BREAK_SPACE, " ") if record.at else "0 ms",
            "line": line,
            "after": place[id(record)],
            "at": record.at,
            **about(record, directory, ends),
        }
        for record, line, y in zip(draft.story.rows, lines, heights, strict=True)
    ]


def about(record: Record, directory: Directory, ends: Ends) -> Message:
    """Which segment it is about, whose TCP is at work, and from which state to which it goes."""
    end = end_at_work(record, directory)
    says: Message = {"end": ends.name(end)}
    sent = sent_in(record)
    if sent is not None:
        says["name"] = sent.name
    if isinstance(record, Changed):
        says |= {"host": record.host, "change": travelled(record)}
        says["listens"] = record.remote is None
    if isinstance(record, Outage) and record.what == "power cut":
        says["dark"] = record.host
    return says


def sent_in(record: Record) -> Sent | None:
    """The transmission that the record is about, if it is about one."""
    return record if isinstance(record, Sent) else getattr(record, "sent", None)


def end_at_work(record: Record, directory: Directory) -> End | None:
    """The end whose TCP is at work in this record; None for a call, a listener, UDP, and what is lost on its way."""
    sent = sent_in(record)
    if sent is not None and not isinstance(sent.payload, Segment):
        return None
    match record:
        case Changed(_, host, local, remote) | Expired(_, host, local, remote):
            return None if remote is None else (host, local, remote)
        case Sent():
            return record.sender, *directions(record)[0]
        case Delivered():
            local, remote = directions(record.sent)[1]
            return directory.at(local) or local[0], local, remote
        case _:
            return None


def variables(sample: Sample, ends: Ends) -> Message:
    """What one end says of itself, in words; numbers count from the SYN."""
    return {
        "after": sample.after,
        "at": sample.at,
        "end": ends.name(end_of(sample)),
        "values": values(sample.status),
    }


def values(status: Status) -> tuple[str, ...]:
    """The variables that one looks at most often, in the order of NAMES; those that belong together, together."""
    heard = "–" if status.irs is None else f"{status.rcv_nxt - status.irs}"
    timers = ", ".join(f"{name} at {span(at)}" for name, at in sorted(status.timers.items(), key=itemgetter(1)))
    return (
        str(status.state),
        f"{status.snd_una - status.iss} · {status.snd_nxt - status.iss}",
        f"{status.snd_wnd}",
        f"{heard} · {status.rcv_wnd}",
        span(status.rto),
        timers or "off",
        f"{'no limit' if status.cwnd >= NO_LIMIT else status.cwnd} · {status.flight_size}",
        f"{status.send_queue} · {status.receive_queue}",
    )
