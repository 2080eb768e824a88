from demo.story import the_woman
from tests.journeys.coordinator import disclosures
from tests.journeys.world import World

WOMAN = the_woman()


def test_quito_is_named_and_the_others_are_read(land: World) -> None:
    land.settle()
    before = disclosures(land)
    with land.away("EC"):
        pulled = land.pull(WOMAN)
    assert pulled.summary == "3 of 4 countries answered."
    assert pulled.silent == {"EC": "transient"}
    assert set(pulled.by_country) == {"VE", "CO"}
    (named,) = [issue for issue in pulled.issues if issue["severity"] == "warning"]
    assert named["details"]["text"] == "EC could not be reached."
    land.settle()
    line = "PE", "PE", "EC", "TREAT", "silent"
    assert disclosures(land)[line] == before[line] + 1


def test_when_quito_is_back_it_is_read_again(land: World) -> None:
    with land.away("EC"):
        pass
    pulled = land.pull(WOMAN)
    assert pulled.summary == "4 of 4 countries answered."
    assert set(pulled.by_country) == {"VE", "CO", "EC"}
