"""SYN cookies: an initial sequence number that says all that a listener would have to remember (RFC 4987, section 3.6).

From the top: five bits of a clock, three bits for the caller's MSS, rounded down to one of eight, and 24 bits that only
this host can compute. The window scale and the timestamps of the caller's SYN are forgotten; there is no room for them.
"""

import hashlib

from course.tcp.seq import wrap

SIZES = (1, 88, 536, 1220, 1300, 1400, 1440, 1460)
PERIOD = 64.0  # seconds that one count of the clock lasts
VALID = 2  # so many counts after it was made, a cookie is worth nothing
Endpoint = tuple[str, int]


def bake(local: Endpoint, remote: Endpoint, irs: int, mss: int, secret: str, now: float) -> int:
    """The cookie for a SYN with the initial number `irs` and that MSS; `secret` is known to this host only."""
    count = int(now // PERIOD)
    index = max(number for number, size in enumerate(SIZES) if size <= mss)
    return (count % 32) << 27 | index << 24 | digest(local, remote, irs, count, index, secret)


def mss_in(cookie: int, local: Endpoint, remote: Endpoint, irs: int, secret: str, now: float) -> int | None:
    """The MSS, in octets, that was baked into a cookie; None if it is not ours, or too old."""
    index = cookie >> 24 & 0b111
    latest = int(now // PERIOD)
    for count in range(max(0, latest - VALID + 1), latest + 1):
        fresh = (count % 32) << 27 | index << 24 | digest(local, remote, irs, count, index, secret)
        if fresh == wrap(cookie):
            return SIZES[index]
    return None


def digest(local: Endpoint, remote: Endpoint, irs: int, count: int, index: int, secret: str) -> int:
    """24 bits that nobody can guess who does not know the secret."""
    text = f"{local} {remote} {wrap(irs)} {count} {index}"
    return int.from_bytes(hashlib.blake2b(text.encode(), key=secret.encode()[:64], digest_size=3).digest(), "big")
