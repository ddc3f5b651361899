"""Recording without estimating: items go from the source to the journal, and nothing else happens to them."""

from __future__ import annotations

from ..events import Event
from ..samples import SampleBlock
from ..transport.source import Source
from .run import Recorder, keep


class RecordOnly:
    """Like a `Run` to whoever paces it, but only writes down."""

    def __init__(self, source: Source, recorder: Recorder) -> None:
        self._source = source
        self._recorder = recorder
        self._position_ns = 0

    @property
    def position_ns(self) -> int:
        """Stream time up to which everything was written."""
        return self._position_ns

    @property
    def ended(self) -> bool:
        """Whether the source has nothing left."""
        return self._source.ended

    def advance(self, until_ns: int, limit: int = 100_000) -> list[Event]:
        """Write down what is not newer than `until_ns`. There are no events."""
        items = self._source.read(until_ns, limit)
        keep(items, self._recorder)
        if not items:
            self._position_ns = until_ns
        elif not isinstance(items[-1], SampleBlock):
            self._position_ns = items[-1].t_ns
        return []

    def finish(self) -> list[Event]:
        """Nothing was estimated, so nothing ends."""
        return []
