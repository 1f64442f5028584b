"""The questions of chapter 06, reliable delivery."""

from course.apps import echo, upload
from course.check import sending
from course.check.question import Choice, Choose, Count, Name, Next, Puzzle, Question
from course.run import Run
from course.scenario import Scenario
from course.sim import faults
from course.sockets.host import Host
from course.tcp.parameters import TcpParameters
from course.tcp.segment import Segment
from course.tcp.state import State

# ------------------------------------------------ evidence for check()


def four_words(host: Host) -> None:
    """Send 1000 octets four times, and close a second later."""
    with host.create_connection(("server", upload.PORT)) as connection:
        for _ in range(4):
            connection.sendall(bytes(1000))
        host.sleep(1)


def four_sends() -> Run:
    """Four sends, and no loss."""
    return Scenario(server=upload.server, client=four_words).run()


def cut_off() -> Run:
    """A client whose RTO is 0.4 s says something into a cut cable."""
    knobs = TcpParameters(min_rto=0.4)
    return Scenario(server=echo.server, client=echo.client, tcp=knobs, faults=[faults.cut(at=0.1)]).run(until=10)


def last_lost() -> Run:
    """An upload of eight segments, of which the last is lost."""
    lost = faults.drop("client", 10)
    return Scenario(server=upload.server, client=upload.client(11_000), faults=[lost]).run()


# ------------------------------------------------ the questions

