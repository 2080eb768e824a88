from datetime import timedelta

import pytest

from tests.attacks.envoy import DOORS, Envoy, at_door, refused


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("minutes", [-10, -3, 3, 600], ids=["long-ago", "just-ended", "not-yet", "tomorrow"])
def test_what_was_signed_for_another_time_is_refused(lima: Envoy, door: str, minutes: int) -> None:
    request = lima.signed(at_door(lima, door), at=lima.clock.now() + timedelta(minutes=minutes))
    assert refused(lima.send(request), 401)


def test_a_question_whose_deadline_is_over_is_not_worked_on(lima: Envoy) -> None:
    assert refused(lima.ask("VE", lima.question("h" * 43, seconds=-1)), 504)
