"""Which combinations of a person's traits there are, as a table."""

from __future__ import annotations

from enum import IntEnum


class Kind(IntEnum):
    """The kinds of features; elsewhere they are plain numbers that say nothing.

    Numbers up to 11 belonged to an earlier set and are not used again, so that no token is ever read as another.
    A name is its consonant skeleton; a pair is a given name with a surname, in no order; a turn is day and month in
    no order. `bench identity` counts how many people share a value.
    """

    PAIR_MONTH = 12  # pair, year and month
    PAIR_TURN = 13  # pair, turn
    GIVEN_SURNAMES_YEAR = 14  # a given name, both surnames in no order, year
    GIVENS_SURNAME_YEAR = 15  # both given names in no order, a surname, year
    NAME_DATE = 16  # any one name, whichever place it stands in, year and turn
    START_DATE = 17  # first three letters of a first name or surname, year and turn
    END_DATE = 18  # last three letters of the same, year and turn
    PAIR_YEAR_DAY = 19  # pair, year and day                                               single-named only
    START_PAIR_TURN = 20  # pair of first three letters, turn                              single-named only
    START_PAIR_MONTH = 21  # pair of first three letters, year and month                   single-named only
    START_PAIR_YEAR_DAY = 22  # pair of first three letters, year and day                  single-named only
    END_PAIR_TURN = 23  # pair of last three letters, turn                                 single-named only
    END_PAIR_MONTH = 24  # pair of last three letters, year and month                      single-named only
    END_PAIR_YEAR_DAY = 25  # pair of last three letters, year and day                     single-named only
    NAME_DIGITS = 26  # any one name, all digits of the date in no order                   single-named only
    DOCUMENT = 27  # issuer and number
    DOCUMENT_PART_YEAR = 28  # issuer, number with a quarter hidden, year
    DOCUMENT_PART_NAME = 29  # issuer, number with a quarter hidden, a name                single-named only
    DOCUMENT_DIGITS_NAME = 30  # issuer, digits of the number in no order, a name          single-named only
    DOCUMENT_EDGE_PAIR = 39  # issuer, four digits at either end, pair                      single-named only
    HOME_NAME = 31  # telephone, or street with house number; a name
    HOME_DATE = 32  # the same or the street alone; year and turn
    HOME_PLACE_YEAR = 33  # telephone, or street with house number; a place; year
    HOME_START = 38  # telephone, or street with house number; first three letters of a name
    STREET_PLACE_NAME = 34  # street without the house number, a place, a name
    NUMBER_PLACE_PAIR = 40  # house number, a place, pair of first three letters           single-named only
    PLACE_DATE = 35  # a place or the mother's name, year and turn
    PLACE_PAIR_YEAR = 36  # a place or the mother's name, pair of first three letters, year
    PLACE_NAME_MONTH = 37  # a place or the mother's name, a name, year and month
