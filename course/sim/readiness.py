"""Readiness: would a call on a simulated socket have to wait? That is what select(2) asks, of several at once."""

import io
from collections.abc import Callable, Sequence

from course.sim.backend import SimulatedSocket
from course.sim.datagrams import DatagramSocket
from course.sim.listener import Wake, wake_all
from course.sockets.world import Backend, Readiness
from course.tcp.connection import Connection
from course.tcp.state import State

OPENING = frozenset({State.SYN_SENT, State.SYN_RECEIVED})
Chosen = tuple[SimulatedSocket | DatagramSocket, Readiness]


def simulated(waits: Sequence[tuple[Backend | int, Readiness]]) -> list[Chosen]:
    """What select() waits for, made sure of: io.UnsupportedOperation for a descriptor."""
    chosen: list[Chosen] = []
    for backend, readiness in waits:
        if not isinstance(backend, SimulatedSocket | DatagramSocket):
            raise io.UnsupportedOperation("a simulated host has no descriptors: give select() the sockets themselves")
        chosen.append((backend, readiness))
    return chosen


def are_for_callers(chosen: list[Chosen]) -> bool:
    """Does it wait for nothing but callers, as a server may for ever?"""
    return bool(chosen) and all(socket.listening and readiness == "read" for socket, readiness in chosen)


def until_ready(chosen: list[Chosen], wait: Callable[[list[Wake]], None]) -> list[bool]:
    """Wait until one of them is ready; `wait` takes the list in which to put down who is to be woken."""
    while not any(ready := which_are_ready(chosen)):
        try:
            wait_once(chosen, wait)
        except TimeoutError:
            return which_are_ready(chosen)
    return ready


def wait_once(chosen: list[Chosen], wait: Callable[[list[Wake]], None]) -> None:
    """Wait until something happens to one of them, and leave nothing in the lists of the others."""
    wakes: list[Wake] = []
    lists = [socket.waiters(readiness) for socket, readiness in chosen]

    def wake() -> None:
        wake_all(wakes)

    for each in lists:
        each.append(wake)
    try:
        wait(wakes)
    finally:
        for each in lists:
            each[:] = [other for other in each if other is not wake]


def which_are_ready(chosen: list[Chosen]) -> list[bool]:
    """Ask each."""
    return [is_ready(socket, readiness) for socket, readiness in chosen]


def is_ready(socket: SimulatedSocket | DatagramSocket, readiness: Readiness) -> bool:
    """Would the call come back at once, be it with an error?"""
    if isinstance(socket, DatagramSocket):
        return socket.is_ready(readiness)
    if socket.listener is not None:
        return readiness == "read" and bool(socket.listener.queue)
    if socket.hosted is None or socket.hosted.connection.failure is not None:
        return True  # the call fails, and at once
    connection = socket.hosted.connection
    return socket.is_deaf or may_read(connection) if readiness == "read" else may_write(connection)


def may_read(connection: Connection) -> bool:
    """Are there octets, or is it the end of the stream?"""
    return bool(connection.readable) or connection.at_end


def may_write(connection: Connection) -> bool:
    """Is there room worth writing to? Who has shut down need not wait, and is told EPIPE."""
    return connection.tcb.closing or (connection.state not in OPENING and connection.has_room)
