"""A segment: what it counts, what it is called, and why it was sent."""

import pytest

from course.tcp.segment import NO_OPTIONS, Options, Segment, Why


@pytest.mark.parametrize(
    ("more", "length"),
    [
        ({}, 0),
        ({"data": b"hello"}, 5),
        ({"syn": True}, 1),
        ({"fin": True}, 1),
        ({"syn": True, "fin": True, "data": b"hello"}, 7),
        ({"rst": True, "psh": True, "ack": 1, "urgent": 1}, 0),
    ],
)
def test_syn_and_fin_count_one_number_each_and_nothing_else_does(more, length):
    """RFC 9293 3.4."""
    assert Segment(1, 2, seq=3, **more).len == length


def test_flags_are_named_as_the_rfc_names_them():
    """RFC 9293 3.1."""
    segment = Segment(1, 2, seq=3, ack=0, syn=True, fin=True, psh=True, rst=True, urgent=0)

    assert segment.flags == ("SYN", "FIN", "RST", "PSH", "URG", "ACK")
    assert Segment(1, 2, seq=3).flags == ()


def test_a_segment_cannot_be_changed():
    segment = Segment(1, 2, seq=3)

    with pytest.raises(AttributeError):
        segment.seq = 4


def test_a_segment_without_options_says_so():
    assert Segment(1, 2, seq=3).options == NO_OPTIONS == Options()


@pytest.mark.parametrize("why", Why, ids=lambda why: why.name)
def test_every_reason_is_a_sentence_with_its_clause(why):
    assert why.sentence == why.value[0]
    assert len(why.sentence.split()) > 5
    assert why.clause.startswith("RFC ")


def test_no_two_reasons_share_a_sentence():
    assert len({why.sentence for why in Why}) == len(Why)
