"""One spelling for one name or number, whatever a clerk made of it."""

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corridor.domain.identity.normalise import (
    document_blocks,
    document_core,
    fold,
    given_words,
    is_married_name,
    name_words,
    skeleton,
    sound,
    surname_words,
)

ONE_SOUND = [
    ("González", "Gonsales"),
    ("Jiménez", "Giménez"),
    ("Ximena", "Jimena"),
    ("Velásquez", "Belasques"),
    ("Yanes", "Llanes"),
    ("Hernández", "Ernandes"),
    ("Quispe", "Kispe"),
    ("Cáceres", "Caseres"),
    ("Josefina", "Josephina"),
    ("Guillermo", "Guiyermo"),
    ("Jhon", "John"),
    ("Yolanda", "Iolanda"),
    ("Yessica", "Jésica"),
    ("Yonathan", "Jonatan"),
    ("Wilmer", "Vilmer"),
    ("Reyes", "Reies"),
    ("Ascencio", "Asensio"),
    ("Campos", "Canpos"),
    ("Muñoz", "Munos"),
    ("Thalía", "Talia"),
    ("Anna", "Ana"),
    ("Gerónimo", "Jerónimo"),
    ("Sheila", "Seila"),
    ("Vivas", "Bibas"),
    ("Félix", "Felis"),
    ("Sarai", "Saray"),
]


@pytest.mark.parametrize(("left", "right"), ONE_SOUND)
def test_spellings_that_sound_alike_become_one(left: str, right: str) -> None:
    assert sound(fold(left)) == sound(fold(right))


NOT_ONE_SOUND = [("Mario", "María"), ("Guerra", "Gerra"), ("Pérez", "Páez"), ("Casa", "Chasa"), ("Daniel", "Daniela")]


@pytest.mark.parametrize(("left", "right"), NOT_ONE_SOUND)
def test_names_that_differ_in_sound_stay_apart(left: str, right: str) -> None:
    assert sound(fold(left)) != sound(fold(right))


@pytest.mark.parametrize(
    ("left", "right"),
    [("Yuleisi", "Yulaisy"), ("Restrepo", "Restropo"), ("Mamani", "Mamane"), ("Uzcátegui", "Uscatigui")],
)
def test_a_skeleton_survives_a_wrong_vowel_after_the_first(left: str, right: str) -> None:
    assert skeleton(fold(left)) == skeleton(fold(right))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("de la Cruz", ("cruz",)),
        ("Pérez de León", ("perez", "leon")),
        ("María del Carmen", ("maria", "carmen")),
        ("San Martín", ("sanmartin",)),
        ("Mc Donald", ("mcdonald",)),
        ("Ma. José", ("maria", "jose")),
        ("Hdez.", ("hernandez",)),
        ("Ñáñez-Ibáñez", ("nanez", "ibanez")),
        ("De", ("de",)),
        ("  ", ()),
        ("王", ()),
        ("d'Ávila", ("d", "avila")),
    ],
)
def test_the_words_of_a_name(text: str, expected: tuple[str, ...]) -> None:
    assert name_words(text) == expected


def test_fond_forms_become_the_name_they_stand_for() -> None:
    assert given_words(("Pepe Lucho",)) == given_words(("José", "Luis")) == ("jose", "luis")


@pytest.mark.parametrize(
    ("surnames", "expected"),
    [
        (("Pérez", "Gómez", "de González"), ("perez", "gomez")),
        (("Pérez Gómez de González",), ("perez", "gomez")),
        (("Pérez", "de González"), ("perez", "gonzalez")),
        (("Pérez de la Cruz",), ("perez", "cruz")),
        (("Pérez", "Gómez", "de la Cruz"), ("perez", "gomez", "cruz")),
        (("Rojas Díaz vda. de Soto",), ("rojas", "diaz")),
        ((), ()),
    ],
)
def test_a_husbands_name_after_two_of_ones_own_is_left_out(
    surnames: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    assert surname_words(surnames) == expected


def test_what_is_written_as_a_husbands_name() -> None:
    assert is_married_name("de González")
    assert is_married_name("Vda. de Soto") is False
    assert not any(map(is_married_name, ("González", "de la Cruz", "del Río", "de", "")))


@given(st.text(max_size=60))
@settings(deadline=None)
def test_any_text_gives_plain_lower_case_words_and_stays_when_done_again(text: str) -> None:
    words = name_words(text)
    assert all(set(word) <= set(string.ascii_lowercase) for word in words)
    assert all(skeleton(word) == skeleton(fold(word.upper())) for word in words)
    assert sound("".join(words)) is not None


@pytest.mark.parametrize(
    ("country", "number", "core"),
    [
        ("VE", "V-12.345.679", "12345679"),
        ("VE", "v12345679", "12345679"),
        ("VE", "E-84.123.456", "84123456"),
        ("VE", "0012345679", "12345679"),
        ("CO", "1.020.304.050", "1020304050"),
        ("CL", "30.686.957-4", "30686957"),
        ("CL", "30686957", "30686957"),
        ("CL", "6.265.837-1", "6265837"),
        ("PE", "01234560", "1234560"),
        ("PE", "10117410-2", "10117410"),
        ("PE", "10117410", "10117410"),
        ("EC", "0912345675", "912345675"),
        ("CO", "AT 123456", "AT123456"),
        ("CO", "\uff21\uff34\uff11\uff12\uff13\uff14\uff15\uff16", "AT123456"),
    ],
)
def test_a_document_number_is_the_same_however_it_is_printed(country: str, number: str, core: str) -> None:
    assert document_core(country, number) == core


@pytest.mark.parametrize("number", ["", "0", "-", "00000000", "1234", "99999999", "11111111", "12345678", "S/N", "V-0"])
def test_what_clerks_write_where_a_document_is_missing_tells_nothing(number: str) -> None:
    assert document_core("VE", number) == ""


@given(
    number=st.from_regex(r"[1-9][0-9]{5,10}", fullmatch=True),
    place=st.integers(0, 10),
    digit=st.sampled_from("0123456789"),
)
@settings(deadline=None)
def test_a_number_with_one_wrong_digit_shares_a_block_with_the_right_one(number: str, place: int, digit: str) -> None:
    place %= len(number)
    wrong = number[:place] + digit + number[place + 1 :]
    assert set(document_blocks(number)) & set(document_blocks(wrong))
    assert len(set(document_blocks(number))) == 4
