"""Each means by which two processes talk, as two programs and what is made before them; to read, to copy, to change.

In reading order:

    pipe            octets one way, for who has inherited an end
    fifo            the same, found by a path
    signal          a number, and that it came
    queue           messages, of System V
    mqueue          messages, of POSIX
    semaphore       a count to wait for
    memory          octets that both can see
    pair            two sockets that are connected from the beginning
    unix            a socket with a path
    abstract        a socket with a name that is no path
"""
