"""The tables that are printed of what was measured."""

from collections.abc import Iterator, Mapping

from ..reports import markdown_table, number
from .flops import COUNTED

Summary = Mapping[str, Mapping[str, float]]
_PASSES = dict(forward='forward', training='forward+backward')
_RUNS = dict(predict='inference', network='without post-processing')


def benchmark_tables(report: Mapping) -> str:
    """Write all that was measured in Markdown.

    Args:
        report: with any of ``sizes`` (of `measure_size`), ``models`` (of `measure_model`) and
            ``scaling`` (of `measure_scaling`), and the ``run`` that measured it (`describe_run`).

    Returns:
        Tables, each below its heading.
    """
    run, setting = report['run'], report['setting']
    blocks = [
        f'{run.get("gpu", run["cpu"])}, {run["threads"]} threads, torch {run["torch"]}, '
        f'{setting["dtype"]}, batch {setting["batch"]}; medians of {setting["rounds"]} rounds '
        "taken in turn, quartiles in brackets; ratios are medians of the rounds' own.",
        *(f'Left out: {name}: {reason}' for name, reason in report.get('left_out', {}).items()),
    ]
    for size in report.get('sizes', []):
        blocks += _size_blocks(size)
    for model in report.get('models', []):
        blocks += _model_blocks(model)
    if 'scaling' in report:
        blocks += _scaling_blocks(report['scaling'])
    if any('flops' in one for one in [*report.get('sizes', []), *report.get('models', [])]):
        blocks.append(COUNTED)
    return '\n\n'.join(blocks)


def _size_blocks(size: Mapping) -> Iterator[str]:
    yield f'### {_sizes(size)}'
    if 'forward' in size:
        yield _time_table(size, _PASSES)
    if size.get('speed_up'):
        yield 'How many times faster, forward and forward+backward:'
        yield _speed_up_table(size['speed_up'])
    columns = []
    if 'memory_bytes' in size:
        columns.append(('memory of a training step, MiB', size['memory_bytes'], 2**20, 1))
    if 'flops' in size:
        columns.append(('GFLOPs, one image', size['flops'], 1e9, 4))
    if columns:
        yield markdown_table(
            ['interpolator', *(title for title, *_ in columns)],
            [
                [
                    name,
                    *(number(values[name] / unit, digits) for _, values, unit, digits in columns),
                ]
                for name in columns[0][1]
            ],
        )
    if size.get('difference'):
        yield 'Largest difference from the plain path, relative, fp32:'
        yield markdown_table(
            ['interpolator', 'forward', 'gradient', 'gradient of the plain path from float64'],
            [
                [name, *(f'{values[key]:.1e}' for key in ('forward', 'gradient', 'rounding'))]
                for name, values in size['difference'].items()
            ],
        )


def _model_blocks(model: Mapping) -> Iterator[str]:
    yield f'### {model["config"]}, {_sizes(model)}'
    yield _time_table(model, _RUNS)
    yield markdown_table(
        ['interpolator', 'its GFLOPs, one image', 'GFLOPs of the rest', 'its share'],
        [
            [
                name,
                number(flops['interpolator'] / 1e9, 4),
                number(flops['rest'] / 1e9, 4),
                number(100 * flops['interpolator'] / max(flops['total'], 1), 1, '%'),
            ]
            for name, flops in model['flops'].items()
        ],
    )


def _scaling_blocks(scaling: Mapping) -> Iterator[str]:
    edges = list(scaling['forward'])
    target = scaling['target']
    yield f'### Square inputs to {target}x{target}, ms, forward'
    yield markdown_table(
        ['interpolator', *edges],
        [
            [name, *(_median(scaling['forward'][edge][name]) for edge in edges)]
            for name in scaling['forward'][edges[0]]
        ],
    )


def _time_table(measured: Mapping, kinds: Mapping[str, str]) -> str:
    head = ['interpolator']
    for title in kinds.values():
        head += [f'{title}, ms', 'of bilinear']
    rows = []
    for name in measured[next(iter(kinds))]:
        row = [name]
        for kind in kinds:
            summary = measured[kind][name]
            row += [_median(summary), number(summary['ratio'], 2, 'x')]
        rows.append(row)
    return markdown_table(head, rows)


def _speed_up_table(speed_up: Mapping[str, Summary]) -> str:
    rivals = list(next(iter(speed_up.values())))
    rows = [
        [name, *(f'{of[rival]["forward"]:.2f}x, {of[rival]["training"]:.2f}x' for rival in rivals)]
        for name, of in speed_up.items()
    ]
    return markdown_table(['', *(f'than {rival}' for rival in rivals)], rows)


def _median(summary: Mapping[str, float]) -> str:
    return f'{summary["median_ms"]:.3f} [{summary["lower_ms"]:.3f}, {summary["upper_ms"]:.3f}]'


def _sizes(measured: Mapping) -> str:
    source, target = (
        f'{height}x{width}' for height, width in (measured['source'], measured['target'])
    )
    return f'{source} to {target}'
