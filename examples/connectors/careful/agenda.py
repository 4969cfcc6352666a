"""Who works on what, and when: one thread at most for each source document, none before its time."""

import heapq
import threading
import time


class Agenda:
    """Keys with the earliest moment at which a worker may take them."""

    def __init__(self):
        self._changed = threading.Condition()
        self._heap = []
        self._due = {}
        self._not_before = {}
        self._running = set()
        self._again = set()

    def wake(self, key):
        """Something happened to this document: now, unless a system asked us to wait."""
        with self._changed:
            if key in self._running:
                self._again.add(key)
            else:
                self._plan(key, max(time.monotonic(), self._not_before.get(key, 0.0)))

    def take(self):
        """Blocks until a key is due, and takes it."""
        with self._changed:
            while True:
                now = time.monotonic()
                while self._heap and self._heap[0][0] <= now:
                    due, key = heapq.heappop(self._heap)
                    if self._due.get(key) == due:
                        del self._due[key]
                        self._running.add(key)
                        return key
                self._changed.wait(self._heap[0][0] - now if self._heap else None)

    def give_back(self, key, delay_s=None, *, firm=False):
        """Ends a turn; with delay_s the key comes again then. firm: nothing may bring it back earlier."""
        with self._changed:
            self._running.discard(key)
            self._not_before.pop(key, None)
            now = time.monotonic()
            if delay_s is not None and firm:
                self._not_before[key] = now + delay_s
            if key in self._again:
                self._again.discard(key)
                self._plan(key, max(now, self._not_before.get(key, 0.0)))
            elif delay_s is not None:
                self._plan(key, now + delay_s)

    def _plan(self, key, due):
        if due < self._due.get(key, float("inf")):
            self._due[key] = due
            heapq.heappush(self._heap, (due, key))
            self._changed.notify()
