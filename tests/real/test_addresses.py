"""Addresses are new for each run, nobody leaves 127.0.0.0/8, and one address is enough."""

import errno
import socket
import subprocess
import sys

import pytest

from course import ScenarioError
from course.real.addresses import OwnAddresses, PortMap, candidates, choose, claim, has_several, own, resolve
from course.real.kernel import Row
from course.tcp.state import State

HOSTS = {"server": "127.5.6.1", "client": "127.5.6.2"}


def closing(*several):
    for each in several:
        each.close()


# ------------------------------------------------ one address for each host


def test_each_host_has_an_address_of_its_own():
    addresses = choose(["server", "client"], one_address=False)
    closing(addresses)

    network = addresses.hosts["server"].rpartition(".")[0]
    assert addresses.hosts == {"server": f"{network}.1", "client": f"{network}.2"}
    assert addresses.in_kernel == set(addresses.hosts.values())


def test_runs_at_the_same_time_have_different_networks():
    held = [OwnAddresses(["server"]) for _ in range(200)]
    closing(*held)

    assert len({addresses.hosts["server"] for addresses in held}) == 200


def test_a_network_that_a_run_holds_is_passed_over_even_by_other_processes():
    held, network = claim(candidates())
    program = "import sys; from course.real.addresses import claim; print(claim(sys.argv[1:])[1])"
    taken = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program, network, "127.254.254"],
        capture_output=True, text=True, check=True, env={"PYTHONPATH": ":".join(sys.path)},
    ).stdout.strip()  # fmt: skip
    closing(held)

    assert taken == "127.254.254"


def test_when_all_networks_are_taken_that_is_an_error():
    held, network = claim(candidates())
    with pytest.raises(OSError, match="no network is free"):
        claim([network])
    closing(held)


def test_a_network_does_not_come_again_before_time_wait_is_over():
    networks = [next(candidates()) for _ in range(1000)]

    assert len(set(networks)) == 1000
    assert len(set(candidates())) == 1000


def test_more_hosts_than_addresses_are_refused():
    with pytest.raises(ScenarioError, match="251 hosts are too many"):
        choose(f"host{number}" for number in range(251))


def test_whether_there_is_one_address_or_several_is_found_out():
    addresses = choose(["server"])
    closing(addresses)

    assert isinstance(addresses, OwnAddresses if has_several() else PortMap)


# ------------------------------------------------ one address for all


@pytest.fixture
def port_map():
    addresses = choose(["server", "client"], one_address=True)
    yield addresses
    addresses.close()


@pytest.fixture
def kernel():
    with socket.socket() as kernel:
        yield kernel


def test_without_other_addresses_ports_are_mapped(port_map):
    assert isinstance(port_map, PortMap)
    assert port_map.in_kernel == {"127.0.0.1"}
    assert len(set(port_map.hosts.values())) == 2


def test_a_port_of_each_host_stands_for_a_free_one(port_map, kernel):
    server, client = ((address, 7000) for address in port_map.hosts.values())
    port_map.bind(kernel, server)

    assert kernel.getsockname() == port_map.real(server) != port_map.real(client)
    assert port_map.shown(kernel.getsockname()) == server


def test_a_port_that_nobody_chose_stands_for_itself(port_map, kernel):
    port_map.bind(kernel, (port_map.hosts["client"], 0))

    assert port_map.shown(kernel.getsockname()) == (port_map.hosts["client"], kernel.getsockname()[1])


def test_a_port_where_nobody_listens_refuses(port_map, kernel):
    with pytest.raises(ConnectionRefusedError):
        kernel.connect(port_map.real((port_map.hosts["server"], 7000)))


def test_a_port_may_be_bound_after_it_was_called(port_map, kernel):
    server = port_map.hosts["server"], 7000
    called = port_map.real(server)
    port_map.bind(kernel, server)

    assert kernel.getsockname() == called


