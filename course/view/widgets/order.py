"""Byte order: one number, and its octets both ways round, to type in (RFC 791, appendix B)."""

import socket
import struct
import sys
import threading
from collections.abc import Callable
from html import escape
from operator import index
from typing import Any, Literal, NamedTuple

import anywidget

from course.view.widgets.answers import Message, answered
from course.view.widgets.typed import number_typed, octet_typed
from course.view.widgets.widget import bundle, script, style

Order = Literal["big", "little"]
ORDERS: dict[str, Order] = {"big": "big", "little": "little"}
NAMES = {"big": "Big-endian: network order", "little": "Little-endian"}
SIGNS = {"big": ">", "little": "<"}  # of the struct module
LETTERS = {1: "B", 2: "H", 4: "I", 8: "Q"}
TURNS = {2: ("htons", "ntohs"), 4: ("htonl", "ntohl")}


class Number(NamedTuple):
    """A number that takes so many octets, with a sign or without; `base` is how it was last written."""

    value: int
    size: int = 2
    signed: bool = False
    base: int = 10

    @property
    def text(self) -> str:
        """The number as it was last written: decimal, hexadecimal or binary."""
        return {10: str(self.value), 16: f"{self.value:#x}", 2: f"{self.value:#b}"}[self.base]

    @property
    def least(self) -> int:
        """The smallest number that these octets can hold."""
        return -(1 << (8 * self.size - 1)) if self.signed else 0

    @property
    def most(self) -> int:
        """The largest number that these octets can hold."""
        return (1 << (8 * self.size - self.signed)) - 1

    @property
    def format(self) -> str:
        """The letter of the struct module for such a number, as "H" for two octets without a sign."""
        return LETTERS[self.size].lower() if self.signed else LETTERS[self.size]

    def octets(self, order: Order) -> bytes:
        """The octets in the order in which they stand in memory, or leave for the network."""
        return self.value.to_bytes(self.size, order, signed=self.signed)

    def written(self, text: str) -> "Number":
        """The number that somebody typed instead, in as many octets; ValueError for what is none, or too large."""
        value, base = number_typed(text)
        return fitting(self._replace(value=value, base=base))

    def sized(self, size: int) -> "Number":
        """The same number in 1, 2, 4 or 8 octets; ValueError if it does not fit."""
        return fitting(self._replace(size=size))

    def read(self, octets: bytes, order: Order, *, signed: bool) -> "Number":
        """The number that these octets are."""
        return self._replace(value=int.from_bytes(octets, order, signed=signed), signed=signed)

    def with_octet(self, order: Order, at: int, text: str) -> "Number":
        """The number with another octet at this place, counted from 0 in that order."""
        octets = bytearray(self.octets(order))
        if not 0 <= at < len(octets):
            raise ValueError(f"there is no octet {at}: the number has {many(self.size)}, counted from 0")
        octets[at] = octet_typed(text)
        return self.read(bytes(octets), order, signed=self.signed)


def fitting(number: Number) -> Number:
    """The same number, if its octets can hold it; else ValueError that says what to do."""
    value, size, signed, _ = number
    if size not in LETTERS:
        raise ValueError(f"a number takes 1, 2, 4 or 8 octets here, not {size}")
    if value < 0 and not signed:
        raise ValueError(f"{value} is less than 0: choose “signed”, or write a number without a minus")
    if not number.least <= value <= number.most:
        sign = "signed" if signed else "unsigned"
        more = ", or choose more octets" if size < max(LETTERS) else ""
        raise ValueError(
            f"{value} does not fit: {many(size)}, {sign}, hold{'s' * (size == 1)} {number.least} to {number.most}; "
            f"write a number between them{more}"
        )
    return number


