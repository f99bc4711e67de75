"""Files are written to a temporary name and moved, so that none is ever half-written."""

import os
from pathlib import Path

from mmengine.fileio import LocalBackend, register_backend


class AtomicBackend(LocalBackend):
    """mmengine's local file backend, whose `put` never leaves a half-written file.

    Example:
        >>> default_hooks = dict(
        ...     checkpoint=dict(type='CheckpointHook', backend_args=dict(backend='atomic')))
    """

    def put(self, obj: bytes, filepath: str | Path) -> None:
        """Write bytes to a temporary file beside `filepath`, then move it there."""
        path = Path(filepath)
        temporary = path.with_name(f'.{path.name}.{os.getpid()}.tmp')
        try:
            super().put(obj, temporary)
            os.replace(temporary, path)
        finally:
            temporary.unlink(missing_ok=True)


register_backend('atomic', AtomicBackend)
