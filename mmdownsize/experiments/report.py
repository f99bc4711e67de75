"""A comparison, written: table.md, table.csv, table.json and plot.png."""

from pathlib import Path

from ..files import AtomicBackend
from ..reports import write_figure
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
    contents = {
        'table.md': f'{comparison.markdown()}\n'.encode(),
        'table.csv': comparison.csv().encode(),
        'table.json': f'{comparison.json()}\n'.encode(),
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        AtomicBackend().put(content, folder / name)
    plot = folder / 'plot.png'
    write_figure(draw_scores(comparison), plot)
    return [*(folder / name for name in contents), plot]
