"""Stories: how the tests tell what happens to one connection, step by step, in relative sequence numbers.

    story = established()  # tests/states.py
    story.arrives(data(b"hello", seq=1, ack=1))
    story.expect()  # nothing leaves
    story.after(0.2)
    story.expect(ack(seq=1, ack=6, why=Why.ACK_DELAYED))

Our numbers count from ISS, the peer's from IRS. Whatever leaves has to be expected before the next step. When a
step fails, the error is the story so far.
"""

from dataclasses import dataclass

from course.tcp.segment import Options, Segment, Why

LOCAL, REMOTE = ("10.0.0.1", 1024), ("10.0.0.2", 7000)
ISS, IRS = 1000, 5000
WINDOW = 10_000
NOTES = ("window", "mss", "psh", "window_scale", "timestamps", "urgent")
DETAILS = (*NOTES, "why")


@dataclass(frozen=True, slots=True)
class Sketch:
    """A segment with relative numbers, its window as the field says it. If expected, what is None may be anything."""

    control: str
    seq: int
    ack: int | None = None
    data: bytes = b""
    window: int | None = None
    mss: int | None = None
    psh: bool | None = None
    why: Why | None = None
    window_scale: int | None = None
    timestamps: tuple[int, int] | None = None
    urgent: int | None = None

    def segment(self, iss, irs, window):
        """The segment as it arrives from the peer."""
        return Segment(
            REMOTE[1], LOCAL[1], (irs + self.seq) % 2**32, None if self.ack is None else (iss + self.ack) % 2**32,
            window if self.window is None else self.window, self.data, syn="SYN" in self.control,
            fin="FIN" in self.control, rst="RST" in self.control, psh=bool(self.psh), urgent=self.urgent,
            options=Options(self.mss, self.window_scale, timestamps=self.timestamps),
        )  # fmt: skip

    def fits(self, seen):
        """Does a sketch of what left say all that this one says?"""
        same = (self.control, self.seq, self.ack, self.data) == (seen.control, seen.seq, seen.ack, seen.data)
        said = {name: value for name in DETAILS if (value := getattr(self, name)) is not None}
        return same and all(value == getattr(seen, name) for name, value in said.items())

    def __str__(self):
        octets = f" {len(self.data)} octets" if self.data else ""
        notes = [f"{name}={value}" for name in NOTES if (value := getattr(self, name)) is not None]
        why = [f"[{self.why.name}]"] if self.why else []
        flags = f"{self.control} ACK".strip() if self.ack is not None else self.control or "(none)"
        acked = "" if self.ack is None else f" ack={self.ack}"
        return " ".join([f"{flags} seq={self.seq}{acked}{octets}", *notes, *why])


def sketch(segment, iss, irs):
    """What left, in relative numbers."""
    control = " ".join(flag for flag in segment.flags if flag in ("SYN", "FIN", "RST"))
    acked = None if segment.ack is None else relative(segment.ack, irs)
    options = segment.options
    return Sketch(control, relative(segment.seq, iss), acked, segment.data, segment.window, options.mss, segment.psh,
                  segment.why, options.window_scale, options.timestamps, segment.urgent)  # fmt: skip


def relative(number, isn):
    """How far a number lies behind the initial one, the shorter way round."""
    return (number - isn + 2**31) % 2**32 - 2**31


def syn(seq=0, **more):
    return Sketch("SYN", seq, **more)


def syn_ack(seq=0, ack=1, **more):
    return Sketch("SYN", seq, ack, **more)


def ack(seq, ack, **more):
    return Sketch("", seq, ack, **more)


def data(octets, seq, ack, **more):
    return Sketch("", seq, ack, octets, **more)


def octets(first, end):
    """The octets with the numbers from `first` up to, but not, `end`: the number says which octet it is."""
    return bytes(number % 251 for number in range(first, end))


def part(first, end, ack=1, **more):
    """A segment with just these octets of the stream."""
    return data(octets(first, end), first, ack, **more)


def fin(seq, ack, data=b"", **more):
    return Sketch("FIN", seq, ack, data, **more)


def rst(seq, ack=None, **more):
    return Sketch("RST", seq, ack, **more)


class Story:
    """One connection, its clock, and what was told of it."""

    def __init__(self, connection, iss=ISS, irs=IRS, window=WINDOW):
        self.connection, self.iss, self.irs, self.window = connection, iss, irs, window
        self.now, self.events, self.told, self._left = 0.0, [], [], []

    @property
    def tcb(self):
        """The variables."""
        return self.connection.tcb

    def arrives(self, *sketches):
        """These segments arrive now, one after the other; only then may anything leave."""
        self._everything_is_told()
        for each in sketches:
            self._tell(f"<  {each}")
            self.connection.segment_arrives(each.segment(self.iss, self.irs, self.window), self.now)
        self._settle()

    def calls(self, name, *arguments, **named):
        """The program calls, for example calls("send", b"hello"); the result is the call's."""
        self._everything_is_told()
        result = getattr(self.connection, name)(*arguments, **named)
        self._tell(f"   {name}{arguments!r:.40} -> {result!r:.40}")
        self._settle()
        return result

    def at(self, moment):
        """Time goes on until this moment; every timer that is due by then runs out at its own moment."""
        self._everything_is_told()
        while (timeout := self.connection.next_timeout()) and timeout[0] <= moment:
            self.now = timeout[0]
            self._tell(f"   timeout: {timeout[1]}")
            self.connection.timeout(self.now)
            self._settle()
        self.now = moment

    def after(self, seconds):
        """So much time passes."""
        self.at(self.now + seconds)

    def expect(self, *sketches):
        """Exactly these have left since the last time, in this order; none at all for expect()."""
        seen, self._left = self._left, []
        if len(seen) != len(sketches) or not all(each.fits(other) for each, other in zip(sketches, seen, strict=True)):
            self.breaks("expected " + ("; ".join(map(str, sketches)) or "nothing"))

    def leaves(self):
        """What has left since the last time, for stories that ask about it themselves."""
        seen, self._left = self._left, []
        return seen

    def is_in(self, state, failure=None):
        """The connection is in this state, and failed in this way (not at all, if nothing is said)."""
        if (self.connection.state, self.connection.failure) != (state, failure):
            self.breaks(f"expected {state}, {failure}")

    def breaks(self, problem):
        """Here the story is not as it should be."""
        found = f"{self.connection.state}, {self.connection.failure}, next {self.connection.next_timeout()}"
        raise AssertionError("\n".join(["the story so far:", *self.told, f"{problem}; found {found}"]))

    def _settle(self):
        happened = self.connection.history()
        self.events += happened
        for change in (each for each in happened if isinstance(each, tuple)):
            self._tell(f"   {change[0]} -> {change[1]} ({change[2]})")
        leaving = [sketch(each, self.iss, self.irs) for each in self.connection.segments_to_send(self.now)]
        for each in leaving:
            self._tell(f">  {each}")
        self._left += leaving

    def _tell(self, line):
        self.told.append(f"{self.now:8.3f}  {line}")

    def _everything_is_told(self):
        if self._left:
            self.breaks("these left and were not expected: " + "; ".join(map(str, self._left)))
