"""Browser: clients that get pages by HTTP/1.0 and 1.1: by hand, one by one, and pipelined (RFC 9112, section 9.3)."""

from typing import Any, NamedTuple

import h11

from course.apps.messages import PATIENCE, BadMessage, Messages
from course.sockets.host import Host, Program

SERVER = ("server", 8080)


class Answer(NamedTuple):
    """What came back: the status, as in 200, and the body."""

    status: int
    body: bytes


def by_hand(host: Host) -> bytes:
    """A GET without any library: three lines of text, an empty one; then read to the end."""
    with host.create_connection(SERVER) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: server\r\nConnection: close\r\n\r\n")
        return b"".join(iter(lambda: connection.recv(1024), b""))


def client(host: Host) -> list[Answer]:
    """Get three pages over one connection."""
    answers: list[Answer] = fetch("/", "/long", "/nothing")(host)
    return answers


def fetch(*targets: str, version: str = "1.1", pipelined: bool = False,
          address: tuple[str, int] = SERVER, patience: float = PATIENCE) -> Program:  # fmt: skip
    """A program that gets these pages and returns the answers, in their order.

    Version "1.0" makes a connection for each. With 1.1 one serves for all, as long as the server agrees; `pipelined`
    sends all requests before the first answer is there (RFC 9112, section 9.3.2). What is no answer, or takes longer
    than `patience` seconds, is a BadMessage.
    """
    if version not in ("1.0", "1.1"):
        raise ValueError(f'version={version!r}: write "1.0" or "1.1"')
    if pipelined and version == "1.0":
        raise ValueError("HTTP/1.0 has no pipelining: leave version or pipelined out")

    def fetching(host: Host) -> list[Answer]:
        answers: list[Answer] = []
        while len(answers) < len(targets):
            with host.create_connection(address) as connection:
                left = targets[len(answers) :]
                if pipelined:
                    answers += all_at_once(host, connection, left, patience)
                else:
                    answers += one_by_one(Messages(host, connection, h11.CLIENT, patience=patience), left, version)
        return answers

    return fetching


def one_by_one(messages: Messages, targets: tuple[str, ...], version: str) -> list[Answer]:
    """Ask, wait for the answer, ask again; until all is there, or the server wants to close."""
    answers = []
    for target in targets:
        messages.ask("GET", target, version=version)
        answers.append(heard(messages))
        if not messages.may_go_on():
            break
    return answers


def all_at_once(host: Host, connection: Any, targets: tuple[str, ...], patience: float) -> list[Answer]:
    """Ask for all, and then wait: the answers come in the order of the requests, so a slow one holds up the rest."""
    exchanges = [Messages(host, connection, h11.CLIENT, patience=patience) for _ in targets]
    asked = zip(exchanges, targets, strict=True)
    connection.sendall(b"".join(messages.request("GET", target) for messages, target in asked))
    answers, rest = [], b""
    for messages in exchanges:
        messages.take(rest)
        answers.append(heard(messages))
        rest = messages.rest
        if not messages.may_go_on():
            break
    return answers


def heard(messages: Messages) -> Answer:
    """The answer, its status and its body."""
    message = messages.hear()
    if message is None:
        raise BadMessage("the connection ended before the answer began")
    return Answer(int(message.start[0]), message.body)


def post(octets: bytes, target: str = "/mirror", address: tuple[str, int] = SERVER) -> Program:
    """A program that sends these octets to the server, and returns the answer."""

    def posting(host: Host) -> Answer:
        with host.create_connection(address) as connection:
            messages = Messages(host, connection, h11.CLIENT)
            messages.ask("POST", target, body=octets)
            return heard(messages)

    return posting
