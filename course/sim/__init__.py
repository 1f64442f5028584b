"""The imagined world: a network in virtual time, seeded, with every fault that one asks for.

In reading order:

    clock           virtual time
    chance          what looks like chance, and follows from a seed
    faults          what may happen to a transmission
    limits          where a run is stopped
    link            queue, transmitter, wire
    ports           who holds which local port
    options         the socket options
    listener        handshakes half-way, and connections that wait for accept()
    watch           what TCP's variables were, moment by moment
    host            a computer: connections, listeners, alarms
    backend         the simulated socket
    readiness       what select() asks
    programs        functions that take turns
    network         all of it together
"""
