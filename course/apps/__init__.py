"""Programs that run unchanged in both worlds.

In reading order:

    echo            says back what it hears
    http            the standard library's HTTP, over either world
"""
