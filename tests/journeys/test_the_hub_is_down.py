from demo.parties import HUB
from demo.story import the_woman
from tests.journeys.coordinator import disclosures
from tests.journeys.world import World

WOMAN = the_woman()


def test_without_the_hub_every_country_is_named_and_nothing_is_invented(land: World) -> None:
    with land.away(HUB):
        pulled = land.pull(WOMAN, seconds=3)
    assert pulled.summary == "0 of 4 countries answered."
    assert pulled.clinical == []
    assert set(pulled.silent) == {"VE", "CO", "EC", "CL"}
    said = {issue["details"]["text"] for issue in pulled.issues if issue["severity"] == "warning"}
    assert all("nobody could be looked for" in text for text in said)


def test_a_country_goes_on_with_its_own_work_without_the_hub(land: World) -> None:
    with land.away(HUB):
        patient = land.read("PE", f"Patient/{WOMAN.here.id}")
        land.write("PE", {**patient, "id": "without-the-hub", "birthDate": "1991-02-03"})
        assert land.read("PE", "Patient/without-the-hub")["birthDate"] == "1991-02-03"


def test_what_happened_without_the_hub_is_told_when_it_is_back(land: World) -> None:
    line = "PE", "PE", "VE", "TREAT", "silent"
    land.settle()
    before = disclosures(land)
    with land.away(HUB):
        land.pull(WOMAN, seconds=2)
    land.settle()
    assert disclosures(land)[line] == before[line] + 1
    assert land.pull(WOMAN).summary == "4 of 4 countries answered."
