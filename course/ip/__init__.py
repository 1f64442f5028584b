"""The envelope: what carries a segment, a datagram or a message from one address to another.

In reading order:

    udp             a datagram, and its octets
    icmp            what hosts tell each other about packets
    payload         what a packet carries
    packet          addresses round it
    wire            a packet as octets, and back
"""
