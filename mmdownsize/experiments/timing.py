"""What DownsizeNet costs in front of a model, beside what the paper says it does."""

from collections.abc import Mapping

from ..reports import markdown_table, number

COMMAND = (
    *('tools/benchmark.py', '--config', 'configs/refinedet_dsnet_voc.py'),
    *('--sizes', '300x300:100x100', '--batch', '8', '--interpolators'),
    *('bilinear', 'dsnet', 'dsnet:num_convs=3', 'dsnet:num_convs=4'),
)
PAPER = {'bilinear': 1.0, 'dsnet': 1.089, 'dsnet:num_convs=3': 1.121, 'dsnet:num_convs=4': 1.197}
"""Of the time with bilinear interpolation, whole pipeline, on one K80."""


def timing_table(report: Mapping) -> str:
    """Write a table of the paper's ratios and those of a benchmark.

    Args:
        report: JSON that ``tools/benchmark.py --config`` wrote, of one model at one size.

    Raises:
        ValueError: it measured no model, or not all that the paper did.

    Example:
        >>> times = {name: dict(median_ms=9 * ratio, ratio=ratio) for name, ratio in PAPER.items()}
        >>> print(timing_table(dict(models=[dict(predict=times)])).splitlines()[3])
        | dsnet             |          1.089 | 1.089 |  9.8 |
    """
    models = report.get('models', [])
    measured = models[0]['predict'] if models else {}
    if missing := sorted(PAPER.keys() - measured.keys()):
        raise ValueError(f'the benchmark lacks {", ".join(missing)}: run it with --config')
    return markdown_table(
        ['interpolator', 'the paper, K80', 'here', 'ms'],
        [
            [
                name,
                number(ratio, 3),
                number(measured[name]['ratio'], 3),
                number(measured[name]['median_ms'], 1),
            ]
            for name, ratio in PAPER.items()
        ],
    )
