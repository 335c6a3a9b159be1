"""How often was it a success of late? A share in which older outcomes count less and less."""

from __future__ import annotations

from collections.abc import Sequence


class Recent:
    """Successes and outcomes, each counting half as much after `half_life` further ones."""

    __slots__ = ("kept", "successes", "weight")

    def __init__(self, half_life: float, successes: float = 0.0, weight: float = 0.0) -> None:
        self.kept = 0.5 ** (1 / half_life)
        self.successes = successes
        self.weight = weight

    def rate(self, usual: float, worth: float) -> float:
        """The share, with `usual` counted as so many outcomes."""
        return (self.successes + usual * worth) / (self.weight + worth)

    def take(self, outcome: float) -> None:
        self.successes = self.successes * self.kept + outcome
        self.weight = self.weight * self.kept + 1

    def told(self) -> list[float]:
        return [self.successes, self.weight]

    @classmethod
    def restored(cls, half_life: float, kept: Sequence[float]) -> Recent:
        return cls(half_life, kept[0], kept[1])
