"""Draws the curve of tokens a person, F1 and cost: `python -m bench.identity.draw_curve docs/identity-curve.svg`."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from bench.identity.curve import MILLISECONDS_A_TOKEN, NOISES, Point, curve

WIDTH, HEIGHT = 760, 440
LEFT, RIGHT, TOP, BOTTOM = 70, 30, 64, 62
TOKENS = (0, 45)
COLOURS = {1.0: "#0b5394", 2.0: "#b45309"}
REGISTERED = 40_000
_STEPS = (0.005, 0.01, 0.02, 0.05)
_TICKS_MOST = 8


def drawing(points: Sequence[Point]) -> str:
    """The curve as an SVG: full lines with the home, broken ones the hub alone; a ring is the set in use."""
    values = [value for point in points for value in (point.hub, point.home)]
    step = next((each for each in _STEPS if (1 - min(values)) / each <= _TICKS_MOST), 0.1)
    low = int(min(values) / step) * step
    parts = [*_frame(low, step), *_legend()]
    for noise in NOISES:
        line = sorted(
            (one for one in points if one.noise == noise and one.name != "in use"), key=lambda one: one.tokens
        )
        for stage in ("hub", "home"):
            parts += _line([(one.tokens, getattr(one, stage)) for one in line], noise, low=low, broken=stage == "hub")
        for one in points:
            if one.noise == noise and one.name == "in use":
                parts += [_ring(one.tokens, value, noise, low=low) for value in (one.hub, one.home)]
    look = 'font-family="sans-serif" font-size="13"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" {look}>'
    told = "<title>F1 by tokens a person, with what they cost</title>"
    return "\n".join([head, told, f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>', *parts, "</svg>", ""])


def _across(tokens: float) -> float:
    return round(LEFT + (WIDTH - LEFT - RIGHT) * (tokens - TOKENS[0]) / (TOKENS[1] - TOKENS[0]), 1)


def _down(value: float, low: float) -> float:
    return round(TOP + (HEIGHT - TOP - BOTTOM) * (1 - value) / (1 - low), 1)


def _frame(low: float, step: float) -> list[str]:
    bottom, right = HEIGHT - BOTTOM, WIDTH - RIGHT
    parts = []
    for number in range(round((1 - low) / step) + 1):
        value = low + number * step
        at = _down(value, low)
        parts.append(f'<path d="M{LEFT} {at}H{right}" stroke="#ddd"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{at + 4}" text-anchor="end">{value:.3f}</text>')
    for tokens in range(0, TOKENS[1], 5):
        at = _across(tokens)
        parts.append(f'<path d="M{at} {bottom}v5" stroke="#333"/>')
        parts.append(f'<text x="{at}" y="{bottom + 19}" text-anchor="middle">{tokens}</text>')
        cost = tokens * MILLISECONDS_A_TOKEN
        parts.append(f'<text x="{at}" y="{TOP - 10}" text-anchor="middle" fill="#555">{cost:.0f}</text>')
    middle = (LEFT + right) / 2
    parts.append(f'<path d="M{LEFT} {TOP}V{bottom}H{right}" fill="none" stroke="#333"/>')
    parts.append(f'<text x="{middle}" y="{bottom + 40}" text-anchor="middle">tokens a person</text>')
    parts.append(
        f'<text x="{middle}" y="{TOP - 32}" text-anchor="middle" fill="#555">processor time a person, ms</text>'
    )
    parts.append(f'<text x="20" y="{(TOP + bottom) / 2}" transform="rotate(-90 20 {(TOP + bottom) / 2})">F1</text>')
    return parts


def _legend() -> list[str]:
    parts, at = [], HEIGHT - BOTTOM - 92
    for noise in NOISES:
        for stage, dashes in (("with the home", ""), ("hub alone", ' stroke-dasharray="6 4"')):
            line = f'<path d="M{WIDTH - 240} {at}h34" stroke="{COLOURS[noise]}" stroke-width="2"{dashes}/>'
            parts += [line, f'<text x="{WIDTH - 198}" y="{at + 4}">noise {noise:g}, {stage}</text>']
            at += 18
    ring = f'<circle cx="{WIDTH - 223}" cy="{at}" r="6" fill="none" stroke="#333" stroke-width="2"/>'
    return [*parts, ring, f'<text x="{WIDTH - 198}" y="{at + 4}">the set in use</text>']


def _line(points: Sequence[tuple[float, float]], noise: float, *, low: float, broken: bool) -> list[str]:
    places = [(_across(tokens), _down(value, low)) for tokens, value in points]
    path = "L".join(f"{across} {down}" for across, down in places)
    dashes = ' stroke-dasharray="6 4"' if broken else ""
    line = f'<path d="M{path}" fill="none" stroke="{COLOURS[noise]}" stroke-width="2"{dashes}/>'
    return [line, *(f'<circle cx="{across}" cy="{down}" r="3" fill="{COLOURS[noise]}"/>' for across, down in places)]


def _ring(tokens: float, value: float, noise: float, *, low: float) -> str:
    at = f'cx="{_across(tokens)}" cy="{_down(value, low)}"'
    return f'<circle {at} r="7" fill="none" stroke="{COLOURS[noise]}" stroke-width="2"/>'


def main(path: str, registered: str = str(REGISTERED)) -> None:
    """Measure and draw; the points are printed."""
    points = curve(int(registered))
    Path(path).write_text(drawing(points), encoding="utf-8")
    print(json.dumps([asdict(point) for point in points], indent=1))


if __name__ == "__main__":
    main(*sys.argv[1:])