PREDICTIONS: tuple[Question, ...] = (
    Count(
        "one sendall",
        lambda run: len(sending.data(run)),
        "TCP cuts the stream where it fits: 1460 octets go into one segment here, and the rest into a last one.",
        wrong={1: "A call of send() is no segment (M25): no segment here takes more than 1460 octets."},
    ),
    Count(
        "ten segments",
        sending.acknowledgments,
        "An ACK counts for everything before its number, so one for every second full segment is enough.",
        wrong={
            10: "One for each would be allowed, too.",
            1: "That would be enough to say it, and late: RFC 9293 wants one for every second full segment.",
        },
    ),
    Next(
        "damaged",
        sending.answer_to_damage,
        "A segment with a wrong checksum is thrown away without a word.",
        wrong={
            "ACK": "Whom should it tell? The ports may be what is damaged. It is silent (M41).",
            "RST": "Damage on the way is no reason to end a connection. It is silent (M41).",
        },
    ),
    Choose(
        "first timeout",
        {
            "a": Choice("100 ms, one round trip.", "Then half of all answers would come a moment too late."),
            "b": Choice("200 ms, two round trips.", "A popular rule (M43); but how much round trips vary counts, too."),
            "c": Choice("300 ms."),
            "d": Choice("1 s, always.", "So it is before anything was measured; by now a round trip was (M43)."),
        },
        sending.first_timeout,
        "RTO = SRTT + 4 × RTTVAR; after the first measurement R that is R + 4 × R/2 (RFC 6298, section 2.2).",
    ),
    Name(
        "after a minute",
        sending.state_of_client,
        "No news is no event: a state changes by a call, a segment or a timer that gives up, and none of them came.",
        wrong={
            State.CLOSED: "It will be, when TCP gives up. It has not yet.",
            State.SYN_SENT: "That was the handshake, and it is over.",
            State.FIN_WAIT_1: "Nobody has closed.",
            State.CLOSE_WAIT: "For that the server's FIN would have to arrive.",
        },
    ),
    Count(
        "beyond the gap",
        lambda run: len(sending.sent_again(run)),
        "The receiver keeps what comes beyond a gap, so only the gap has to be filled.",
        wrong={6: "Go back to the gap, and send all from there: that is another protocol's way (M45)."},
    ),
    Count(
        "identical ACKs",
        sending.identical,
        "The first ACK of that number is no duplicate. Three duplicates make four identical ones.",
        wrong={
            3: "Three duplicates are wanted, and the first of the identical ACKs is none (M42).",
            2: "A segment that is overtaken by one other gives a duplicate as well.",
            1: "The first one says only what has arrived.",
        },
    ),
    Count(
        "eleven octets",
        lambda run: len(sending.sent_again(run)),
        "TCP repeats octets, from the first missing one on, and cuts them anew.",
        wrong={3: "The octets are the same, the segments need not be (M46)."},
    ),
    Choose(
        "window shut",
        {
            "a": Choice(
                "It waits in silence until the server says that there is room.", "And if that message is lost? (M37)"
            ),
            "b": Choice("It gives up: the connection is dead.", "Every question was answered. It lives (M37)."),
            "c": Choice("It asks from time to time."),
            "d": Choice("It goes on sending full segments.", "They would be thrown away: there is no room for them."),
        },
        sending.while_shut,
        "A window that is zero is probed: RFC 9293, section 3.8.6.1, MUST-36.",
    ),
    Count(
        "first flight",
        sending.first_flight,
        "A new connection may have ten segments in flight (RFC 6928), whatever the receiver offers.",
        "octets",
        wrong={
            65535: "That is what the receiver would take. What the network takes is another question (M39).",
            100000: "That is more than the receiver has room for.",
            1460: "One segment was the beginning once; RFC 6928 made it ten.",
        },
    ),
    Count(
        "sixty-three",
        sending.bursts,
        "1 + 2 + 4 + 8 + 16 + 32 = 63: each round trip brings twice as many as the one before.",
        "round trips",
        wrong={
            63: "One for each round trip would be slow indeed. Each ACK lets two segments go (M40).",
            11: "So it would be with one more each round trip. Slow start is faster (M40).",
            7: "The seventh would bring another 64.",
        },
    ),
    Choose(
        "one question",
        {
            "a": Choice("10 ms, one round trip.", "So it would be if both pieces left at once."),
            "b": Choice("20 ms, two round trips.", "So it would be if the first ACK came at once."),
            "c": Choice("More than 200 ms."),
        },
        sending.one_question,
        "The second piece waits for the ACK of the first, and that ACK waits for something to ride on.",
    ),
)
CHECKS: tuple[Question, ...] = (
    Count(
        "ack of octets",
        lambda segment: segment.seq + segment.len,
        "1001 to 1460 are 460 octets, and 1461 is the number that is expected next.",
        wrong={1460: "That is the number of the last octet, and it has come.", 460: "Numbers go on, from 1001."},
        hints=("Does ack name the last octet that has come, or the next?", "The last one is 1001 + 460 - 1."),
        evidence=lambda: Segment(5000, 7000, seq=1001, ack=1, window=65535, data=bytes(460)),
    ),
    Count(
        "may leave",
        sending.may_leave,
        "The smaller window is 12 000, and 9 000 of that are in flight.",
        "octets",
        wrong={
            11000: "That is what cwnd leaves. The receiver has a say, too (M39).",
            12000: "What is in flight has not been acknowledged, and counts.",
            32000: "The windows are not added: both must allow it (M39).",
        },
        hints=("Which of the two windows is the smaller one?", "Of that, how much is used up by what is in flight?"),
        evidence=lambda: (20_000, 12_000, 9_000),
    ),
    Count(
        "third repetition",
        sending.third_repetition,
        "0.4, then 0.8, then 1.6 seconds of waiting: 2.8 in all.",
        "seconds",
        wrong={
            1.2: "So it would be if the timer stayed the same. It doubles (M43).",
            1.6: "That is the third wait alone.",
            3.2: "The first wait is 0.4 s itself.",
        },
        hints=("By how much does the timer grow each time?", "Add up three waits, the first of 0.4 s."),
        evidence=cut_off,
        tolerance=0.01,
    ),
    Choose(
        "last of eight",
        {
            "a": Choice("By three duplicate ACKs.", "Nothing comes after the last segment, so nothing makes them."),
            "b": Choice("By the timer."),
            "c": Choice("By the server, which asks for it.", "No segment asks (M41), and how would it know of it?"),
            "d": Choice("Not at all.", "Then the upload would not have arrived, and it does."),
        },
        sending.who_mends,
        "Duplicate ACKs are made by what arrives beyond a gap. Beyond the last segment there is nothing.",
        hints=("Which segments arrive after the lost one?", "Nobody tells the sender anything. What is left to it?"),
        evidence=last_lost,
    ),
    Count(
        "pushes",
        sending.pushes,
        "PSH stands on a segment that empties the send buffer, here the first and the last; where the sends of the"
        " program ended does not matter.",
        wrong={4: "PSH marks no message's end (M26).", 3: "How many segments are there, and which empties the buffer?"},
        hints=("Which segments leave? Nagle keeps small ones back.", "Which of them leave nothing in the buffer?"),
        evidence=four_sends,
    ),
    Puzzle(
        "fooled",
        sending.not_fooled,
        "Three segments overtook it, each made a duplicate ACK, and three duplicates are taken for a loss.",
        hints=(
            "What has to arrive before it, and how many of them?",
            'A segment may be late without being lost: faults.delay("client", 5, by=...).',
        ),
    ),
)
QUESTIONS = (*PREDICTIONS, *CHECKS)
