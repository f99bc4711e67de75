"""A comparison, written: table.md, table.csv, table.json and plot.png."""

import io
from pathlib import Path

from ..files import AtomicBackend
from .comparison import Comparison
from .plot import draw_scores


def write_comparison(comparison: Comparison, folder: Path) -> list[Path]:
    """Write the tables and the plot, each whole or not at all.

    Args:
        comparison: what `compare` gives.
        folder: made where it is missing.

    Returns:
        The paths of the files.
    """
    image = io.BytesIO()
    draw_scores(comparison).savefig(image, format='png', dpi=100)
    contents = {
        'table.md': f'{comparison.markdown()}\n'.encode(),
        'table.csv': comparison.csv().encode(),
        'table.json': f'{comparison.json()}\n'.encode(),
        'plot.png': image.getvalue(),
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        AtomicBackend().put(content, folder / name)
    return [folder / name for name in contents]
