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
    options         what the two SYNs agree on
    output          what may be sent now
    resets          how to say no
    keepalive       a question to a peer that is silent
    acknowledgment  what an ACK tells us
    receiving       what becomes of octets and of a FIN
    arrival         the questions put to every arriving segment
    timeouts        what happens when a timer runs out
    cookies         a number that says what a listener would have to remember
    status          a snapshot
    connection      the calls of section 3.10
"""
