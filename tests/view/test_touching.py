from itertools import product

import pytest

from course.view.marks import Label
from course.view.style import ARROW
from course.view.touching import Box


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


def test_on_its_way_a_label_touches_a_line_from_one_move_to_another():
    moving = Box.of(label(0, 0))
    (upright,), (slanting,) = (list(moving.crosses([line])) for line in (((90, -50), (90, 50)), ((70, -20), (110, 20))))

    assert upright == (90 - moving.half, 90 + moving.half)
    assert slanting == (90 - moving.up - moving.half, 90 + moving.up + moving.half)
    assert list(moving.crosses([((0, 20), (200, 20)), ((90, 8), (90, 50))])) == []


def test_what_touches_on_the_way_is_what_overlaps_when_it_has_been_moved():
    """However both are turned: moved step by step, they overlap in the stretch that was foretold, and only there."""
    for angle, other in product((0, 12, 90, 160), (label(40, 9), label(55, -14, 20), label(-30, 25, 100))):
        still, met = label(3, 4, angle), list(Box.of(label(3, 4, angle)).meets([Box.of(other)]))
        for move in range(-120, 121, 4):
            box = Box.of(still)
            moved = Box(box.x + move * box.c, box.y + move * box.s, box.half, box.up, box.c, box.s)
            assert moved.overlaps(Box.of(other)) == any(start < move < end for start, end in met)


def test_a_box_seen_from_its_side_is_the_same_box():
    box = Box.of(label(10, 20, 30))

    assert {(round(x, 9), round(y, 9)) for x, y in box.corners} == {
        (round(x, 9), round(y, 9)) for x, y in box.upended().corners
    }


def test_a_box_that_is_moved_reaches_from_its_highest_point_to_its_lowest():
    box = Box.of(label(10, 20, 30))
    heights = [y for _, y in box.corners]

    assert box.heights() == pytest.approx((min(heights), max(heights)))
    assert box.heights((-10, 0, 40)) == pytest.approx((min(heights) - 10 * box.s, max(heights) + 40 * box.s))
