"""Programs that run unchanged in both worlds.

In reading order:

    echo            says back what it hears
    upload          sends much, and hears it to the end
    flood           begins many handshakes and finishes none
    scenes          one thing each that TCP does on the wire
    servers         one service in four shapes: a loop, threads, select, asyncio
    trials          what single calls do: listen(), bind() again, close(), send()
    longlived       what keeps a connection, what breaks it, and who notices
    http            the standard library's HTTP, over either world
"""
