"""Who is who: hosts by the ends of their connections."""

from collections.abc import Mapping

from course.trace.record import Endpoint


class Directory:
    """Finds hosts by address; it is made from what a Trace knows of them, each host's name and its address.

    Where a captured address talks to itself, two hosts share it: the one with "127.0.0.1:9502" has this one port, and
    the one with "127.0.0.1" all others. `translated` tells who stands behind an end that a NAT shows outside.
    """

    def __init__(self, hosts: Mapping[str, str], translated: Mapping[Endpoint, Endpoint] | None = None) -> None:
        self._names = {where: name for name, where in hosts.items()}
        self._translated = translated or {}

    def at(self, end: Endpoint) -> str | None:
        """The name of the host that this end is on; None if it is none of ours."""
        end = self._translated.get(end, end)
        return self._names.get(written(end), self._names.get(end[0]))


def written(end: Endpoint) -> str:
    """An address and a port in one word, as in "10.0.0.1:7000" and "[fd00::1]:7000" (RFC 3986, section 3.2)."""
    address, port = end
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
