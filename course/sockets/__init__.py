"""The socket layer: blocking calls, timeouts and the record of calls, written once for both worlds.

In reading order:

    world           what is asked of a world
    kinds           which sockets there are
    addresses       what programs write, and what it stands for
    constants       the names of the socket module's numbers
    hints           what to do about an error
    calls           how a call waits, and how it is recorded
    stream          a socket as a file
    description     what a socket shares with its duplicates
    socket          the socket
    host            what a program is given
"""
