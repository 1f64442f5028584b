from course.view.labels import Box, Room, along, below
from course.view.marks import Label
from course.view.style import ARROW

LINE = ((0.0, 0.0), (300.0, 80.0))


def label(x, y, angle=0.0, text="a label"):
    return Label(text, x, y, ARROW, anchor="middle", angle=angle)


def overlap(one, other):
    return Box.of(one).overlaps(Box.of(other))


def test_boxes_overlap_or_not_whichever_way_they_are_turned():
    assert overlap(label(0, 0), label(10, 5))
    assert overlap(label(0, 0), label(0, 0, angle=80))
    assert not overlap(label(0, 0), label(0, 14))
    assert not overlap(label(0, 0), label(80, 0))
    assert not overlap(label(0, 0, angle=15), label(0, 14, angle=15))


def test_a_line_crosses_a_box_or_passes_it():
    box = Box.of(label(100, 100))

    assert box.is_crossed(((100, 0), (100, 200)))
    assert box.is_crossed(((95, 100), (105, 100)))
    assert not box.is_crossed(((0, 0), (200, 0)))
    assert not box.is_crossed(((100, 0), (100, 80)))


def test_a_label_stands_above_the_middle_of_its_line_where_there_is_room():
    first = next(along(LINE, "SYN", ARROW, "opening"))

    assert abs(first.x - 150) < 3
    assert first.y < 40
    assert 14 < first.angle < 16


def test_a_text_never_stands_on_its_head():
    backwards = next(along(LINE[::-1], "SYN", ARROW, "opening"))

    assert -90 < backwards.angle < 90


def test_a_label_moves_along_its_line_when_another_is_there():
    room = Room([LINE])
    first = room.place(along(LINE, "SYN", ARROW, "opening"))
    second = room.place(along(LINE, "SYN", ARROW, "opening"))

    assert not overlap(first, second)


def test_a_label_evades_a_line():
    crossing = ((150.0, 0.0), (160.0, 80.0))
    room = Room([LINE, crossing])

    assert not Box.of(room.place(along(LINE, "SYN", ARROW, "opening"))).is_crossed(crossing)


def test_a_name_moves_down_and_no_further_than_it_may():
    room = Room([((-50.0, 0.0), (50.0, 0.0))])

    assert room.place(below(label(0, 0), 40)).y == 9
    assert [place.y for place in below(label(0, 0), 4)] == [0, 3]
    assert [place.y for place in below(label(0, 0), -4)] == [0]
