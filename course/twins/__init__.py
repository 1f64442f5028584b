"""Both worlds side by side: the same programs simulated and on the kernel, what agrees, what differs, and why.

In reading order:

    side            one world's run, in words that do not depend on the world
    ways            the states that each end went through
    pair            one fact as it is in both worlds, and what a known divergence is
    calls           the calls of each program, next to each other
    wire            what only a capture shows
    facts           all facts of both runs, in pairs
    rules           how each known divergence is recognised
    streams         the same for octets
    endings         the same for states
    datagrams       the same for UDP, with what is to be said
    known           the list of known divergences
    reasons         what a difference is explained by, and what follows from it
    table           a comparison as text and as HTML
    comparison      what scenario.compare() returns
    running         a scenario, run in both worlds
"""
