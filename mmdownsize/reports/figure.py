"""Figures, written whole or not at all."""

import io
from pathlib import Path

from matplotlib.figure import Figure

from ..files import AtomicBackend


def write_figure(figure: Figure, path: str | Path, *, dpi: int = 100) -> None:
    """Write a figure as PNG.

    Args:
        figure: to write.
        path: of the file, whatever its suffix.
        dpi: dots per inch.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     write_figure(Figure(figsize=(1, 1)), Path(folder, 'figure.png'))
        ...     Path(folder, 'figure.png').read_bytes()[1:4]
        b'PNG'
    """
    content = io.BytesIO()
    figure.savefig(content, format='png', dpi=dpi)
    AtomicBackend().put(content.getvalue(), path)
