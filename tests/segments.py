"""Any segment at all: what Hypothesis draws in tests of the wire, and how it is repeatable."""

from hypothesis import settings
from hypothesis import strategies as st

from course.tcp.segment import Options, Segment

REPEATABLE = settings(deadline=None, derandomize=True, database=None, max_examples=150)
THOROUGH = settings(REPEATABLE, max_examples=400)
PORTS, NUMBERS = st.integers(0, 2**16 - 1), st.integers(0, 2**32 - 1)
KNOWN = (0, 1, 2, 3, 4, 5, 8)
OPTIONS = st.builds(
    Options,
    mss=st.none() | PORTS,
    window_scale=st.none() | st.integers(0, 255),
    sack_permitted=st.booleans(),
    timestamps=st.none() | st.tuples(NUMBERS, NUMBERS),
    sack=st.lists(st.tuples(NUMBERS, NUMBERS), max_size=2).map(tuple),
    unknown=st.lists(
        st.tuples(st.integers(0, 255).filter(lambda kind: kind not in KNOWN), st.binary(max_size=1)), max_size=1
    ).map(tuple),
)  # 4 + 3 + 2 + 10 + 18 + 3 octets: they fit
SEGMENTS = st.builds(
    Segment, PORTS, PORTS, NUMBERS, st.none() | NUMBERS, PORTS, st.binary(max_size=40),
    syn=st.booleans(), fin=st.booleans(), psh=st.booleans(), rst=st.booleans(),
    options=OPTIONS, urgent=st.none() | PORTS, why=st.none(),
)  # fmt: skip


def flipped(octets, bits):
    """The octets with these bits turned round; bits are counted round and round."""
    damaged = bytearray(octets)
    for bit in bits:
        damaged[bit // 8 % len(damaged)] ^= 1 << bit % 8
    return bytes(damaged)
