from dataclasses import replace

import pytest
from made_results import result

from mmdownsize.datasets import MIXTURE_CLASSES, TEXTURE_CLASSES
from mmdownsize.experiments.metrics import METRICS
from mmdownsize.experiments.paper import EXPERIMENTS
from mmdownsize.experiments.paper_tables import PARTS
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


def test_class_that_does_not_occur_is_left_out():
    results = [replace(result('area', 0, 0.0, metric='mAP'), scores=dict(x=0.5, y=None))]
    lines = parts_table(results, dict(both=['x', 'y'], y=['y']), MAP).splitlines()
    assert [cell.strip() for cell in lines[2].split('|')[1:-1]] == ['area', '1', '50.00', '']


def test_score_that_was_not_measured_is_named():
    with pytest.raises(ValueError, match='area.* has no z, but '):
        parts_table([result('area', 0, 50.0)], dict(part=['z']), MAP)


@pytest.mark.parametrize(
    'data, classes',
    [('texture set', TEXTURE_CLASSES), ('mixture of textures', MIXTURE_CLASSES)],
)
def test_every_class_of_the_textures_is_of_one_kind(data, classes):
    keys = [key for keys in PARTS[data].values() for key in keys]
    assert sorted(keys) == sorted(f'pascal_voc/AP_{name}' for name in classes)
    tables = [*EXPERIMENTS['table1'].mini, *EXPERIMENTS['refinedet'].mini]
    for table in tables:
        assert table.parts == PARTS.get(table.data, {})
    assert data in {table.data for table in tables}
