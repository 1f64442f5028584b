"""The rules: a complete TCP in the words of RFC 9293. It has no clock, no wire and no dice.

To be read in this order, which is also the order of the imports:

    seq             numbers on a circle, laid out on a line
    segment         what is exchanged, and why it was sent
    wire            a segment as octets, and back
    parameters      the knobs
    state           the eleven states, and figure 5 as a table
    timers          named moments
    buffers         octets going out, octets put in order
    rto             how long to wait for an acknowledgment
    congestion      how much may be in flight
    variables       the transmission control block
    output          what may be sent now
    resets          how to say no
    acknowledgment  what an ACK tells us
    arrival         the questions put to every arriving segment
    status          a snapshot
    connection      the calls of section 3.10, and the timeouts
"""
