"""The arithmetic of the figures: pure, and tested by test/bench_script/."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Spread:
    """What several rounds gave for one figure."""

    median: float
    least: float
    most: float
    rounds: int


def median(values):
    """The middle value, or the mean of the two in the middle. Needs at least one."""
    if not values:
        raise ValueError("no median of nothing")
    ordered = sorted(values)
    middle = len(ordered) // 2
    if len(ordered) % 2 == 1:
        return ordered[middle]
    return (ordered[middle - 1] + ordered[middle]) / 2


def spread(values):
    return Spread(median(values), min(values), max(values), len(values))


def interleaved(rounds, names):
    """A B C A B C ...: what drifts on the machine meets all of them alike. Gives (round, name)."""
    return [(number, name) for number in range(rounds) for name in names]


def column(samples, name, figure):
    """One figure of one subject in all rounds; a round that lacks it gives nothing."""
    return [each[figure] for each in samples.get(name, []) if each.get(figure) is not None]


def spread_of(samples, name, figure):
    """None where the subject was not measured."""
    values = column(samples, name, figure)
    return spread(values) if values else None


def ratio_of_medians(samples, figure, name, base):
    """How many times the base's median; None where either is missing or the base is 0."""
    above, below = spread_of(samples, name, figure), spread_of(samples, base, figure)
    if above is None or below is None or below.median == 0:
        return None
    return above.median / below.median
