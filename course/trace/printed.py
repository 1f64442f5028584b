"""Lines that tcpdump prints: what one of them says of a segment, in the style of today or of before 2005."""

import re
import socket
from typing import NamedTuple

from course.errors import MalformedCapture
from course.tcp.segment import Options
from course.tcp.wire import encode_options
from course.trace.record import Endpoint

TIME = r"(?:[-0-9]+\s+)?[0-9:]*[0-9]\.[0-9]+\s+"
INTERFACE = r"\S+\s+(?:In|Out|B|M|P)\s+"
FRAME = r".*(?:ethertype|AF) IPv[46] \([0-9a-fx]+\), (?:length \d+: )?|ip: "
ENDS = r"(?P<source>\S+)\s>\s(?P<destination>\S+):\s"
MOST_OPTIONS = 40  # octets: the data offset counts 15 words, and five are taken
LINE = re.compile(rf"\s*(?:{TIME})?(?:{FRAME}|{INTERFACE})?(?:IP6?\s+)?{ENDS}(?P<rest>.*)", re.ASCII)
NOW = re.compile(
    r"Flags \[(?P<flags>none|[FSRP.UEWe]+)\](?:, seq (?P<seq>\d+)(?::(?P<end>\d+))?)?(?:, ack (?P<ack>\d+))?"
    r", win (?P<window>\d+)(?:, urg (?P<urgent>\d+))?(?:, options \[(?P<options>[^]]*)\])?"
    r", length (?P<length>\d+)(?!\d).*",
    re.ASCII,
)
BEFORE = re.compile(
    r"(?P<flags>[FSRPUWE]+|\.)(?: (?P<seq>\d+):(?P<end>\d+)\((?P<length>\d+)\))?(?: ack (?P<ack>\d+))?"
    r" win (?P<window>\d+)(?: urg (?P<urgent>\d+))?(?: <(?P<options>[^>]*)>)?.*",
    re.ASCII,
)
BEGINS = re.compile(r"Flags \[|(?:[FSRPUWE]+|\.) (?:\d+:\d+\(|ack |win )", re.ASCII)
VERBOSE = re.compile(r"IP6? \(.*(?:proto|next-header) TCP \(6\)", re.ASCII)
OPTION = re.compile(
    r"mss (?P<mss>\d+)|wscale (?P<window_scale>\d+)|(?P<sack_permitted>sackOK)"
    r"|(?:TS val|timestamp) (?P<val>\d+) (?:ecr )?(?P<ecr>\d+)|(?:sack )?sack \d+ (?P<sack>(?:\{\d+:\d+\})+)"
    r"|(?:unknown-|opt-)(?P<kind>\d+)(?:[ :]+(?:0x)?(?P<octets>(?:[0-9a-f]{2})*))?",
    re.ASCII,
)
UNTOLD = re.compile(r"(?:nop|eol|echo|echoreply|cc|ccnew|ccecho|md5|scps|uto|tcp-ao|mptcp|tfo|exp)\b.*")
PORTS = {"ftp-data": 20, "ftp": 21, "ssh": 22, "telnet": 23, "smtp": 25, "domain": 53, "http": 80, "https": 443}


class Line(NamedTuple):
    """What a line says: numbers as they are printed, and None where they are not; flags by tcpdump's letters."""

    source: Endpoint
    destination: Endpoint
    flags: str
    seq: int | None
    ack: int | None
    window: int
    urgent: int | None
    options: Options
    length: int


def read_line(text: str, number: int) -> Line | None:
    """What a line says; None if it is about no TCP segment. MalformedCapture, with its number, if it makes no sense."""
    if VERBOSE.search(text):
        raise MalformedCapture("this was printed with tcpdump -v; print it without", line=number)
    found = LINE.fullmatch(text)
    if not found or not BEGINS.match(found["rest"]):
        return None
    said = NOW.fullmatch(found["rest"]) or BEFORE.fullmatch(found["rest"])
    if not said:
        raise MalformedCapture(f"this is not how tcpdump prints a segment: {found['rest'][:60]!r}", line=number)
    return Page(number).line(found, said)


