"""Programs that run unchanged in both worlds.

    echo            says back what it hears
    http            the standard library's HTTP, over either world
"""
