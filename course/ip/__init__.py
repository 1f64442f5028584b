"""The envelope: what carries a segment from one address to another.

In reading order:

    packet          addresses round a segment
    wire            a packet as octets
"""
