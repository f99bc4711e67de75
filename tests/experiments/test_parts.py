from dataclasses import replace

import pytest
from made_results import result

from mmdownsize.experiments.metrics import METRICS
from mmdownsize.experiments.paper import EXPERIMENTS, TEXTURES
from mmdownsize.experiments.parts import parts_table

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


def test_score_that_was_not_measured_is_named():
    with pytest.raises(ValueError, match='area.* has no z, but '):
        parts_table([result('area', 0, 50.0)], dict(part=['z']), MAP)


def test_every_class_of_the_texture_set_is_of_one_kind():
    keys = [key for keys in TEXTURES.values() for key in keys]
    assert len(keys) == len(set(keys)) == 6
    tables = [*EXPERIMENTS['table1'].mini, *EXPERIMENTS['refinedet'].mini]
    assert {table.name for table in tables if table.parts} == {
        'centernet_texture',
        'lighthead_texture',
        'refinedet_texture',
    }
