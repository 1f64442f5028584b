"""Octets: what the network carries, and the sum that guards them (RFC 1071)."""

import struct


def internet_checksum(octets: bytes) -> int:
    """The 16-bit Internet checksum: the complement of the one's-complement sum of all 16-bit words.

    An odd last octet counts as the high half of a word. Over octets that already contain their right
    checksum the result is 0 (RFC 1071, section 1).
    """
    padded = octets + b"\0" * (len(octets) % 2)
    total: int = sum(struct.unpack(f"!{len(padded) // 2}H", padded))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return 0xFFFF - total
