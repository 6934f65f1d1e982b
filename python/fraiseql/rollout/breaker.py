# SPDX-License-Identifier: MIT
"""A breaker: after repeated failures nothing is sent to an application for a while, then one request tries it again."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable


class Breaker:
    """Opens after `failures` failures among the last `of` requests, for `pause` seconds.

    After the pause one request at a time goes through: its success closes the breaker, its failure opens it again.
    """

    def __init__(
        self, failures: int = 5, of: int = 20, pause: float = 30.0, clock: Callable[[], float] = time.monotonic
    ):
        if not 1 <= failures <= of:
            raise ValueError("failures must be at least 1 and at most `of`")
        if pause < 0:
            raise ValueError("pause must not be negative")
        self.failures = failures
        self.pause = pause
        self.opened = 0
        self._clock = clock
        self._outcomes: deque[bool] = deque(maxlen=of)
        self._open_until: float | None = None
        self._trying = False
        # What was let through before the last change of state says nothing about the time after it.
        self._era = 1

    @property
    def state(self) -> str:
        """closed (requests go through), open (none does), half-open (the next one is a trial, or a trial is under way)."""
        if self._open_until is None:
            return "closed"
        return "open" if self._clock() < self._open_until else "half-open"

    def enter(self) -> int:
        """A permit for one request, to be given to exactly one of succeeded, failed and abandoned; or 0."""
        state = self.state
        if state == "open" or (state == "half-open" and self._trying):
            return 0
        self._trying = state == "half-open"
        return self._era

    def succeeded(self, permit: int) -> None:
        """What went through was answered."""
        if permit != self._era:
            return
        if self._trying:
            self.reset()
        self._outcomes.append(True)

    def failed(self, permit: int) -> bool:
        """What went through has failed; true where that opens the breaker."""
        if permit != self._era:
            return False
        self._outcomes.append(False)
        if not self._trying and self._outcomes.count(False) < self.failures:
            return False
        self.reset()
        self._open_until = self._clock() + self.pause
        self.opened += 1
        return True

    def abandoned(self, permit: int) -> None:
        """What went through came to no end that tells anything: its client went away."""
        if permit == self._era:
            self._trying = False

    def reset(self) -> None:
        """Closes it."""
        self._open_until = None
        self._trying = False
        self._era += 1
        self._outcomes.clear()
