"""The record: what happened in a run. Every picture, table and exercise reads this, and nothing else.

In reading order:

    record          one small value for each kind of happening
    hosts           hosts by the ends of their connections
    text            a trace read aloud
    states          the last state of each connection
    trace           all records of a run
    tally           what a run cost
    frames          packets in the frames of a link
    classic         a file of packets: pcap
    pcapng          a file of blocks: pcapng
    labels          what such a file says about itself
    capture         packets that somebody saw go by
    pcap            a run as a file, and a file as a trace
    stamps          times that tcpdump prints
    printed         a line that tcpdump prints
    others          what it prints of datagrams and of ICMP
    counting        relative numbers, as tcpdump counts them
    tcpdump         a text that tcpdump prints, read and written
"""
