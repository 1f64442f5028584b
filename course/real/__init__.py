"""This machine: the same programs on the real kernel, over its loopback addresses, and what the kernel says of them.

In reading order:

    interrupts      Ctrl-C, and where it must not strike
    kernel          TCP_INFO and /proc/net/tcp
    addresses       one for each host, new for each run
    ring            packets as they arrive, in memory that we share with the kernel
    inside          a child process in a network namespace of its own
    namespace       sockets from there
    capture         may we see segments go by? and how
    sightings       what was seen, as records
    info            TCP_INFO whole, and in the words of the RFCs
    sampling        asked again and again
    journal         what is written down
    udp             a datagram socket of the kernel's
    backend         a socket of the kernel's
    threads         programs that run at the same time
    world           what the socket layer asks for
    loopback        a run, from its beginning to its end
    outside         a command of this machine takes part in a run
    watch           any sockets and ports, while something goes on

Without a run, each of the eleven states:

    scene           two ends, what the kernel says of both, and their sockets
    stage           where sockets are brought there, and taken away from
    recipe          what brings them there
    tour            the table of all eleven
    states          the recipes

Without a run, single calls:

    descriptors     the numbers by which this process knows its files, pipes and sockets
    grid            which kinds of sockets the kernel makes
    sockaddr        addresses octet by octet, given to the C library
    child           a second process for a moment
    killed          what the peer of a killed process hears
    calls           the five pairs of read and write calls, shared descriptors
    signals         a signal during a call: EINTR, SIGPIPE
    files           a socket as a file: what works, what does not, and where octets wait
    datagrams       UDP with a peer, and without

Two processes, as two functions:

    ipc             pipe, FIFO, signal, message queue, shared memory, semaphore, sockets without a network
    ports           who may share a port, and what tells connections apart
    pids            a process's number, in one namespace and in another
"""
