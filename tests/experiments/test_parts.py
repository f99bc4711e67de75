from dataclasses import replace

import pytest
from made_results import result

from mmdownsize.config import load_config
from mmdownsize.datasets import CAMVID_BOXES, MIXTURE_CLASSES, TEXTURE_CLASSES
from mmdownsize.experiments.metrics import METRICS
from mmdownsize.experiments.paper import EXPERIMENTS
from mmdownsize.experiments.parts import best_fixed_table, parts_table
from mmdownsize.experiments.small_sets import PARTS

MAP = METRICS['ClasswiseVOCMetric']


def test_parts_are_means_over_keys_and_seeds():
    scores = [dict(x=0.5, y=0.7), dict(x=0.1, y=0.1)]
    results = [
        replace(result('area', seed, 0.0, metric='mAP'), scores=each)
        for seed, each in enumerate(scores)
    ]
    other = replace(result('dsnet', 0, 0.0, lr=0.1), scores=dict(x=1.0, y=0.0))
    lines = parts_table([*results, other], dict(both=['x', 'y'], y=['y']), MAP).splitlines()
    assert lines[2:] == [
        '| area         |     |     2 | 35.00 | 40.00 |',
        '| dsnet        | 0.1 |     1 | 50.00 |  0.00 |',
    ]


def test_class_that_does_not_occur_is_left_out():
    results = [replace(result('area', 0, 0.0, metric='mAP'), scores=dict(x=0.5, y=None))]
    lines = parts_table(results, dict(both=['x', 'y'], y=['y']), MAP).splitlines()
    assert [cell.strip() for cell in lines[2].split('|')[1:-1]] == ['area', '1', '50.00', '']


def test_score_that_was_not_measured_is_named():
    with pytest.raises(ValueError, match='area.* has no z, but '):
        parts_table([result('area', 0, 50.0)], dict(part=['z']), MAP)


def test_each_part_has_a_best_fixed_interpolator_of_its_own():
    def one(interpolator, seed, x, y, **varied):
        return replace(result(interpolator, seed, 0.0, **varied), scores=dict(x=x, y=y))

    results = [
        one('area', 0, 0.3, 0.8),
        one('area', 1, 0.3, 0.6),
        one('nearest', 0, 0.5, 0.4),
        one('nearest', 1, 0.7, 0.4),
        one('nearest', 2, 0.0, 0.0),  # of a seed that ours lacks
        one('bilinear', 0, 0.9, 0.9),  # of one seed, where others have two
        one('nearest', 0, 1.0, 1.0, root='told'),  # of other data
        one('nearest', 1, 1.0, 1.0, root='told'),
        one('dsnet', 0, 0.6, 0.9, lr=1.0),
        one('dsnet', 1, 0.9, 0.7, lr=1.0),
        one('dsnet', 0, 0.6, 0.9, lr=1.0, epochs=8),
        one('learned_resizer', 0, None, 0.5),
    ]
    lines = best_fixed_table(results, dict(fine=['x'], grainy=['y']), MAP).splitlines()
    assert [[cell.strip() for cell in line.split('|')[1:-1]] for line in lines[2:]] == [
        ['dsnet', '1.0', '', 'fine', 'nearest', '2', '+15.00', '-48.53 to +78.53'],
        ['dsnet', '1.0', '', 'grainy', 'area', '2', '+10.00', '+10.00 to +10.00'],
        ['dsnet', '1.0', '8', 'fine', 'bilinear', '1', '-30.00', ''],
        ['dsnet', '1.0', '8', 'grainy', 'bilinear', '1', '+0.00', ''],
        ['learned_resizer', '', '', 'grainy', 'bilinear', '1', '-40.00', ''],
    ]


def test_without_a_fixed_interpolator_there_is_no_best_one():
    assert best_fixed_table([result('dsnet', 0, 50.0)], dict(all=['mIoU']), MAP) == ''


@pytest.mark.parametrize(
    'data, classes',
    [
        ('texture set', TEXTURE_CLASSES),
        ('mixture of textures', MIXTURE_CLASSES),
        ('boxes of CamVid', CAMVID_BOXES),
        ('BCCD', load_config('configs/mini/refinedet_bilinear_bccd.py').metainfo.classes),
    ],
)
def test_every_class_is_of_one_part(data, classes):
    keys = [key for keys in PARTS[data].values() for key in keys]
    assert sorted(keys) == sorted(f'pascal_voc/AP_{name}' for name in classes)
    tables = [*EXPERIMENTS['table1'].mini, *EXPERIMENTS['refinedet'].mini]
    for table in tables:
        assert table.parts == PARTS.get(table.data, {})
    assert data in {table.data for table in tables}
