"""Invented people of five countries and what two registries make of them: the corpus that scoring is trained on.

Names are common ones of the region, combined at random; error rates are those of the identity protocol at noise 1.
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from functools import cache
from itertools import accumulate
from pathlib import Path

from corridor.domain.country import Country
from corridor.domain.identity.demographics import Birth, Demographics, Document, DocumentKind

COUNTRIES = {Country("VE"): 45, Country("CO"): 20, Country("PE"): 13, Country("EC"): 12, Country("CL"): 10}
"""Where migrants of this corpus come from, in hundredths."""

_NAMES = json.loads(Path(__file__).with_name("andean_names.json").read_text(encoding="utf-8"))
MEN, WOMEN, SURNAMES = tuple(_NAMES["men"]), tuple(_NAMES["women"]), tuple(_NAMES["surnames"])
TAIL = tuple(
    f"{head}{middle}{end}"
    for head in ("Bal", "Car", "Du", "Es", "Gal", "Lan", "Mon", "Pal", "Sar", "Ur")
    for middle in ("ba", "ce", "di", "go", "ma", "ri", "ta", "ve")
    for end in ("no", "ra", "les", "rez", "món", "guer")
)
"""Rare surnames made of syllables: together they are as long a tail as real registers have."""

NICKS = {
    "josé": "Pepe", "francisco": "Pacho", "luis": "Lucho", "jesús": "Chucho", "enrique": "Kike", "rafael": "Rafa",
    "maría": "Mari", "graciela": "Chela", "dolores": "Lola", "patricia": "Paty", "teresa": "Tere", "isabel": "Chabela",
    "alberto": "Beto", "ignacio": "Nacho", "gabriela": "Gaby", "verónica": "Vero", "alejandro": "Alejo",
}  # fmt: skip
SPELLINGS = (
    ("v", "b"), ("b", "v"), ("z", "s"), ("s", "z"), ("c", "s"), ("ll", "y"), ("y", "ll"), ("h", ""), ("j", "g"),
    ("g", "j"), ("x", "s"), ("i", "y"), ("y", "i"), ("qu", "k"), ("k", "c"), ("f", "ph"), ("n", "nn"), ("l", "ll"),
    ("ss", "s"), ("j", "jh"), ("w", "v"), ("é", "e"), ("ñ", "n"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rates:
    """How often each thing happens when a registry writes a person down."""

    second_given_lost: float
    second_surname_lost: float
    given_spelling: float
    surname_spelling: float
    typo: float
    date_swap: float
    year_slip: float
    year_only: float
    reversed: float
    married: float
    nickname: float
    home_document: float
    passport: float
    host_document: float
    digit_error: float


REGISTRY = Rates(0.10, 0.05, 0.04, 0.03, 0.015, 0.01, 0.01, 0.005, 0.01, 0.015, 0.005, 0.78, 0.25, 0.60, 0.015)
ARRIVAL = Rates(0.35, 0.20, 0.10, 0.09, 0.04, 0.03, 0.025, 0.015, 0.025, 0.03, 0.03, 0.45, 0.30, 0.50, 0.04)

KIN = 0.035
"""Share of strangers who are a sibling of someone registered."""


def dice(seed: int) -> random.Random:
    """Chance that falls the same way every time."""
    return random.Random(seed)


@cache
def _commonness(count: int) -> list[float]:
    """Cumulative weights of names by rank: a flattened Zipf law."""
    return list(accumulate(1 / (rank + 8) for rank in range(count)))


def _zipf(rng: random.Random, names: tuple[str, ...]) -> str:
    return rng.choices(names, cum_weights=_commonness(len(names)))[0]


def _surname(rng: random.Random) -> str:
    return _zipf(rng, TAIL) if rng.random() < 0.15 else _zipf(rng, SURNAMES)


def _number(rng: random.Random, issuer: str) -> str:
    """A number of the length and look that the country prints."""
    if issuer == "VE":
        return f"V-{rng.randint(4_000_000, 33_000_000)}"
    if issuer == "CO":
        return str(rng.choice((rng.randint(10_000_000, 99_000_000), rng.randint(1_000_000_000, 1_199_999_999))))
    if issuer == "PE":
        return f"{rng.randint(1_000_000, 79_999_999):08d}"
    if issuer == "EC":
        return f"{rng.randint(1, 24):02d}{rng.randint(0, 99_999_999):08d}"
    return f"{rng.randint(5, 27)}.{rng.randint(0, 999):03d}.{rng.randint(0, 999):03d}"


def person(rng: random.Random) -> Demographics:
    """One invented person, as they are: every name, the whole date, all papers (home card, passport, host permit)."""
    home = rng.choices(list(COUNTRIES), list(COUNTRIES.values()))[0]
    host = rng.choice([country for country in COUNTRIES if country != home])
    sex = rng.choice(("male", "female"))
    names = MEN if sex == "male" else WOMEN
    born = date(1948, 1, 1) + timedelta(days=int(rng.triangular(0, 22_000, 15_500)))
    papers = (
        Document(home, DocumentKind.NATIONAL, _number(rng, home)),
        Document(home, DocumentKind.PASSPORT, f"{rng.choice('ABCDP')}{rng.randint(1_000_000, 199_999_999)}"),
        Document(host, DocumentKind.PERMIT, str(rng.randint(1_000_000, 9_999_999))),
    )
    given = tuple(dict.fromkeys(_zipf(rng, names) for _ in range(2 if rng.random() < 0.9 else 1)))
    return Demographics(given, (_surname(rng), _surname(rng)), (born.year, born.month, born.day), sex, papers)


def sibling(rng: random.Random, of: Demographics, *, twin: bool) -> Demographics:
    """A brother or sister: the same surnames, another name, and a twin's birth date and neighbouring card."""
    other = person(rng)
    while other.given[0] in of.given or other.given[-1] in of.given:
        other = person(rng)
    if not twin:
        return replace(other, surnames=of.surnames)
    card = of.documents[0]
    next_card = replace(card, number=card.number[:-1] + str((int(card.number[-1]) + 1) % 10))
    return replace(other, surnames=of.surnames, birth=of.birth, documents=(next_card, *other.documents[1:]))


