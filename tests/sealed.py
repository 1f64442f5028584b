"""Sealed octets: hand-written segments with a checksum that was computed in another way than the library's."""

V4, V6 = ("10.0.0.1", "10.0.0.2"), ("fd00::1", "fd00::2")


def sum_of_words(octets):
    """The plain sum of all 16-bit words; modulo 2**16 - 1 it is the one's-complement sum."""
    return sum(int.from_bytes(octets[at : at + 2].ljust(2, b"\0"), "big") for at in range(0, len(octets), 2))


def pseudo_header(addresses, length):
    """The pseudo-header between the two addresses V4 or V6, written down octet by octet."""
    if addresses is V4:
        return bytes.fromhex("0a000001 0a000002 0006") + length.to_bytes(2, "big")
    return bytes.fromhex(f"fd{29 * '0'}1 fd{29 * '0'}2") + length.to_bytes(4, "big") + bytes.fromhex("00000006")


def seal(text):
    """These octets, from IPv4 to IPv4, with the checksum that belongs there."""
    octets = bytes.fromhex(text)
    octets = octets[:16] + bytes(2) + octets[18:]
    checksum = 0xFFFF - sum_of_words(pseudo_header(V4, len(octets)) + octets) % 0xFFFF
    return octets[:16] + checksum.to_bytes(2, "big") + octets[18:]


def with_options(text):
    """A sealed segment with these octets behind the fixed header, and no data."""
    words = 5 + len(bytes.fromhex(text)) // 4
    return seal(f"0400 1b58 00000001 00000000 {words:x}0 02 ffff 0000 0000 {text}")
