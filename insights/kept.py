"""Which parts of a page may be shown again as they are, and to whom?

In this process's own memory: there is nothing to wipe, to fill up or to wait for. What is kept is
found by everything it was made from, whose figures it shows first of all, so that it can be
neither out of date nor anybody else's.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Final

MOST: Final = 64  # fragments of some 40 kB


class Fragments:
    """The newest rendered fragments; those not asked for longest are forgotten first."""

    def __init__(self, most: int = MOST) -> None:
        self.most = most
        self._kept: OrderedDict[Hashable, str] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, make: Callable[[], str]) -> str:
        """The fragment of this key; made, outside of the lock, where it is not there yet."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        made = make()
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > self.most:
                self._kept.popitem(last=False)
        return made

    def __len__(self) -> int:
        return len(self._kept)

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()


FIGURES: Final = Fragments()
