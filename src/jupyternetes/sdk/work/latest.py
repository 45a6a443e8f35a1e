"""The newest that is known of an object: what the cache has, or the answer to our own last write."""

from typing import Generic

from jupyternetes.runtime.objects import ObjectKey, T, key_of, version_of


class Latest(Generic[T]):
    """Without it, a pass would decide by what stood before its own last write."""

    def __init__(self) -> None:
        self._written: dict[ObjectKey, T] = {}

    def of(self, cached: T) -> T:
        """The newer of the cached object and our last write's answer."""
        key = key_of(cached)
        written = self._written.get(key)
        if written is None:
            return cached
        if written.metadata.uid != cached.metadata.uid or version_of(cached) >= version_of(written):
            del self._written[key]
            return cached
        return written

    def wrote(self, answer: T) -> T:
        """Remember the answer of the API server to a write."""
        self._written[key_of(answer)] = answer
        return answer

    def forget(self, key: ObjectKey) -> None:
        """The object is gone, or what is remembered of it is not to be relied on."""
        self._written.pop(key, None)