class Page:
    """Reads the parts of one line, and knows its number for complaints."""

    def __init__(self, number: int) -> None:
        self._number = number

    def line(self, found: re.Match[str], said: re.Match[str]) -> Line:
        """All that the line says, checked."""
        flags = "" if said["flags"] == "none" else said["flags"]
        seq, ack, length = self.number(said, "seq"), self.number(said, "ack"), self.number(said, "length", 65_535) or 0
        if said["end"] and (int(said["end"]) - (seq or 0)) % 2**32 != length:
            raise self.complaint(f"{said['seq']}:{said['end']} are not {length} octets")
        if seq is None and (length or set(flags) & set("SFR")):
            raise self.complaint("the sequence number is missing")
        if said.re is NOW and (ack is None) == ("." in flags):
            raise self.complaint("the flag for an acknowledgment, a dot, and its number must both be there, or neither")
        return Line(
            self.end(found["source"]), self.end(found["destination"]), flags, seq, ack,
            self.number(said, "window", 65_535) or 0, self.number(said, "urgent", 65_535),
            self.options(said["options"] or ""), length,
        )  # fmt: skip

    def complaint(self, reason: str) -> MalformedCapture:
        """The error for this line."""
        return MalformedCapture(reason, line=self._number)

    def number(self, said: re.Match[str], name: str, most: int = 2**32 - 1) -> int | None:
        """A number that fits into its field."""
        return None if said[name] is None else self.checked(said[name], name, most)

    def checked(self, digits: str, name: str, most: int) -> int:
        """The number that these digits are."""
        if len(digits) > 10 or int(digits) > most:
            raise self.complaint(f"{name} {digits[:20]} is too large")
        return int(digits)

    def end(self, text: str) -> Endpoint:
        """A host and a port, as in "10.0.0.1.7000", "localhost.http" or "fd00::1.7000"."""
        host, dot, port = text.rpartition(".")
        if not host or not dot:
            raise self.complaint(f"{text!r} should be a host, a dot and a port")
        return host, self.checked(port, "port", 65_535) if re.fullmatch("[0-9]+", port) else self.port(port)

    def port(self, name: str) -> int:
        """The port that is known by a name."""
        try:
            return PORTS.get(name) or socket.getservbyname(name, "tcp")
        except (OSError, ValueError):  # the second for letters that no name can have
            raise self.complaint(f"no port is known here as {name!r}: print with tcpdump -n") from None

    def options(self, text: str) -> Options:
        """The options between the brackets; those that the course does not know by name are left out."""
        options = Options()
        for word in filter(None, map(str.strip, text.split(","))):
            found = OPTION.fullmatch(word)
            if found:
                options = self.with_option(options, found)
            elif not UNTOLD.fullmatch(word):
                raise self.complaint(f"{word[:40]!r} is no option")
        if len(encode_options(options)) > MOST_OPTIONS:
            raise self.complaint("more options than a header can hold")
        return options

    def with_option(self, options: Options, found: re.Match[str]) -> Options:
        """The options, and one more."""
        if found["mss"]:
            return options._replace(mss=self.number(found, "mss", 65_535))
        if found["window_scale"]:
            return options._replace(window_scale=self.number(found, "window_scale", 255))
        if found["sack_permitted"]:
            return options._replace(sack_permitted=True)
        if found["val"]:
            stamps = self.checked(found["val"], "TS val", 2**32 - 1), self.checked(found["ecr"], "ecr", 2**32 - 1)
            return options._replace(timestamps=stamps)
        if found["sack"]:
            edges = [self.checked(edge, "sack", 2**32 - 1) for edge in re.findall("[0-9]+", found["sack"])]
            return options._replace(sack=tuple(zip(edges[::2], edges[1::2], strict=True)))
        kind = self.checked(found["kind"], "option", 255)
        return options._replace(unknown=(*options.unknown, (kind, bytes.fromhex(found["octets"] or ""))))
