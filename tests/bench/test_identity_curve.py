"""The curve on which the set of tokens is chosen: budgets are kept, and what is drawn is what was measured."""

from __future__ import annotations

from functools import partial
from xml.etree import ElementTree as ET

from bench.andean_people import world
from bench.identity.curve import NOISES, Point, every_feature, figures_of, in_order, measured, slots, some, within
from bench.identity.draw_curve import drawing
from corridor.domain.identity.features import FEATURES_MAX, features

OF = world(11, registered=150, asked=120, known=0.9)


def test_smaller_sets_are_the_beginning_of_larger_ones_and_keep_to_their_budget() -> None:
    ordered = in_order(OF)
    small, large = within(ordered, 8), within(ordered, 20)
    assert small < large
    for chosen, budget in ((small, 8), (large, 20)):
        assert sum(len(some(chosen, who)) for who in OF.registered) / len(OF.registered) <= budget
    assert len({slot for slot, _ in ordered}) == len(ordered)


def test_what_a_person_could_have_holds_what_the_person_has_and_each_slot_once() -> None:
    for who in OF.registered[:20]:
        assert set(features(who)) <= set(every_feature(who))
        assert len({slot for slot, _ in slots(who)}) == len(every_feature(who)) <= 2 * FEATURES_MAX


def test_more_tokens_find_more_people() -> None:
    few, many = (measured(f"{budget}", partial(some, within(in_order(OF), budget)), (150, 400)) for budget in (1, 20))
    for less, more in zip(few, many, strict=True):
        assert less.tokens < more.tokens
        assert less.hub < more.hub
    assert len([*figures_of(few)]) == 4 * len(NOISES)


def test_the_drawing_is_svg_with_every_point_in_its_frame() -> None:
    points = [
        Point(name, noise, tokens, 0.98 - noise / 100, 0.99 - noise / 100)
        for noise in NOISES
        for name, tokens in (("5", 4.9), ("40", 38.8), ("in use", 22.4))
    ]
    root = ET.fromstring(drawing(points))  # noqa: S314  # our own drawing
    circles = root.findall("{http://www.w3.org/2000/svg}circle")
    assert len(circles) == len(points) * 2 + 1
    assert all(0 < float(each.get("cx", "0")) < 760 for each in circles)
    assert all(0 < float(each.get("cy", "0")) < 440 for each in circles)
