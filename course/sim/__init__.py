"""The imagined world: a network in virtual time, seeded, with every fault that one asks for.

In reading order:

    clock           virtual time
    collector       no garbage collection meanwhile
    chance          what looks like chance, and follows from a seed
    fates           what becomes of a transmission
    outages         what may befall a host
    faults          what may happen to a transmission
    middleboxes     what may stand on the link
    limits          where a run is stopped
    flows           what a middlebox remembers
    path            past the middleboxes to the other side
    link            queue, transmitter, wire
    ports           who holds which local port
    options         the socket options
    addresses       which a socket may have, and which are for one host
    listener        handshakes half-way, and connections that wait for accept()
    watch           what TCP's variables were, moment by moment
    udp             datagrams: for whom they are, and what is answered if for nobody
    host            a computer: connections, listeners, alarms
    backend         the simulated socket
    datagrams       the simulated socket of UDP
    readiness       what select() asks
    programs        functions that take turns
    mishaps         outages come to pass
    network         all of it together
"""
