"""RFC 9293, section 3.5.1: half-open connections, figures 9 to 11."""

from course.tcp.segment import Why
from course.tcp.state import State
from course.tcp.variables import Failure
from tests.states import closed, established, listening, syn_received, syn_sent
from tests.story import ack, data, part, rst, syn, syn_ack


def test_figure_9_a_call_after_a_reboot_ends_the_old_connection():
    """RFC 9293 3.5.1."""
    alive = established(iss=299, irs=99)  # send 300, receive 100
    rebooted = syn_sent(iss=400, irs=299)
    alive.arrives(syn(seq=-60_000))  # far outside of its window
    alive.expect(ack(seq=1, ack=1))
    rebooted.arrives(ack(seq=1, ack=100 - 400))
    rebooted.expect(rst(seq=100 - 400))
    rebooted.is_in(State.SYN_SENT)
    alive.arrives(rst(seq=1))
    alive.expect()
    alive.is_in(State.CLOSED, Failure.RESET)


def test_figure_9_a_call_after_a_reboot_within_the_window_is_challenged():
    """RFC 9293 3.5.1 and 3.10.7.4; RFC 5961 4.2."""
    alive = established()
    alive.arrives(syn(seq=300))
    alive.expect(ack(seq=1, ack=1, why=Why.CHALLENGE))
    alive.is_in(State.ESTABLISHED)


def test_figure_9_the_caller_goes_on_calling():
    """RFC 9293 3.5.1."""
    rebooted = syn_sent()
    rebooted.arrives(ack(seq=1, ack=-300))
    rebooted.expect(rst(seq=-300))
    rebooted.after(1)
    rebooted.expect(syn())
    rebooted.arrives(syn_ack())
    rebooted.expect(ack(seq=1, ack=1))


def test_figure_10_octets_for_a_connection_that_is_forgotten_are_answered_by_a_rst():
    """RFC 9293 3.5.1."""
    alive = established(iss=299, irs=99)
    alive.calls("send", bytes(10))
    alive.expect(data(bytes(10), seq=1, ack=1))
    rebooted = closed(iss=99, irs=299)
    rebooted.arrives(data(bytes(10), seq=1, ack=1))
    rebooted.expect(rst(seq=1, why=Why.NO_CONNECTION))
    alive.arrives(rst(seq=1))
    alive.expect()
    alive.is_in(State.CLOSED, Failure.RESET)


def test_figure_11_two_listeners_and_an_old_syn_stay_listeners():
    """RFC 9293 3.5.1."""
    stirred = syn_received()
    other = listening()
    other.arrives(syn_ack())
    other.expect(rst(seq=1, why=Why.BAD_ACK))
    other.is_in(State.LISTEN)
    stirred.arrives(rst(seq=1))
    stirred.expect()
    stirred.is_in(State.LISTEN)


def test_whoever_sends_on_a_half_open_connection_learns_of_it():
    """RFC 9293 3.5.1, MUST-12."""
    alive = established()
    alive.calls("send", bytes(number % 251 for number in range(1, 201)))
    alive.expect(part(1, 101), part(101, 201))
    alive.arrives(rst(seq=1))
    alive.after(100)
    alive.expect()
    alive.is_in(State.CLOSED, Failure.RESET)
