"""The questions of chapter 02, sockets are files."""

from course.check.question import Choice, Choose, Count
from course.table import Table

FRESH = 3  # 0, 1 and 2 are taken: standard input, output and error


def reused_key(answer: str) -> str:
    """Did the file get the number that the socket had? `answer` has both, the file's first."""
    file, closed = map(int, answer.split())
    return "a" if file == closed else "b"


def refused_key(table: Table) -> str:
    """Which calls does a connected socket refuse with an errno?"""
    place = table.columns.index("a connected socket")
    refused = {row[0] for row in table.rows if row[place].startswith("E")}
    if not refused:
        return "a"
    return "c" if {"os.read", "os.write"} & refused else "b"


def early_key(early: str) -> str:
    """What had come to the peer before flush()?"""
    return {"b'hello'": "a", "b'h'": "c"}.get(early, "b")


QUESTIONS = (
    Count(
        "first number",
        int,
        "0, 1 and 2 are taken, and the lowest free number is given.",
        wrong={
            0: "0 is standard input.",
            4: "Then 3 would be passed over.",
            1: "1 is standard output.",
        },
    ),
    Choose(
        "number again",
        {
            "a": Choice("3."),
            "b": Choice("4: numbers are not used twice.", "They are."),
            "c": Choice("Another one: files and sockets are counted apart.", "They share one table."),
        },
        reused_key,
        "The lowest free number is given, whatever had it before.",
    ),
    Choose(
        "dup",
        {
            "a": Choice("Non-blocking, too: it is the same socket."),
            "b": Choice("Blocking: each number has its own settings.", "O_NONBLOCK belongs to what is behind both."),
            "c": Choice("dup() of a socket is refused.", "dup() takes any descriptor."),
        },
        lambda blocking: "b" if blocking else "a",
        "Both numbers lead to one open file description, and that is what is non-blocking.",
    ),
    Choose(
        "refused call",
        {
            "a": Choice("None: everything is a file.", "Nearly: a stream has no places to go back to."),
            "b": Choice("os.lseek()."),
            "c": Choice("os.read() and os.write().", "These work on whatever can be read and written."),
        },
        refused_key,
        "A stream goes by once; there is nowhere to seek to.",
    ),
    Choose(
        "protocol chosen",
        {
            "a": Choice("In socket()."),
            "b": Choice("In bind().", "So you will read; bind() names the local end, and no more."),
            "c": Choice("In connect() or listen().", "By then it is long decided."),
        },
        lambda protocol: "a" if protocol else "b",
        "The socket has it before any other call.",
    ),
    Choose(
        "a stream of UDP",
        {
            "a": Choice(
                "It gives a stream over UDP.", "UDP carries datagrams; somebody would have to make the stream."
            ),
            "b": Choice("It gives TCP.", "It does not guess: you have asked for UDP."),
            "c": Choice("It refuses."),
        },
        lambda answer: "a" if answer == "OK" else "c",
        "A type and a protocol have to fit: EPROTONOSUPPORT.",
    ),
    Choose(
        "in the file",
        {
            "a": Choice("The five octets.", "They have not left the program yet."),
            "b": Choice("Nothing."),
            "c": Choice("One octet: the others follow.", "The file hands its buffer on as a whole."),
        },
        early_key,
        "They wait in the file's own buffer, in the program, until flush().",
    ),
    Count(
        "two sockets and a file",
        lambda _: FRESH,
        "The sockets had 3 and 4; 3 is the lowest free number again.",
        wrong={5: "5 is the next new one, but 3 is free.", 4: "4 is still the second socket's."},
        hints=("Which numbers did the two sockets have?", "The lowest free number is given."),
    ),
    Count(
        "after a pipe",
        lambda _: FRESH + 2,
        "A pipe takes two: 3 to read from, and 4 to write to.",
        wrong={4: "A pipe has two ends, and each has a number.", 3: "3 is the pipe's."},
        hints=("How many descriptors does os.pipe() return?", "3 and 4 are taken."),
    ),
    Choose(
        "read a fresh one",
        {
            "a": Choice("It waits.", "There is nobody who could ever send."),
            "b": Choice('It gives b"".', "That would say that the peer has closed; there is none."),
            "c": Choice("ENOTCONN."),
            "d": Choice("EBADF.", "The descriptor is good; the connection is missing."),
        },
        lambda _: "c",
        "A stream socket without a peer has nobody to read from.",
        hints=("Look at the table of five calls above.", "The column is called: a fresh socket."),
    ),
)