def misspelt(rng: random.Random, name: str) -> str:
    """A name as another ear would write it down; as it is where nothing in it is heard in two ways."""
    fitting = [(old, new) for old, new in SPELLINGS if old in name.lower()]
    if not fitting:
        return name
    old, new = rng.choice(fitting)
    return name.lower().replace(old, new, 1).title()


def typed(rng: random.Random, name: str) -> str:
    """A text with one letter missing, wrong or too many."""
    place = rng.randrange(len(name))
    letter = rng.choice("abcdefghijklmnopqrstuvwxyz")
    return rng.choice((name[:place] + name[place + 1 :], name[:place] + letter + name[place + 1 :])) or name


def _name(rng: random.Random, name: str, *, spelling: float, typo: float) -> str:
    written = misspelt(rng, name) if rng.random() < spelling else name
    return typed(rng, written) if rng.random() < typo else written


def _given(rng: random.Random, names: tuple[str, ...], rates: Rates) -> tuple[str, ...]:
    kept = names[:1] if len(names) > 1 and rng.random() < rates.second_given_lost else names
    if rng.random() < rates.nickname:
        kept = (NICKS.get(kept[0].lower(), kept[0]), *kept[1:])
    return tuple(_name(rng, name, spelling=rates.given_spelling, typo=rates.typo) for name in kept)


def _surnames(rng: random.Random, names: tuple[str, ...], rates: Rates, *, may_marry: bool) -> tuple[str, ...]:
    if may_marry and rng.random() < rates.married:
        names = (names[0], f"de {_surname(rng)}")
    elif rng.random() < rates.second_surname_lost:
        names = names[:1]
    elif rng.random() < rates.reversed:
        names = names[::-1]
    return tuple(_name(rng, name, spelling=rates.surname_spelling, typo=rates.typo) for name in names)