class ByteOrder(anywidget.AnyWidget):
    """A number in both byte orders in Jupyter, to type in: change the number, or any of its octets.

    `size` is 1, 2, 4 or 8 octets. Raises ValueError for a number that they cannot hold. `number` is what stands there.
    """

    _esm = script("octets.js", "order.js")
    _css = style("octets.css", "course-octets")

    def __init__(self, value: int = 0x1234, size: int = 2, *, signed: bool = False) -> None:
        super().__init__()
        self.number = fitting(Number(index(value), size, signed, base=16))
        self._lock = threading.Lock()  # a message may come on another thread while a cell runs
        self.on_msg(lambda _, message, __: self.send(self.answer(message)))

    def answer(self, message: Message) -> Message:
        """Do what the browser asks for, and say what it shows then."""
        with self._lock:
            return answered(message, self._act, lambda: shown(self.number))

    def _act(self, message: Message) -> None:
        self.number = DEEDS[message["do"]](self.number, message)

    def _repr_mimebundle_(self, **_: object) -> tuple[dict[str, Any], dict[str, Any]]:
        """The widget, and for readers without a kernel the octets as a table and as text."""
        seen = shown(self.number)
        return bundle(self.model_id, table(seen), seen["status"])


Deed = Callable[[Number, Message], Number]
DEEDS: dict[str, Deed] = {
    "show": lambda number, _: number,
    "number": lambda number, message: number.written(message["text"]),
    "size": lambda number, message: number.sized(message["size"]),
    "signed": lambda number, message: number.read(number.octets("big"), "big", signed=message["signed"]),
    "octet": lambda number, message: number.with_octet(ORDERS[message["order"]], message["at"], message["text"]),
}


def shown(number: Number) -> Message:
    """Everything that the browser needs to show this number."""
    big, little = (number.octets(order).hex(" ") for order in ORDERS.values())
    return {
        "text": number.text,
        "size": number.size,
        "signed": number.signed,
        "readings": [str(number.value), f"{number.value:#x}", f"{number.value:#_b}"],
        "orders": [*(row(order, number) for order in ORDERS.values()), machine(number)],
        "notes": notes(number),
        "status": f"{number.value} is {big} in big-endian order, and {little} in little-endian order.",
    }


def row(order: Order, number: Number) -> Message:
    """One order: its octets, which of them is the most significant one, and the Python that makes the same."""
    octets = number.octets(order)
    sign = SIGNS[order]
    assert struct.pack(sign + number.format, number.value) == octets
    signed = ", signed=True" if number.signed else ""
    return {
        "order": order,
        "name": NAMES[order],
        "octets": [f"{octet:02x}" for octet in octets],
        "first": 0 if order == "big" else number.size - 1,
        "code": [
            f'struct.pack("{sign}{number.format}", {number.value})',
            f'({number.value}).to_bytes({number.size}, "{order}"{signed})',
        ],
    }


def machine(number: Number) -> Message:
    """The order of this machine, which is one of the two."""
    return {
        **row(ORDERS[sys.byteorder], number),
        "order": "machine",
        "name": f"This machine: {sys.byteorder}-endian",
        "code": [f'struct.pack("={number.format}", {number.value})', f'sys.byteorder == "{sys.byteorder}"'],
    }


def notes(number: Number) -> list[str]:
    """What the socket module has for it, and what comes of reading it the wrong way round."""
    if number.size == 1:
        return ["One octet has no order: there is nothing to turn round."]
    wrong = int.from_bytes(number.octets("big"), "little", signed=number.signed)
    same = " It is the same from both ends." if wrong == number.value else ""
    return [turned(number), f"Read the wrong way round, {number.value} becomes {wrong} ({wrong:#x}).{same}"]


def turned(number: Number) -> str:
    """What htons() or htonl() makes of the number on this machine."""
    if number.size not in TURNS:
        return f'The socket module turns 2 and 4 octets only; for 8 there is struct.pack("!{number.format}", ...).'
    to_network, to_host = TURNS[number.size]
    plain = int.from_bytes(number.octets("big"), "big")
    turned_round = getattr(socket, to_network)(plain)
    return (
        f"On this machine socket.{to_network}({plain:#x}) is {turned_round:#x}: its octets stand in memory in network "
        f"order. socket.{to_host}() turns it back. In struct, “!” is another way to write “>”."
    )


def many(size: int) -> str:
    """So many octets."""
    return f"{size} octet{'s' * (size != 1)}"


def table(seen: Message) -> str:
    """The octets as HTML, for readers without a kernel."""
    rows = "".join(
        f'<tr><th scope="row">{escape(each["name"])}</th><td><code>{" ".join(each["octets"])}</code></td>'
        f"<td><code>{escape(each['code'][0])}</code></td></tr>"
        for each in seen["orders"]
    )
    return f"<table><caption>{escape(' = '.join(seen['readings']))}</caption><tbody>{rows}</tbody></table>"
