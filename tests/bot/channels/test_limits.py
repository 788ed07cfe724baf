"""How much one visitor may send."""

from bot.channels.limits import MOST_KEYS, Allowance


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_an_allowance_is_used_up_and_comes_back_with_time():
    clock = Clock()
    allowance = Allowance(20, 60, clock)
    assert [allowance.take("ani") for _ in range(21)] == [True] * 20 + [False]
    clock.now = 3
    assert [allowance.take("ani"), allowance.take("ani")] == [True, False]


def test_one_visitor_does_not_use_up_anothers():
    allowance = Allowance(1, 60, Clock())
    assert allowance.take("ani") and not allowance.take("ani")
    assert allowance.take("nino")


def test_it_never_holds_more_keys_than_it_may():
    allowance = Allowance(1, 60, Clock())
    for number in range(MOST_KEYS + 10):
        allowance.take(str(number))
    assert len(allowance._left) == MOST_KEYS