def _birth(rng: random.Random, birth: Birth | None, rates: Rates) -> Birth | None:
    year, month, day = birth or (1980, 1, 1)
    if rng.random() < rates.year_only:
        return (year, None, None)
    if rng.random() < rates.year_slip:
        year += rng.choice((-10, -1, 1, 10))
    if rng.random() < rates.date_swap:
        month, day = (day, month) if (day or 31) <= 12 and rng.random() < 0.6 else (month, rng.randint(1, 28))
    return (year, month, min(day or 1, 28) if month == 2 else day)


def _papers(rng: random.Random, papers: tuple[Document, ...], rates: Rates) -> tuple[Document, ...]:
    shown = zip(papers, (rates.home_document, rates.passport, rates.host_document), strict=True)
    return tuple(_paper(rng, paper, rates) for paper, rate in shown if rng.random() < rate)


def _paper(rng: random.Random, paper: Document, rates: Rates) -> Document:
    if rng.random() >= rates.digit_error:
        return paper
    places = [place for place, letter in enumerate(paper.number) if letter.isdigit()]
    place = rng.choice(places)
    return replace(paper, number=paper.number[:place] + str(rng.randrange(10)) + paper.number[place + 1 :])


def written_down(rng: random.Random, who: Demographics, rates: Rates) -> Demographics:
    """A person as one registry has them, with the errors and losses of that registry."""
    return Demographics(
        given=_given(rng, who.given, rates),
        surnames=_surnames(rng, who.surnames, rates, may_marry=who.sex == "female"),
        birth=_birth(rng, who.birth, rates),
        sex=who.sex if rng.random() > 0.005 else "unknown",
        documents=_papers(rng, who.documents, rates),
    )


@dataclass(frozen=True, slots=True)
class World:
    """A register, people who arrive, and for each of them the place in the register where they are, or None."""

    registered: tuple[Demographics, ...]
    asked: tuple[Demographics, ...]
    truth: tuple[int | None, ...]


def noisy(rates: Rates, noise: float) -> Rates:
    """The same registry with its errors and losses so many times as frequent; which papers are shown stays."""
    shown = {"home_document", "passport", "host_document"}
    losses = {each.name: getattr(rates, each.name) for each in fields(rates) if each.name not in shown}
    return replace(rates, **{name: min(0.9, rate * noise) for name, rate in losses.items()})


def world(seed: int, *, registered: int, asked: int, noise: float = 1, known: float = 0.4, kin: float = KIN) -> World:
    """A world of invented people: 40 % of those asked about are registered, a few others are siblings of such.

    Args:
        seed: of all chance in it.
        registered: how many people the register holds.
        asked: how many people arrive.
        noise: how many times as frequent errors are as in the rates above.
        known: share of arrivals who are registered.
        kin: share of all others who are a sibling of someone registered; one in seven of them is a twin.
    """
    rng = dice(seed)
    people = [person(rng) for _ in range(registered)]
    arrivals: list[Demographics] = []
    truth: list[int | None] = []
    arrival, registry = noisy(ARRIVAL, noise), noisy(REGISTRY, noise)
    for _ in range(asked):
        place, luck = rng.randrange(registered), rng.random()
        is_known = luck < known
        who = people[place] if is_known else stranger(rng, people[place], kin=kin)
        arrivals.append(written_down(rng, who, arrival))
        truth.append(place if is_known else None)
    register = tuple(written_down(rng, who, registry) for who in people)
    return World(register, tuple(arrivals), tuple(truth))


def stranger(rng: random.Random, near: Demographics, *, kin: float = KIN) -> Demographics:
    """Someone who is not registered: nearly always nobody's kin, else a sibling or twin of one who is."""
    luck = rng.random()
    return sibling(rng, near, twin=luck < kin / 7) if luck < kin else person(rng)