def test_a_port_is_bound_once(port_map, kernel):
    port_map.bind(kernel, (port_map.hosts["server"], 7000))
    with socket.socket() as second, pytest.raises(OSError, match="in use") as failed:
        port_map.bind(second, (port_map.hosts["server"], 7000))

    assert failed.value.errno == errno.EADDRINUSE


def test_what_does_not_belong_to_the_run_is_shown_as_it_is(port_map):
    assert port_map.shown(("127.0.0.1", 1)) == ("127.0.0.1", 1)
    assert port_map.shown(("0.0.0.0", 0)) == ("0.0.0.0", 0)


# ------------------------------------------------ names


@pytest.mark.parametrize(
    ("name", "address"),
    [("server", "127.5.6.1"), ("", "127.5.6.2"), ("0.0.0.0", "127.5.6.2"), ("127.9.9.9", "127.9.9.9")],
)
def test_names_and_loopback_addresses_are_found(name, address):
    assert resolve((name, 7000), "127.5.6.2", HOSTS) == (address, 7000)


def test_a_name_that_no_host_has_is_told_with_those_that_there_are():
    with pytest.raises(socket.gaierror, match="'sever' here; there are: server, client"):
        resolve(("sever", 7000), "127.5.6.2", HOSTS)


@pytest.mark.parametrize("address", ["192.0.2.1", "128.0.0.1", "10.0.0.1", "255.255.255.255", "224.0.0.1"])
def test_the_loopback_world_ends_at_its_network(address):
    with pytest.raises(OSError, match=f"{address} lies outside of it") as failed:
        resolve((address, 7000), "127.5.6.2", HOSTS)

    assert failed.value.errno == errno.ENETUNREACH


@pytest.mark.parametrize(
    "address", ["server", ("server",), ("server", "http"), (7000, "server"), ["server", 7000], None]
)
def test_what_is_no_address_is_a_type_error(address):
    with pytest.raises(TypeError, match="an address is a pair"):
        resolve(address, "127.5.6.2", HOSTS)


@pytest.mark.parametrize("port", [-1, 65536])
def test_a_port_has_16_bits(port):
    with pytest.raises(OverflowError, match="0-65535"):
        resolve(("server", port), "127.5.6.2", HOSTS)


# ------------------------------------------------ whose connection it is


def row(local, remote=None):
    state = State.TIME_WAIT if remote else State.LISTEN
    return Row(("127.0.0.1", local), remote and ("127.0.0.1", remote), state, 0, 0)


@pytest.fixture
def ports(port_map):
    """The server's port 7000, and the one that the client was given, as the kernel has them."""
    with socket.socket() as door, socket.socket() as caller:
        port_map.bind(door, ("127.1.1.1", 7000))
        port_map.bind(caller, ("127.1.1.2", 0))
        yield door.getsockname()[1], caller.getsockname()[1]


def test_a_port_that_another_process_took_over_is_no_end_of_the_run(port_map, ports):
    door, caller = ports
    client, server = ("127.1.1.2", caller), ("127.1.1.1", 7000)

    assert own([row(caller, door)], port_map).keys() == {(client, server)}
    assert own([row(caller, 9)], port_map) == {}
    assert own([row(door, 9)], port_map) == {}
    assert own([row(9, door)], port_map) == {}


def test_who_calls_from_outside_counts_where_a_program_listens_and_afterwards(port_map, ports):
    door, _ = ports
    server, outsider = ("127.1.1.1", 7000), ("127.0.0.1", 9)

    assert own([row(door), row(door, 9)], port_map).keys() == {(server, None), (server, outsider)}
    assert own([row(door, 9)], port_map, known={(server, outsider)}).keys() == {(server, outsider)}


def test_whatever_is_at_an_address_of_its_own_is_of_the_run():
    addresses = OwnAddresses(["server"])
    server, outsider = (addresses.hosts["server"], 7000), ("127.0.0.1", 9)
    addresses.close()

    assert own([Row(server, outsider, State.TIME_WAIT, 0, 0)], addresses).keys() == {(server, outsider)}
