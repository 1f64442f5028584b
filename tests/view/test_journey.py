"""The journey of one octet: where it is at each moment, and how it came there."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course import RunError, Scenario, ScenarioError, TcpParameters, faults, middleboxes
from course.apps import echo
from course.tcp.segment import Why
from course.trace.record import Returned, Sent
from course.trace.text import directions
from course.view.crossing import Crossing
from course.view.follow import follow
from course.view.journey import Place, held
from course.view.turns import kept
from tests.states import closed
from tests.story import ISS
from tests.talk import answering, calling, hear, idle, reset, say, talk
from tests.view.traces import Story

ECHO = Scenario(server=echo.server, client=echo.client, delay=0.050)
KEPT, WIRE, BEYOND, ARRIVED = Place.SEND_BUFFER, Place.WIRE, Place.REORDERING_QUEUE, Place.RECEIVE_BUFFER
UNWRITTEN, READ = Place.SENDING_PROGRAM, Place.RECEIVING_PROGRAM


def bulk(*mishaps, octets=9000, **options):
    return talk(hear, say(bytes(octets)), delay=0.050, faults=mishaps, **options)


def told(journey):
    return [step.what for step in journey.steps]


# ---------------------------------------------------------------- the plain way


def test_an_octet_is_kept_until_it_is_acknowledged_long_after_it_was_read():
    """RFC 9293, section 3.4."""
    journey = ECHO.run().journey()

    assert [(step.at, step.leaves, step.enters, step.name) for step in journey.steps] == [
        (0.1, UNWRITTEN, KEPT, None),
        (0.1, None, WIRE, "client 3"),
        (pytest.approx(0.15), WIRE, ARRIVED, "client 3"),
        (pytest.approx(0.15), ARRIVED, READ, None),
        (pytest.approx(0.2), KEPT, None, "server 2"),
    ]
    assert (journey.sender, journey.receiver, journey.octet, journey.octets) == ("client", "server", 1, 5)


def test_it_prints_as_a_table():
    assert str(ECHO.with_faults(faults.drop("client", 3)).run().journey(5, "client")).splitlines() == [
        "Octet 5 of the 5 that client sends to server: number 5, counted from the SYN",
        "                 sending program",
        "     100.000 ms  send buffer                     client's program writes it",
        "     100.000 ms  send buffer, wire               client 3 carries it",
        "     125.000 ms  send buffer                     client 3 is lost",
        f"    1100.000 ms  send buffer, wire               client 4 carries it again: {Why.TIMEOUT.sentence}",
        "    1150.000 ms  send buffer, receive buffer     client 4 arrives",
        "    1150.000 ms  send buffer, receiving program  server's program reads it",
        "    1200.000 ms  receiving program               server 2 acknowledges it",
    ]


def test_its_steps_have_their_place_among_the_records():
    """After its own record each step has been taken, and before it none has."""
    run = ECHO.run()
    journey = run.journey()
    lines = str(run.trace).splitlines()
    at = [lines[step.after - 1].split(None, 3)[2:] for step in journey.steps]

    assert [(who, what.split()[0]) for who, what in at] == [
        ("client", "calls"),  # sendall
        ("client", "sends"),
        ("server", "gets"),
        ("server", "returns"),  # recv
        ("client", "gets"),
    ]
    assert journey.places(journey.steps[0].after - 1) == {UNWRITTEN}
    assert journey.places(journey.steps[2].after) == {KEPT, ARRIVED}
    assert journey.places() == journey.places(len(run.trace)) == {READ}


def test_both_directions_can_be_followed():
    journey = ECHO.run().journey(3, "server")

    assert (journey.sender, journey.receiver) == ("server", "client")
    assert told(journey) == [
        "server's program writes it",
        "server 2 carries it",
        "server 2 arrives",
        "client's program reads it",
        "client 4 acknowledges it",
    ]


def test_it_is_written_when_there_is_room_for_it():
    """RFC 9293, section 3.10.2: SEND waits while the send buffer is full."""
    journey = bulk(octets=300, tcp=TcpParameters(send_buffer=100, delayed_ack=0)).journey(201)

    assert journey.steps[0].at == pytest.approx(0.3)


@pytest.mark.parametrize("how", ["recv", "recv_into", "makefile", "peek"])
def test_however_a_program_reads(how):
    def read(host, connection):
        host.sleep(1)
        if how == "recv_into":
            connection.recv_into(bytearray(100))
        elif how == "makefile":
            with connection.makefile("rb") as file:
                file.read(10)
        else:
            connection.recv(100, host.MSG_PEEK if how == "peek" else 0)
        host.sleep(1)
        hear(host, connection)

    step = talk(read, say(bytes(10))).journey(10).steps[-1]

    assert (step.leaves, step.enters) == (ARRIVED, READ)
    assert step.at == pytest.approx(2.15 if how == "peek" else 1.15)


# ---------------------------------------------------------------- what the network does to it


def test_what_comes_after_a_lost_segment_waits_for_it():
    """RFC 9293, section 3.10.7.4, SHLD-31."""
    journey = bulk(faults.drop("client", 3)).journey(1500)

    assert told(journey)[2:5] == [
        "client 4 arrives, but octets before it are missing",
        "client 10 fills the gap before it",
        "server's program reads it",
    ]
    assert [(step.leaves, step.enters) for step in journey.steps[2:4]] == [(WIRE, BEYOND), (BEYOND, ARRIVED)]


def test_a_copy_is_on_the_wire_beside_its_twin():
    journey = bulk(faults.duplicate("client", 4, after=0.01)).journey(1500)
    after = next(step.after for step in journey.steps if step.what == "client 4 arrives")

    assert "the network makes client 4, copy 2" in told(journey)
    assert journey.places(after) == {KEPT, ARRIVED, WIRE}
    assert "client 4, copy 2 arrives, but the octet was there already" in told(journey)


def test_a_copy_of_what_waits_beyond_a_gap_is_no_news():
    journey = bulk(faults.drop("client", 3), faults.duplicate("client", 4)).journey(1500)

    assert told(journey)[3:5] == [
        "client 4 arrives, but octets before it are missing",
        "client 4, copy 2 arrives, but the octet was there already",
    ]


def test_a_damaged_segment_is_discarded():
    journey = bulk(faults.corrupt("client", 4)).journey(1500)

    assert "client 4 is lost: the checksum is wrong" in told(journey)
    assert [step.name for step in journey.steps if step.enters is WIRE] == ["client 4", "client 10"]


def test_what_is_sent_again_may_be_cut_elsewhere():
    """RFC 9293, section 3.7.4: three small segments are repeated as one."""

    def chatter(host, connection):
        connection.setsockopt(host.IPPROTO_TCP, host.TCP_NODELAY, 1)
        for octet in b"abc":
            connection.send(bytes([octet]))

    journey = talk(hear, chatter, faults=[faults.drop("client", n) for n in (3, 4, 5)]).journey(2)

    assert [step.name for step in journey.steps if step.enters is WIRE] == ["client 4", "client 7"]


def test_an_acknowledgment_that_is_lost_lets_it_come_twice():
    journey = ECHO.with_faults(faults.drop("server", 2)).run().journey(1, "client")

    assert [step.what for step in journey.steps if step.leaves is WIRE] == [
        "client 3 arrives",
        "client 4 arrives, but the octet was there already",
    ]


def test_a_shut_window_lets_it_wait_or_come_in_vain():
    """RFC 9293, section 3.8.6.1: the probe carries an octet that may not fit."""

    def late(host, connection):
        host.sleep(3)
        hear(host, connection)

    journey = talk(late, say(bytes(300)), tcp={"server": TcpParameters(receive_buffer=100)}).journey(101)
    steps = [step for step in journey.steps if WIRE in (step.leaves, step.enters)]

    assert [(step.leaves, step.enters) for step in steps[:2]] == [(None, WIRE), (WIRE, None)]
    assert "the peer's window is zero" in steps[0].what
    assert "does not fit the window" in steps[1].what
    assert journey.places() == {READ}


# ---------------------------------------------------------------- how else it ends


def test_a_program_that_closes_without_reading_throws_it_away():
    """RFC 9293, section 3.6.1: the reset tells the peer, who throws away what it had kept."""

    def lazy(host, connection):
        host.sleep(1)

    run = talk(lazy, lambda host, connection: (say(bytes(300))(host, connection), host.sleep(5)),
               tcp={"server": TcpParameters(receive_buffer=100)})  # fmt: skip

    assert told(run.journey(1))[-1] == "server's connection ends on ABORT, and its buffers with it"
    assert str(run.journey(1)).endswith("No place holds it any more: it is lost.")
    last = run.journey(300).steps[-1]
    assert (last.what, last.leaves) == ("client's connection ends on rcv RST, and its buffers with it", KEPT)


def test_a_reset_takes_what_has_arrived_and_was_not_read():
    def rude(host, connection):
        connection.sendall(b"hello")
        host.sleep(0.2)
        reset(host, connection)

    def slow(host, connection):
        host.sleep(1)

    last = talk(slow, rude).journey(1).steps[-1]

    assert (last.leaves, last.what) == (ARRIVED, "server's connection ends on rcv RST, and its buffers with it")
    assert last.name is not None


def test_a_reset_takes_what_waits_beyond_a_gap():
    def rude(host, connection):
        connection.sendall(bytes(2920))
        host.sleep(0.2)
        reset(host, connection)

    lost = [faults.drop("client", 3)]
    steps = talk(lambda host, connection: host.sleep(1), rude, faults=lost).journey(2920).steps

    assert (BEYOND, None) in [(step.leaves, step.enters) for step in steps]


def test_a_program_that_gives_up_throws_away_what_it_has_written():
    """RFC 9293, section 3.10.5."""

    def rude(host, connection):
        connection.sendall(b"hello")
        reset(host, connection)

    steps = talk(hear, rude).journey(1).steps

    assert (KEPT, "client's connection ends on ABORT, and its buffers with it") in [
        (step.leaves, step.what) for step in steps
    ]


def test_a_program_that_closes_throws_away_what_waits_beyond_a_gap():
    lost = [faults.drop("client", 4)]
    steps = talk(lambda host, connection: host.sleep(0.05), say(bytes(9000)), faults=lost).journey(4000).steps

    assert (BEYOND, "server's connection ends on ABORT, and its buffers with it") in [
        (step.leaves, step.what) for step in steps
    ]


def test_nobody_reads_after_the_program_has_closed():
    """RFC 9293, section 3.6.1."""

    def two(host, connection):
        host.sleep(0.5)
        connection.send(b"a")
        connection.send(b"b")

    run = talk(idle, two, tcp=TcpParameters(nagle=False))

    assert "client 4 arrives, but no program will read it" in told(run.journey(1))
    assert "client 5 arrives, and there is no connection any more" in told(run.journey(2))


def test_the_sender_gives_up_when_nobody_answers():
    """RFC 9293, section 3.8.3."""
    cut = ECHO.with_faults(faults.cut(0.09)).with_knobs(tcp=TcpParameters(r2=5.0))

    assert told(cut.run().journey(1, "client"))[-1] == (
        "client's connection ends on user timeout, and its buffers with it"
    )


def test_what_arrived_in_order_can_be_read_after_the_connection_is_closed():
    def late(host, connection):
        connection.shutdown(host.SHUT_WR)
        host.sleep(1)
        hear(host, connection)

    run = talk(late, say(b"hello"), tcp=TcpParameters(msl=0.0))

    assert run.journey(5).steps[-1].what == "server's program reads it"
    assert run.journey(5).steps[-1].at == pytest.approx(1.15)


def test_a_look_at_a_moment_ends_there():
    journey = ECHO.run(until=0.12).journey()

    assert journey.places() == {KEPT, WIRE}
    assert str(journey).endswith("It has not been read when the record ends.")


def test_a_run_that_failed_has_journeys_too():
    def broken(host, connection):
        connection.sendall(b"x")
        raise ZeroDivisionError

    with pytest.raises(RunError) as ended:
        talk(hear, broken)

    assert ended.value.run.journey().places() == {KEPT, WIRE}


# ---------------------------------------------------------------- which octet


@pytest.mark.parametrize("iss", [2**32 - 1, 2**32 - 3, 2**31 - 3])
def test_numbers_may_wrap_round(iss):
    plain = bulk(faults.drop("client", 3), octets=3000)
    wrapped = bulk(faults.drop("client", 3), octets=3000, tcp=TcpParameters(iss=iss))

    for octet in (1, 2, 3, 4, 3000):
        assert wrapped.journey(octet) == plain.journey(octet)


def test_each_connection_counts_its_own_octets():
    def server(host):
        with host.create_server(("", 7000)) as listener:
            for _ in range(2):
                connection, _ = listener.accept()
                with connection:
                    hear(host, connection)

    run = Scenario(server=server, ann=calling(say(bytes(7))), bob=calling(say(bytes(3)))).run()

    assert run.journey(7).sender == "ann"
    assert run.journey(3, connection=2).octets == run.journey(3, "bob").octets == 3
    with pytest.raises(ValueError, match="there is no octet 4: bob writes 3 on this connection"):
        run.journey(4, connection=2)


def test_the_same_ports_again_are_another_connection():
    def server(host):
        for _ in range(2):
            answering(hear)(host)

    def client(host):
        for octets in (b"abc", b"defgh"):
            with host.create_connection(("server", 7000), source_address=("", 5000)) as connection:
                connection.sendall(octets)
            host.sleep(300)

    run = Scenario(server=server, client=client).run()

    assert run.journey(3).steps[0].at < 1
    assert run.journey(3).places() == {READ}
    assert run.journey(4).steps[0].at > 300
    assert run.journey(4).places() == {READ}


def accepting_twice(serve):
    def server(host):
        with host.create_server(("", 7000)) as listener:
            for _ in range(2):
                connection, _ = listener.accept()
                with connection:
                    serve(host, connection)

    return server


def test_strays_that_the_listener_gets_afterwards_change_nothing():
    """Even if it would answer them with the same initial sequence number."""

    def slow(host, connection):
        for _ in range(9):
            connection.send(b"x")
            host.sleep(0.3)

    server = accepting_twice(lambda host, connection: host.sleep(1))
    run = Scenario(server=server, client=calling(slow), tcp={"server": TcpParameters(iss=7)}).run()

    assert told(run.journey(1))[2] == "client 3 arrives"


@pytest.mark.parametrize("iss", [None, 7])
def test_a_syn_that_comes_again_makes_no_other_connection(iss):
    old = faults.duplicate("client", 1, after=5)
    tcp = {"server": TcpParameters(iss=iss), "client": TcpParameters(msl=1.0)}
    run = Scenario(server=accepting_twice(hear), client=calling(say(b"hello")), faults=[old], tcp=tcp).run()

    assert run.journey(5).places() == {READ}


def test_one_host_may_talk_to_itself():
    def alone(host):
        listener = host.create_server(("", 7000))
        there = host.create_connection(("host", 7000))
        here, _ = listener.accept()
        there.sendall(b"hi")
        here.recv(9)

    journey = Scenario(host=alone).run().journey(2)

    assert told(journey)[:4] == [
        "host's program writes it",
        "host 4 carries it",
        "host 4 arrives",
        "host's program reads it",
    ]


def test_an_octet_that_nobody_writes_is_an_error_that_says_how_many_there_are():
    run = ECHO.run()

    with pytest.raises(ValueError, match="there is no octet 6: client writes 5 on this connection"):
        run.journey(6)
    for wrong in (0, -1, 1.5, True, "1"):
        with pytest.raises(ValueError, match="octets are counted 1, 2, 3"):
            run.journey(wrong)
    with pytest.raises(ValueError, match="no host is called 'bob'"):
        run.journey(1, "bob")


def test_the_kernel_does_not_tell():
    with pytest.raises(ScenarioError, match="the kernel does not tell"):
        ECHO.run(world="loopback").journey()


# ---------------------------------------------------------------- whatever happens


def log_of_saying(octets, piece, pause):
    """Send so much, and return when how much had been sent."""

    def program(host, connection):
        log, count = [], 0
        while count < octets:
            count += connection.send(bytes(min(piece, octets - count)))
            log.append((host.now(), count))
            host.sleep(pause)
        return log

    return program


def log_of_hearing(piece, pause):
    """Read all, and return when how much had been read."""

    def program(host, connection):
        log, count = [], 0
        while data := connection.recv(piece):
            count += len(data)
            log.append((host.now(), count))
            host.sleep(pause)
        return log

    return program


def moment(log, octet):
    """When the octet was among those that are counted."""
    return next(at for at, count in log if count >= octet)


HOSTS, ORDINALS = st.sampled_from(["client", "server"]), st.integers(1, 12)
SPANS = st.sampled_from([0.0, 0.01, 0.2, 3.0])
MISHAPS = st.one_of(
    st.builds(faults.drop, HOSTS, ORDINALS),
    st.builds(faults.duplicate, HOSTS, ORDINALS, after=SPANS),
    st.builds(faults.delay, HOSTS, ORDINALS, by=SPANS),
    st.builds(faults.reorder, HOSTS, ORDINALS),
    st.builds(faults.corrupt, HOSTS, ORDINALS),
    st.builds(faults.randomly, st.just(0.1), st.integers(0, 99)),
)
KNOBS = st.builds(
    TcpParameters,
    mss=st.sampled_from([10, 40, 1460]),
    send_buffer=st.sampled_from([30, 262_144]),
    receive_buffer=st.sampled_from([1, 25, 65_535]),
    nagle=st.booleans(),
    timestamps=st.booleans(),
    iss=st.sampled_from([None, 2**32 - 30]),
    max_rto=st.just(3.0),
    r2=st.just(1e6),  # so patient that every octet arrives
    r2_syn=st.just(1e6),
)
PIECES, PAUSES = st.sampled_from([1, 13, 4096]), st.sampled_from([0.0, 0.03, 0.5])


@settings(max_examples=60, derandomize=True, database=None, deadline=None)
@given(
    data=st.data(),
    octets=st.integers(1, 60),
    mishaps=st.lists(MISHAPS, max_size=4),
    knobs=st.tuples(KNOBS, KNOBS),
    pieces=st.tuples(PIECES, PIECES),
    pauses=st.tuples(PAUSES, PAUSES),
    delay=st.sampled_from([0.05, 0.0]),
    rate=st.sampled_from([None, None, 64e3]),
)
def test_whatever_happens_it_is_somewhere_until_it_is_read(data, octets, mishaps, knobs, pieces, pauses, delay, rate):
    """Both programs keep a log of their own, so that the journey is not its own judge."""
    run = talk(
        log_of_hearing(pieces[0], pauses[0]),
        log_of_saying(octets, pieces[1], pauses[1]),
        faults=mishaps,
        delay=delay,
        rate=rate,
        queue=None if rate is None else 0,
        tcp=dict(zip(("server", "client"), knobs, strict=True)),
    )
    octet = data.draw(st.integers(1, octets))
    journey = run.journey(octet, "client")

    is_sound(journey, run.trace)
    at = {step.enters: step.at for step in journey.steps}
    assert journey.octets == octets
    assert at[KEPT] == moment(run.results["client"], octet)
    assert at[READ] == moment(run.results["server"], octet)
    assert journey.places() == {READ}


def is_sound(journey, trace):
    """Places are entered before they are left, once each but for the wire, and one of them always has the octet."""
    count = Counter([UNWRITTEN])
    for number, step in enumerate(journey.steps, 1):
        count.update(filter(None, [step.enters]))
        count.subtract(filter(None, [step.leaves]))
        assert min(count.values()) >= 0
        assert max(many for place, many in count.items() if place is not WIRE) <= 1
        assert held(journey.steps[:number])
    assert [(step.at, step.after) for step in journey.steps] == sorted((step.at, step.after) for step in journey.steps)
    assert all(trace.records[step.after - 1].at <= step.at for step in journey.steps)
    assert all(tells_of_reading(trace.records[step.after - 1]) for step in journey.steps if step.enters is READ)
    assert journey.steps[0].leaves is UNWRITTEN


def tells_of_reading(record):
    """The call is back, or the window is open again."""
    if isinstance(record, Sent):
        return record.segment.why is Why.WINDOW_UPDATE
    return isinstance(record, Returned) and record.called.name == "recv"


def test_a_syn_may_carry_octets():
    """RFC 9293, section 3.4: the SYN's number comes before that of the first octet."""
    syn = Story("a", "b").sends(0, "a", "b", seq=2**32 - 1, syn=True, data=b"hi")

    carried = [
        number for number in range(4) if Crossing((), directions(syn)[0], 2**32 - 1 + number, (), {}).carries(syn)
    ]
    assert carried == [1, 2]


def test_what_waits_for_the_handshake_is_counted_from_the_syn():
    story = closed()
    story.connection.open_active(ISS)
    story.connection.send(b"hello")

    assert list(kept(story.connection.status())) == [ISS + 1, ISS + 2, ISS + 3, ISS + 4, ISS + 5]


def test_the_samples_of_all_connections_may_be_given_and_those_of_one_are_found():
    run = ECHO.run()
    way = ("10.0.0.2", 49152), ("10.0.0.1", 7000)

    assert follow(run.trace, iter(run.variables()), way, 2) == run.journey(2)
    with pytest.raises(ValueError, match="client writes 0"):
        follow(run.trace, [], way)


def test_past_a_nat_no_octet_is_followed_and_it_says_what_to_do():
    run = Scenario(server=echo.server, client=echo.client, middleboxes=[middleboxes.nat()]).run()

    with pytest.raises(ValueError, match=r"past a NAT; run it without: scenario.with_knobs\(middleboxes=\(\)\)"):
        run.journey()
