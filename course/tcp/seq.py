"""Sequence numbers: a circle of 2**32 numbers, and the straight line we lay it out on (RFC 9293, section 3.4).

On the wire a number is 32 bits wide and wraps round. Inside the rules it is an ordinary integer
that only grows: `unwrap` finds the one that is meant, by looking near a number that we know. So the rules can
say `snd.una < seg.ack <= snd.nxt`, as the RFC does, and mean it.
"""

import hashlib

MODULUS = 2**32
HALF = MODULUS // 2


def wrap(number: int) -> int:
    """The 32-bit number that stands for this one on the wire."""
    return number & 0xFFFFFFFF


def unwrap(seq: int, near: int) -> int:
    """The integer that a 32-bit sequence number means: of all candidates the one nearest to `near`."""
    return near - HALF + ((seq - near + HALF) & 0xFFFFFFFF)


def precedes(first: int, second: int) -> bool:
    """Does `first` come before `second` on the circle? True if the shorter way round leads forward."""
    return 0 < (second - first) & 0xFFFFFFFF < HALF


def initial_sequence_number(local: tuple[str, int], remote: tuple[str, int], secret: str, now: float) -> int:
    """An ISN that a stranger cannot guess: a 4-microsecond clock plus a keyed hash (RFC 9293, section 3.4.1).

    `local` and `remote` are (address, port), `secret` is known to this host only, `now` is in seconds.
    """
    clock = int(now * 1_000_000) // 4
    key = hashlib.blake2b(f"{local} {remote}".encode(), key=secret.encode()[:64], digest_size=4).digest()
    return wrap(clock + int.from_bytes(key, "big"))
