"""Chance: numbers that look like chance, and follow from a seed and a transmission alone."""

import functools
import hashlib
import struct

DRAWS = 8


def chance(seed: int, sender: str, ordinal: int) -> float:
    """A number in [0, 1) that depends on nothing but these three, so that one more fault does not shuffle the rest."""
    return draws(seed, sender, ordinal // DRAWS)[ordinal % DRAWS] / 2**64


@functools.lru_cache(maxsize=64)
def draws(seed: int, sender: str, block: int) -> tuple[int, ...]:
    """Eight numbers of 64 bits at a time: one hash is enough for eight transmissions."""
    return struct.unpack(f"!{DRAWS}Q", hashlib.blake2b(f"{seed} {sender} {block}".encode()).digest())
