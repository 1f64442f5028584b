"""Capture files, written by hand: octet by octet, in both byte orders."""

import struct

MICROSECONDS, NANOSECONDS = 0xA1B2C3D4, 0xA1B23C4D


def pcap_file(packets, link=101, order="<", magic=MICROSECONDS):
    """A pcap file of (seconds, rest, octets), which are captured as a whole."""
    octets = struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, 65_535, link)
    for seconds, rest, frame in packets:
        octets += struct.pack(order + "IIII", seconds, rest, len(frame), len(frame)) + frame
    return octets


def block(kind, body, order="<"):
    """A block of a pcapng file."""
    body += bytes(-len(body) % 4)
    length = struct.pack(order + "I", len(body) + 12)
    return struct.pack(order + "I", kind) + length + body + length


def section(order="<"):
    return block(0x0A0D0D0A, struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1), order)


def option(code, value, order="<"):
    return struct.pack(order + "HH", code, len(value)) + value + bytes(-len(value) % 4)


def interface(link=101, most=0, order="<", options=b""):
    return block(1, struct.pack(order + "HHI", link, 0, most) + options, order)


def packet_block(ticks, frame, number=0, order="<"):
    head = struct.pack(order + "5I", number, ticks >> 32, ticks & 0xFFFFFFFF, len(frame), len(frame))
    return block(6, head + frame + bytes(-len(frame) % 4) + option(1, b"a note", order), order)


def simple_block(frame, order="<"):
    return block(3, struct.pack(order + "I", len(frame)) + frame, order)
