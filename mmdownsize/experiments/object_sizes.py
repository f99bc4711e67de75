"""A picture of IoU against the size of the objects, a panel for each class."""

from collections.abc import Mapping
from math import ceil

from matplotlib.figure import Figure

COLUMNS = 4
PREFIX = 'IoU'


def draw_object_sizes(scores: Mapping[str, Mapping[str, float | None]]) -> Figure:
    """Draw what `ObjectSizeIoU` measured of several models.

    Args:
        scores: of each model, by its title; keys as ``IoU/pole/64-255``, values in percent, or
            None where a size does not occur.

    Raises:
        ValueError: there is none, one was measured otherwise, or they have other classes or sizes.

    Example:
        >>> figure = draw_object_sizes({'area': {'IoU/pole': 9.0, 'IoU/pole/<64': 9.0}})
        >>> figure.axes[0].get_title()
        'pole'
    """
    panels = {title: _panels(title, each) for title, each in scores.items()}
    if not panels:
        raise ValueError('at least one model is needed')
    first = next(iter(panels.values()))
    for title, each in panels.items():
        if [(name, list(sizes)) for name, sizes in each.items()] != [
            (name, list(sizes)) for name, sizes in first.items()
        ]:
            raise ValueError(f'{title} was measured on other classes or sizes than the first')
    rows = ceil(len(first) / COLUMNS)
    figure = Figure(figsize=(14, 2.6 * rows + 0.5), layout='constrained')
    axes = figure.subplots(rows, COLUMNS, squeeze=False).flat
    for axis, name in zip(axes, first, strict=False):
        for title, each in panels.items():
            values = [float('nan') if value is None else value for value in each[name].values()]
            axis.plot(list(each[name]), values, 'o-', markersize=4, label=title)
        axis.set_title(name, fontsize=11)
        axis.tick_params(axis='x', labelsize=7)
        axis.set_ylim(bottom=0)
        axis.grid(color='0.9')
    for axis in list(figure.axes)[len(first) :]:
        axis.remove()
    figure.axes[0].set_ylabel('IoU, %')
    figure.supxlabel('pixels of the object', fontsize=10)
    handles, titles = figure.axes[0].get_legend_handles_labels()
    figure.legend(handles, titles, loc='outside upper center', ncols=len(titles), frameon=False)
    return figure


def _panels(title: str, scores: Mapping[str, float | None]) -> dict[str, dict[str, float | None]]:
    panels: dict[str, dict[str, float | None]] = {}
    for key, value in scores.items():
        prefix, _, rest = key.partition('/')
        name, _, size = rest.partition('/')
        if prefix == PREFIX and size:
            panels.setdefault(name, {})[size] = value
    if not panels:
        raise ValueError(
            f'{title} holds no {PREFIX} by size: test with --cfg-options '
            'test_evaluator._delete_=True test_evaluator.type=ObjectSizeIoU'
        )
    return panels
