"""Programs that run unchanged in both worlds.

In reading order:

    echo            says back what it hears
    upload          sends much, and hears it to the end
    datagrams       UDP beside TCP: boundaries, losses, an echo, and a port that nobody has
    flood           begins many handshakes and finishes none
    scenes          one thing each that TCP does on the wire
    servers         one service in four shapes: a loop, threads, select, asyncio
    trials          what single calls do: listen(), bind() again, close(), send()
    copies          close() counts: with a duplicate, with SO_LINGER, with octets unread, and shutdown()
    longlived       what keeps a connection, what breaks it, and who notices
    http            the standard library's HTTP, over either world
    messages        HTTP messages over one socket, with deadlines
    endings         how an answer ends, and how its connection does: by hand
    web             a small server of pages
    browser         clients: a GET by hand, one request after the other, and all at once
    websocket       frames in both directions, after a request that asks for them
    clock           four ways to hear of each tick: polling, long polling, events, a WebSocket
    broken          HTTP as it must not be
"""
