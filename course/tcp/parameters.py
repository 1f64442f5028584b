"""TCP's knobs: what RFC 9293 leaves to the implementation, with its recommended values as defaults."""

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True, kw_only=True)
class TcpParameters:
    """The knobs of one host's TCP. Times are seconds, sizes are octets.

    Raises ValueError, with the bounds, for a value that no TCP could work with.
    """

    mss: int = 1460  # announced in our SYN, and the most we send in one segment; RFC 9293 3.7.1
    send_buffer: int = 262_144  # octets that send() takes before it blocks
    receive_buffer: int = 65_535  # RCV.BUFF, RFC 9293 3.8.6.2.2
    window_scale: int | None = None  # the shift count that our SYN offers, 0 to 14; None: no option; RFC 7323 2
    timestamps: bool = False  # does our SYN offer timestamps? RFC 7323 3
    nagle: bool = True  # RFC 9293 3.7.4; TCP_NODELAY turns it off for one socket
    delayed_ack: float = 0.2  # 0 acknowledges at once; RFC 9293 3.8.6.3 wants less than 0.5
    initial_rto: float = 1.0  # RFC 6298 2.1
    min_rto: float = 1.0  # RFC 6298 2.4
    max_rto: float = 60.0  # RFC 6298 2.5
    r2: float = 100.0  # give up after this long without an answer; RFC 9293 3.8.3
    r2_syn: float = 180.0  # the same for a SYN; RFC 9293 3.8.3
    keep_alive: bool = False  # ask a silent peer whether it is there; SO_KEEPALIVE for one socket; RFC 9293 3.8.4
    keep_idle: float = 7200.0  # silence before the first question; TCP_KEEPIDLE
    keep_interval: float = 75.0  # between two questions; TCP_KEEPINTVL
    keep_count: int = 9  # questions without an answer after which the connection is dead; TCP_KEEPCNT
    msl: float = 120.0  # maximum segment lifetime; TIME-WAIT lasts twice as long; RFC 9293 3.4.2
    congestion_control: str = "reno"  # or "none"
    initial_window: int | None = None  # cwnd at the start; None: ten segments, RFC 6928
    iss: int | None = None  # the initial send sequence number; None: RFC 9293 3.4.1's generator
    syn_queue: int = 128  # half-open connections that a listener keeps, besides its backlog; RFC 4987 2
    syn_cookies: bool = False  # when that queue is full: answer without keeping anything; RFC 4987 3.6
    when_full: str = "drop"  # what becomes of a caller that finds no room: "drop", as on Linux, or "reset"

    def __repr__(self) -> str:
        """The code that makes them: what is not as it is by itself."""
        values = ((field, getattr(self, field.name)) for field in fields(self))
        turned = (f"{field.name}={value!r}" for field, value in values if value != field.default)
        return f"TcpParameters({', '.join(turned)})"

    def __post_init__(self) -> None:
        """Refuse what cannot work, before anything runs."""
        for name, (least, most, unit) in BOUNDS.items():
            value = getattr(self, name)
            if value is not None or name not in MAY_BE_NONE:
                check(name, value, least, most, unit)
        check("initial_rto", self.initial_rto, self.min_rto, 3600, "seconds, and not below min_rto")
        check("max_rto", self.max_rto, self.initial_rto, 3600, "seconds, and not below initial_rto")
        least, most = (said << (self.window_scale or 0) for said in (1, 65_535))
        check(
            "receive_buffer", self.receive_buffer, least, most, "octets: what the window field and window_scale can say"
        )
        for name, words in WORDS.items():
            if getattr(self, name) not in words:
                raise ValueError(f"{name} is {' or '.join(words)}, not {getattr(self, name)!r}")


BOUNDS = {
    "mss": (1, 65_495, "octets"),
    "send_buffer": (1, 2**30, "octets"),
    "window_scale": (0, 14, "bits to shift"),
    "delayed_ack": (0, 0.499, "seconds (RFC 9293 3.8.6.3: less than half a second)"),
    "min_rto": (0.001, 3600, "seconds"),
    "r2": (0, 1e7, "seconds"),
    "r2_syn": (0, 1e7, "seconds"),
    "keep_idle": (0.001, 1e6, "seconds"),
    "keep_interval": (0.001, 1e6, "seconds"),
    "keep_count": (1, 127, "questions"),
    "msl": (0, 86_400, "seconds"),
    "initial_window": (1, 2**30, "octets"),
    "iss": (0, 2**32 - 1, "(a 32-bit number)"),
    "syn_queue": (0, 2**20, "half-open connections"),
}
MAY_BE_NONE = ("window_scale", "initial_window", "iss")
WORDS = {"congestion_control": ("reno", "none"), "when_full": ("drop", "reset")}


def check(name: str, value: float, least: float, most: float, unit: str) -> None:
    """Raise ValueError unless least <= value <= most."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{name} is a number of {unit}, not {value!r}")
    if not least <= value <= most:
        raise ValueError(f"{name}={value!r} cannot work: give {least} to {most} {unit}")
