import csv
import io
import json
from dataclasses import replace

import pytest
from made_results import result

from mmdownsize.experiments.comparison import compare
from mmdownsize.experiments.plot import draw_scores
from mmdownsize.experiments.report import write_comparison

RESULTS = [
    result('bilinear', 0, 50.0),
    result('dsnet', 0, 51.0),
    result('bilinear', 1, 48.0),
    result('dsnet', 1, 48.5),
    result('area', 0, 49.0),
]


def test_rows_are_paired_by_seed_with_the_baseline():
    rows = {row.interpolator: row for row in compare(RESULTS).rows}
    assert list(rows) == ['bilinear', 'dsnet', 'area']
    assert rows['bilinear'].difference is None and rows['bilinear'].score.mean == 49.0
    assert rows['dsnet'].difference.mean == 0.75 and rows['dsnet'].difference.count == 2
    assert rows['area'].difference.mean == -1.0 and rows['area'].difference.interval is None


def test_markdown_names_every_seed():
    lines = compare(RESULTS).markdown().splitlines()
    assert [cell.strip() for cell in lines[3].split('|')[1:-1]] == [
        'dsnet',
        '2',
        '49.75',
        '1.77',
        '+0.75',
        '-2.43 to +3.93',
        '51.00, 48.50',
    ]


def test_difference_of_fewer_seeds_says_of_how_many():
    comparison = compare([*RESULTS, result('dsnet', 2, 60.0)])
    assert '| +0.75 (of 2) |' in ' '.join(comparison.markdown().split())
    row = json.loads(comparison.json())['rows'][1]
    assert (row['seeds'], row['paired_seeds'], row['difference']) == (3, 2, 0.75)


def test_varied_settings_are_columns_with_baselines_of_their_own():
    results = [
        result('bilinear', 0, 50.0, model__scale=0.3),
        result('bilinear', 0, 60.0, model__scale=0.5),
        result('dsnet', 0, 50.5, model__scale=0.3),
        result('dsnet', 0, 61.5, model__scale=0.5),
    ]
    comparison = compare(results)
    assert [row.difference and row.difference.mean for row in comparison.rows] == [
        None,
        None,
        0.5,
        1.5,
    ]
    assert '| interpolator | scale |' in comparison.markdown()


def test_a_setting_that_the_baseline_lacks_is_passed_over():
    results = [
        result('bilinear', 0, 50.0),
        result('bilinear', 0, 40.0, epochs=1),
        result('dsnet', 0, 51.0, **{'source epochs': 10}),
        result('dsnet', 0, 42.0, **{'source epochs': 10, 'epochs': 1}),
    ]
    differences = [row.difference.mean for row in compare(results).rows[2:]]
    assert differences == [1.0, 2.0]


def test_baseline_at_another_setting_is_compared_with_the_plain_one():
    results = [
        result('bilinear', 0, 50.0),
        result('bilinear', 0, 53.0, scale=0.6),
        result('dsnet', 0, 54.0, scale=0.6),
    ]
    differences = [row.difference and row.difference.mean for row in compare(results).rows]
    assert differences == [None, 3.0, 1.0]


def test_csv_and_json_hold_the_numbers_of_the_table():
    comparison = compare(RESULTS)
    lines = list(csv.DictReader(io.StringIO(comparison.csv())))
    rows = json.loads(comparison.json())['rows']
    for line, row, origin in zip(lines, rows, comparison.rows, strict=True):
        assert float(line['mean']) == row['mean'] == origin.score.mean
        assert line['interpolator'] == row['interpolator'] == origin.interpolator
        assert row['scores'] == {str(seed): score for seed, score in origin.scores.items()}
    assert (lines[1]['low'], lines[2]['low']) == (str(rows[1]['low']), '')


def test_plot_shows_every_score_and_interval():
    left, right = draw_scores(compare(RESULTS)).axes
    dots = [line.get_xdata() for line in left.lines if line.get_marker() == 'o']
    assert [sorted(xs) for xs in dots] == [[48.0, 50.0], [48.5, 51.0], [49.0]]
    assert [label.get_text() for label in left.get_yticklabels()] == ['bilinear', 'dsnet', 'area']
    assert len(right.containers) == 2


def test_an_interval_longer_than_the_range_of_the_scores_leaves_the_plot():
    right = draw_scores(compare(RESULTS)).axes[1]  # 0.75, of a margin of 3.18; scores span 3
    assert right.get_xlim() == pytest.approx((-2.25 - 0.3, 3.75 + 0.3))
    even = [result('bilinear', 0, 50.0), result('area', 0, 50.0)]
    assert draw_scores(compare(even)).axes[1].get_xlim() == (-1.0, 1.0)
    close = [result(name, 0, score) for name, score in (('bilinear', 50.0), ('area', 52.0))]
    assert draw_scores(compare(close)).axes[1].get_xlim() == pytest.approx((-0.1, 2.1))


@pytest.mark.filterwarnings('error')  # matplotlib warns where a layout collapses
def test_long_titles_of_rows_leave_the_scores_room():
    varied = {f'{part}_dataloader.dataset.data_root': 'data/texture_told/' for part in 'abc'}
    figure = draw_scores(compare([result('bilinear', 0, 50.0, **varied)]))
    figure.draw_without_rendering()
    left, right = figure.axes
    (title,) = left.get_yticklabels()
    assert title.get_text().split() == [
        'bilinear',
        *(f'{key}={value}' for key, value in varied.items()),
    ]
    assert min(axis.get_position().width for axis in (left, right)) > 0.2
    assert title.get_window_extent().height < left.get_window_extent().height


def test_all_files_are_written(tmp_path):
    comparison = compare(RESULTS)
    paths = write_comparison(comparison, tmp_path / 'new')
    assert sorted(paths) == sorted((tmp_path / 'new').iterdir())
    assert (tmp_path / 'new/table.md').read_text() == comparison.markdown() + '\n'
    assert (tmp_path / 'new/plot.png').read_bytes().startswith(b'\x89PNG')


@pytest.mark.parametrize(
    'results, message',
    [
        ([], 'no result to compare'),
        ([result('area', 0, 1.0), result('area', 0, 2.0)], 'same setting and seed'),
        ([result('area', 0, 1.0), result('area', 1, 1.0, metric='mAP')], 'got mAP, mIoU'),
        ([replace(RESULTS[0], run=dict(processes=8)), RESULTS[1]], r'processes, got \[1, 8\]'),
    ],
)
def test_what_cannot_be_compared_is_refused(results, message):
    with pytest.raises(ValueError, match=message):
        compare(results)
