from course.view.labels import Room, Shelves, Slide, along, below, shelves_between
from course.view.marks import Label
from course.view.style import ARROW
from course.view.touching import Box

LINE = ((0.0, 0.0), (300.0, 80.0))


def label(x, y, angle=0.0, text="a label"):
    return Label(text, x, y, ARROW, anchor="middle", angle=angle)


def overlap(one, other):
    return Box.of(one).overlaps(Box.of(other))


def heights(slides):
    return [slide.moved(move).y for slide in slides for move in slide.moves]


def test_a_label_stands_above_the_middle_of_its_line_where_there_is_room():
    first = next(along(LINE, "SYN", ARROW, "opening")).label

    assert abs(first.x - 150) < 3
    assert first.y < 40
    assert 14 < first.angle < 16


def test_a_text_never_stands_on_its_head():
    backwards = next(along(LINE[::-1], "SYN", ARROW, "opening")).label

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
    assert heights(below(label(0, 0), 7)) == [0, 3, 6]
    assert heights(below(label(0, 0), -4)) == [0]


def test_where_nothing_is_free_a_label_lies_on_as_little_as_can_be_and_rather_on_lines_than_on_a_label():
    room = Room(((x, -50.0), (x, 50.0)) for x in (0.0, 60.0, 62.0))
    room.take(label(120, 0))
    slide = Slide(label(0, 0), (60.0, 0.0, 120.0, 3.0))

    assert [room.cost(slide.moved(move)) for move in slide.moves] == [2, 1, 100, 1]
    assert room.place([slide]) == label(0, 0)


def test_a_text_is_moved_in_its_own_direction():
    upwards = Slide(label(0, 0, -90), (0.0, 20.0))
    room = Room([((-50.0, 0.0), (50.0, 0.0))])

    assert [round(place, 9) for place in (upwards.moved(20).x, upwards.moved(20).y)] == [0, -20]
    assert room.place([Slide(label(0, 0, -90), (0.0, 20.0, 80.0))]).y == -80


def test_things_on_shelves_are_found_once_wherever_they_are_looked_for():
    shelves = Shelves()
    for number in range(40):
        shelves.put(number, shelves_between(10.0 * number, 10.0 * number + 150))

    for top in range(-100, 600, 7):
        near = shelves.near(shelves_between(top, top + 90))
        assert len(near) == len(set(near))
        assert {number for number in range(40) if 10 * number < top + 90 and top < 10 * number + 150} <= set(near)
