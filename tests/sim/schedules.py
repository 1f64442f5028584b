"""Schedules: two hosts, what they say, and what the network does to it, drawn at random."""

from hypothesis import strategies as st

from course import Scenario, TcpParameters, faults
from course.sim.fates import Fault
from tests.sim.parts import PATIENT, PORT, Before, Client, End, Hear, Linger, NoDelay, Rest, Say, Server, Shut, Step
from tests.sim.trials import smallest_unit

CALLER = 5000  # the client's port, where it is not any
HOSTS = "client", "server"
Draw = st.DrawFn


def knobs(draw: Draw, shape: str, *, narrow: bool) -> TcpParameters:
    """TCP's knobs for one host, usual ones first. Numbers must not be used again while old segments are under way."""
    mss = draw(st.sampled_from([1460, 100, 536, 1460, 10, 1, 2]) | st.integers(1, 1460))
    windows = [1, 2, 3, 10] if narrow else [65_535, 65_535, 200_000, 1, 10, mss, 2 * mss, 1459, 5000, 20_000]
    window = draw(st.sampled_from(windows))
    scale = draw(st.sampled_from([None, None, *(bits for bits in (0, 2, 7) if 1 << bits <= window)]))
    min_rto = draw(st.sampled_from([1.0, 0.2]))
    return TcpParameters(
        mss=mss,
        send_buffer=draw(st.sampled_from([262_144, 262_144, 1, 10, mss, 2 * mss, 5000])),
        receive_buffer=min(window, 65_535 << (scale or 0)),
        window_scale=scale,
        timestamps=draw(st.booleans()),
        nagle=draw(st.sampled_from([True, False])),
        delayed_ack=draw(st.sampled_from([0.2, 0.0, 0.499])),
        min_rto=min_rto,
        max_rto=draw(st.sampled_from([4.0, 1.0])),
        r2=draw(st.sampled_from([40.0, 40.0, 8.0])),
        r2_syn=draw(st.sampled_from([40.0, 40.0, 8.0])),
        keep_alive=draw(st.sampled_from([False, False, False, True])),
        keep_idle=draw(st.sampled_from([5.0, 0.5])),
        keep_interval=draw(st.sampled_from([1.0, 0.1])),
        keep_count=draw(st.sampled_from([9, 1])),
        msl=draw(st.sampled_from([2.0, 0.0, 0.5])),
        congestion_control=draw(st.sampled_from(["reno", "none"])),
        initial_window=draw(st.sampled_from([None, None, None, mss, 2 * mss])),
        iss=None if shape == AGAIN else draw(st.sampled_from([None, 2**32 - 5, 2**32 - 1, 2**32 - 1000, 2**31 - 3])),
        syn_queue=draw(st.sampled_from([128] * 6 + [1, 0])),
        syn_cookies=draw(st.sampled_from([False, False, False, True])),
        when_full=draw(st.sampled_from(["drop", "reset"])),
    )


