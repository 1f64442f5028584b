"""A SYN flood, for the simulated network: somebody begins many handshakes and finishes none (RFC 4987).

The attacker's own TCP would finish them, so let its ACKs be lost: `faults=[faults.drop_flags("attacker", "ACK")]`.
"""

from course.sockets.host import Host, Program

SERVER = ("server", 7000)


def attacker(handshakes: int, patience: float = 10.0, address: tuple[str, int] = SERVER) -> Program:
    """A program that begins so many handshakes at once, and keeps them for `patience` seconds."""

    def attack(host: Host) -> None:
        sockets = [host.socket() for _ in range(handshakes)]
        for each in sockets:
            each.settimeout(0)
            each.connect_ex(address)
        host.sleep(patience)
        for each in sockets:
            each.close()

    return attack
