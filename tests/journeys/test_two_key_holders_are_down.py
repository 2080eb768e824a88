from demo.story import the_woman
from tests.journeys.world import World

WOMAN = the_woman()


def test_with_two_key_holders_down_the_history_is_still_found(land: World) -> None:
    with land.away("EC", "CL"):
        pulled = land.pull(WOMAN)
    assert pulled.summary == "2 of 4 countries answered."
    assert set(pulled.by_country) == {"VE", "CO"}
    assert pulled.silent == {"EC": "transient", "CL": "transient"}


def test_with_three_key_holders_down_everybody_is_named_and_nothing_is_invented(land: World) -> None:
    with land.away("VE", "EC", "CL"):
        pulled = land.pull(WOMAN)
    assert pulled.summary == "0 of 4 countries answered."
    assert pulled.clinical == []
    assert set(pulled.silent) == {"VE", "CO", "EC", "CL"}
