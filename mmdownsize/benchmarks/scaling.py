"""Cost against the size of the input, that of the output being fixed."""

from collections.abc import Sequence

from matplotlib.figure import Figure

from .alone import Setting
from .contestants import Contestant
from .passes import forward_step
from .timing import interleave, stopwatch, summarize

EDGES = (256, 512, 1024, 2048)


def measure_scaling(
    contestants: Sequence[Contestant],
    setting: Setting,
    *,
    edges: Sequence[int] = EDGES,
    target: int = 128,
) -> dict:
    """Time the forward pass of all interpolators for square images of several sizes.

    Args:
        contestants: what `read_contestants` gives.
        setting: how it is measured.
        edges: of the images, in pixels.
        target: edge of what comes out.

    Returns:
        ``target``, and under ``forward`` the summary of each interpolator by edge; see
        `summarize`.

    Raises:
        ValueError: an edge is less than 1.
    """
    if min([*edges, target]) < 1:
        raise ValueError(f'edges are at least 1 pixel, got {list(edges)} and {target}')
    nets = setting.build(contestants)
    forward = {}
    for edge in edges:
        image = setting.image((edge, edge))
        measures = {
            name: stopwatch(forward_step(net, image, (target, target)), setting.device)
            for name, net in nets.items()
        }
        forward[str(edge)] = summarize(interleave(measures, setting.rounds))
    return dict(target=target, forward=forward)


def draw_scaling(scaling: dict) -> Figure:
    """Draw what `measure_scaling` gives: medians, and the quartiles around them.

    Returns:
        A figure; ``figure.savefig('scaling.png')`` writes it.
    """
    edges = [int(edge) for edge in scaling['forward']]
    names = next(iter(scaling['forward'].values()))
    figure = Figure(figsize=(9, 5), layout='constrained')
    axes = figure.subplots()
    for index, name in enumerate(names):
        rows = [row[name] for row in scaling['forward'].values()]
        median, lower, upper = (
            [row[key] for row in rows] for key in ('median_ms', 'lower_ms', 'upper_ms')
        )
        style = ('-', '--', ':')[index // 10 % 3]  # there are ten colours
        axes.plot(edges, median, style, marker='.', color=f'C{index % 10}', label=name)
        axes.fill_between(edges, lower, upper, alpha=0.2, color=f'C{index % 10}')
    axes.set(
        xscale='log',
        yscale='log',
        xlabel=f'edge of the input in pixels (output {scaling["target"]} x {scaling["target"]})',
        ylabel='ms, forward',
    )
    axes.set_xticks(edges, [str(edge) for edge in edges], minor=False)
    axes.minorticks_off()
    axes.grid(alpha=0.3)
    figure.legend(loc='outside right upper', fontsize=8)
    return figure
