"""Eleven of eleven: this machine's kernel in each of TCP's states (RFC 9293, section 3.3.2), without any privilege.

    with states.closing() as seen:
        print(seen)

Each recipe below brings two real sockets, ours and the peer's, into a state; inside of the `with` they are there to
play with. `reach(State.CLOSING)` is the general form, and `tour()` visits all eleven.
"""

from contextlib import AbstractContextManager

from course.errors import StateNotReached
from course.real.recipe import DEADLINE, Recipe, recipe
from course.real.scene import Scene
from course.real.stage import Stage
from course.real.tour import Tour, Visit
from course.tcp.state import State
from course.tcp.timers import Timer

BUFFERS = "net.core.wmem_max", "net.core.rmem_max", "net.ipv4.tcp_mem"

# ------------------------------------------------ the recipes


@recipe(State.CLOSED)
def closed(stage: Stage) -> None:
    """A socket, and no more: there is no connection."""
    stage.fresh("ours")


@recipe(State.LISTEN, settings=("net.ipv4.ip_local_port_range",))
def listen(stage: Stage) -> None:
    """Listen, and nobody calls."""
    stage.listening("ours")


@recipe(State.SYN_SENT, State.LISTEN, settings=("net.ipv4.tcp_syn_retries",))
def syn_sent(stage: Stage) -> None:
    """Call a listener whose queue is full: it drops our SYN, and we send it again and again."""
    peer = stage.listening("peer", backlog=0)
    stage.fresh("first").connect(peer)
    peer.wait_for_a_caller()
    stage.fresh("ours").connect(peer, waits=False)


@recipe(
    State.SYN_RECEIVED,
    State.ESTABLISHED,
    side="peer",
    settings=("net.ipv4.tcp_syncookies", "net.ipv4.tcp_synack_retries"),
)
def syn_received(stage: Stage) -> None:
    """Call a listener that ignores the bare ACK until data comes; we believe that we are connected."""
    listener = stage.listening()
    listener.set("TCP_DEFER_ACCEPT", 10)
    stage.fresh("ours").connect(listener)


@recipe(State.ESTABLISHED, State.ESTABLISHED)
def established(stage: Stage) -> None:
    """Connect, and accept."""
    stage.connected()


@recipe(State.FIN_WAIT_1, State.ESTABLISHED, settings=BUFFERS)
def fin_wait_1(stage: Stage) -> None:
    """Close behind more data than the peer takes in, and it does not read: our FIN cannot leave."""
    ours, peer = stage.connected()
    ours.fill(peer)
    ours.shutdown()


@recipe(State.FIN_WAIT_2, State.CLOSE_WAIT)
def fin_wait_2(stage: Stage) -> None:
    """Close, and the peer's program does nothing: its TCP acknowledges our FIN and sends none."""
    ours, _ = stage.connected()
    ours.shutdown()


@recipe(State.CLOSE_WAIT, State.FIN_WAIT_2)
def close_wait(stage: Stage) -> None:
    """The peer closes, and we do not."""
    _, peer = stage.connected()
    peer.shutdown()


@recipe(State.CLOSING, State.FIN_WAIT_2, settings=BUFFERS)
def closing(stage: Stage) -> None:
    """Close as in FIN-WAIT-1, and then the peer closes: its FIN is here before ours is acknowledged."""
    ours, peer = stage.connected()
    ours.fill(peer)
    ours.shutdown()
    peer.shutdown()


@recipe(State.LAST_ACK, State.FIN_WAIT_2, settings=BUFFERS)
def last_ack(stage: Stage) -> None:
    """The peer closes first, and then we do, behind data that it does not read: our FIN cannot leave."""
    ours, peer = stage.connected()
    peer.shutdown()
    ours.hear_the_end()
    ours.fill(peer)
    ours.shutdown()


@recipe(State.TIME_WAIT, State.CLOSED, settings=("net.ipv4.tcp_max_tw_buckets",))
def time_wait(stage: Stage) -> None:
    """Close first; then the peer closes. We wait for what may still be on its way."""
    ours, peer = stage.connected()
    ours.close()
    peer.hear_the_end()
    peer.close()


ELEVEN = (
    closed, listen, syn_sent, syn_received, established,
    fin_wait_1, fin_wait_2, close_wait, closing, last_ack, time_wait,
)  # fmt: skip


# ------------------------------------------------ two more scenes, for their timers


@recipe(State.ESTABLISHED, State.ESTABLISHED, timer=Timer.PERSIST, settings=BUFFERS)
def zero_window(stage: Stage) -> None:
    """Send more than the peer takes in, and it does not read: its window is shut, and we probe it now and then."""
    ours, peer = stage.connected()
    ours.fill(peer)


@recipe(State.ESTABLISHED, State.ESTABLISHED, timer=Timer.KEEP_ALIVE, settings=("net.ipv4.tcp_keepalive_time",))
def keep_alive(stage: Stage) -> None:
    """Ask for keep-alive: when nothing was heard for a while, we ask whether the peer is still there."""
    ours, _ = stage.connected()
    ours.set("SO_KEEPALIVE", 1)


# ------------------------------------------------ all of them


def reach(state: State, deadline: float = DEADLINE) -> AbstractContextManager[Scene]:
    """A real pair of sockets in this state, inside of the `with`. ValueError for what is no state.

    StateNotReached after `deadline` seconds, or at once where the system does not tell its states; it says what was
    reached instead, and which of the kernel's settings may be why. Afterwards all sockets are closed.
    """
    found = {each.aimed: each for each in ELEVEN}
    if state not in found:
        raise ValueError(f"{state!r} is no state of TCP: write State.CLOSING, as in course.tcp.state")
    return found[state](deadline)


def tour(deadline: float = DEADLINE) -> Tour:
    """Visit all eleven states, with so many seconds for each: a table of how, who told, queues, timer and time."""
    return Tour(tuple(visit(each, deadline) for each in ELEVEN))


def visit(each: Recipe, deadline: float) -> Visit:
    """One line of the tour; with the reason, if the state is not reached."""
    try:
        with each(deadline) as seen:
            return Visit(seen.aimed, seen.recipe, seen.word, seen.seconds)
    except (StateNotReached, OSError) as error:
        return Visit(each.aimed, each.sentence, reason=str(error))