def sizes(draw: Draw, unit: int) -> int:
    """How much one end says: a little, or up to some 100 segments of it."""
    most = min(100 * unit, 100_000)
    return draw(st.integers(0, 3 * unit) | st.integers(0, most) | st.integers(most // 2, most))


def pause(draw: Draw) -> float:
    """A pause between pieces, none mostly."""
    return draw(st.sampled_from([0.0, 0.0, 0.0, 0.01, 0.3]))


def say(draw: Draw, octets: int) -> Say:
    """Say so much, all at once or in pieces."""
    few = max(1, octets // draw(st.integers(1, 30)))
    return Say(octets, draw(st.sampled_from([65_536, few])), pause(draw))


def hear(draw: Draw, octets: int, most: int | None = None) -> Hear:
    """Hear so much, in pieces or not."""
    few = max(1, octets // draw(st.integers(1, 30)))
    hears = Hear(draw(st.sampled_from([65_536, few])), pause(draw))
    return hears if most is None else Hear(hears.piece, hears.pause, most)


AT_ONCE, SAY_FIRST, ASK, LEAVE, ABORT, HEAR_FIRST, ANSWER, HEAR_SOME = MANNERS = (
    "at once", "say first", "ask", "leave", "abort", "hear first", "answer", "hear some",
)  # fmt: skip
TALKERS, LISTENERS = (SAY_FIRST, ASK, LEAVE, ABORT), (HEAR_FIRST, ANSWER, HEAR_SOME)


def get_on(one: str, other: str, *, fit: bool) -> bool:
    """Does none of two ends wait for the other while that one waits for it? `fit`: is there room for all they say?"""
    if AT_ONCE in (one, other):
        return True
    if one in LISTENERS and other in LISTENERS:
        return False
    if one in TALKERS and other in TALKERS:
        return fit
    return {one, other} not in ({ASK, HEAR_FIRST}, {ASK, HEAR_SOME})


def end(draw: Draw, manner: str, ours: int, theirs: int) -> End:
    """One end that says `ours` and may hear `theirs`, in that manner."""
    first: tuple[Step, ...] = draw(st.sampled_from([(), (), (), (NoDelay(),), (Linger(1),), (Linger(30),)]))
    first += draw(st.sampled_from([(), (), (Rest(0.1),), (Rest(3.0),)]))
    says, hears = say(draw, ours), hear(draw, theirs)
    if manner == AT_ONCE:
        break_off: tuple[Step, ...] = draw(st.sampled_from([(), (), (Rest(5.0),)]))
        return End((*first, says, Shut()), (*break_off, hears))
    pause_before = Rest(draw(st.sampled_from([0.0, 0.05, 1.0])))
    return End((*first, *{
        SAY_FIRST: (says, Shut(), hears),
        ASK: (says, hear(draw, theirs, theirs)),
        LEAVE: (says, pause_before),
        ABORT: (says, pause_before, Linger()),
        HEAR_FIRST: (hears, says),
        ANSWER: (hear(draw, theirs, theirs), says),
        HEAR_SOME: (hear(draw, theirs, draw(st.integers(0, theirs))), pause_before),
    }[manner]))  # fmt: skip


def two_ends(draw: Draw, one: TcpParameters, other: TcpParameters) -> tuple[End, End]:
    """Both ends of a connection that get on with each other."""
    unit = smallest_unit(one, other)
    ours, theirs = sizes(draw, unit), sizes(draw, unit)
    fit = ours <= one.send_buffer and theirs <= other.send_buffer
    manner = draw(st.sampled_from(MANNERS))
    partner = draw(st.sampled_from([each for each in MANNERS if get_on(manner, each, fit=fit)]))
    return end(draw, manner, ours, theirs), end(draw, partner, theirs, ours)


def mishap(draw: Draw) -> Fault:
    """One fault; those that leave a conversation alive come first, and twice."""
    host, n = draw(st.sampled_from(HOSTS)), draw(st.integers(1, 8) | st.integers(1, 60))
    seconds = draw(st.sampled_from([0.0, 0.1, 0.5, 1.0, 3.0, 10.0]))
    flags = draw(st.sampled_from(["SYN", "SYN ACK", "FIN", "RST", "ACK", "PSH"]))
    mild: list[Fault] = [
        faults.drop(host, n),
        faults.duplicate(host, n, after=seconds),
        faults.reorder(host, n),
        faults.delay(host, n, by=seconds),
        faults.hold(host, n, until=seconds * 2),
        faults.corrupt(host, n),
        faults.randomly(draw(st.sampled_from([0.02, 0.05, 0.1, 0.3]))),
    ]
    harsh: list[Fault] = [
        faults.cut(seconds, until=seconds + draw(st.sampled_from([0.1, 1.0, 5.0, 30.0]))),
        Before(seconds + 1, faults.drop_flags(host, flags)),
        faults.drop_flags(host, draw(st.sampled_from(["RST", "FIN", "SYN"]))),
    ]
    return draw(st.sampled_from(mild + mild + harsh))


ONE, BOTH_CALL, IN_TURN, AGAIN, TOGETHER, TOO_MANY = SHAPES = (
    "one caller", "both call", "in turn", "the same ports again", "all together", "more than are served",
)  # fmt: skip


def programs(draw: Draw, shape: str, server: TcpParameters, client: TcpParameters) -> dict[str, Server | Client]:
    """The two programs: one caller, or several, or both call each other."""
    serve, call = two_ends(draw, server, client)
    patience = draw(st.sampled_from([PATIENT] * 10 + [0.5, 3.0]))
    after = draw(st.sampled_from([0.0, 0.0, 0.001, 0.5]))
    if shape == BOTH_CALL:
        return {
            "server": Client((serve,), port=PORT, peer="client", to=CALLER, patience=PATIENT),
            "client": Client((call,), after=after, port=CALLER, patience=patience),
        }
    several = 1 if shape == ONE else draw(st.integers(2, 4))
    served = draw(st.integers(1, several - 1)) if shape == TOO_MANY else several
    late = draw(st.sampled_from([0.0, 0.0, 1.0]))
    return {
        "server": Server((serve,) * served, backlog=draw(st.sampled_from([128, 0, 1])), pause=late),
        "client": Client(
            (call,) * several,
            at_once=shape in (TOGETHER, TOO_MANY),
            after=after,
            port=CALLER if shape == AGAIN else 0,
            patience=patience,
        ),
    }


@st.composite
def schedules(draw: Draw) -> Scenario:
    """Two hosts, their programs, their TCPs, and a network that does what it likes."""
    shape = draw(st.sampled_from((ONE, ONE, *SHAPES)))
    narrow = draw(st.sampled_from([False, False, False, True]))
    server, client = knobs(draw, shape, narrow=narrow), knobs(draw, shape, narrow=narrow)
    rate = draw(st.sampled_from([None, None, 1e6, 64e3]))
    return Scenario(
        **programs(draw, shape, server, client),
        delay=draw(st.sampled_from([0.05, 0.0, 0.001, 0.3, 1.0])),
        rate=rate,
        queue=None if rate is None else draw(st.sampled_from([None, 10, 1, 0])),
        seed=draw(st.integers(0, 1000)),
        faults=tuple(mishap(draw) for _ in range(draw(st.integers(0, 4)))),
        tcp={"server": server, "client": client},
    )
