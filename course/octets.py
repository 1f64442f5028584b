"""Octets: what the network carries, the sum that guards them (RFC 1071), and how people read them."""

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


def hex_dump(octets: bytes, width: int = 16) -> str:
    """The octets as lines of text: the offset of the first, each in two hexadecimal digits, and as ASCII letters.

    What is no printable letter is a dot; an empty string for no octets.
    """
    starts = range(0, len(octets), width)
    return "\n".join(
        f"{start:04x}  {octets[start : start + width].hex(' '):<{3 * width}} {letters(octets[start : start + width])}"
        for start in starts
    )


def letters(octets: bytes) -> str:
    """The octets as ASCII letters, with a dot for each that cannot be printed."""
    return "".join(chr(octet) if 32 <= octet < 127 else "." for octet in octets)
