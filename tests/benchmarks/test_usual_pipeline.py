import pytest
from config_files import load

from mmdownsize.benchmarks.usual_pipeline import downsize_in_loader, usual_pipeline
from mmdownsize.preprocessing import TargetSize

RESIZES = [
    (TargetSize(0.3), dict(type='Resize', scale_factor=0.3)),
    (TargetSize(size=(10, 20)), dict(type='Resize', scale=(20, 10), keep_ratio=False)),
    (
        TargetSize(size=(10, 20), keep_ratio=True),
        dict(type='Resize', scale=(20, 10), keep_ratio=True),
    ),
]


@pytest.mark.parametrize('rule, resize', RESIZES)
def test_resize_comes_before_what_commutes_with_it(rule, resize):
    transforms = load('mini/lighthead_dsnet_bccd.py').train_pipeline
    before = [dict(one) for one in transforms]
    changed = usual_pipeline(transforms, rule)
    names = [one['type'] for one in changed]
    assert names[-3:] == ['Resize', 'RandomFlip', 'PackDetInputs']
    assert names.count('Resize') == 1 and changed[-3] == resize
    assert [dict(one) for one in transforms] == before


def test_transforms_of_another_library_commute_as_well():
    transforms = load('mini/fcn_dsnet_texture_seg.py').train_dataloader.dataset.pipeline
    names = [one['type'] for one in usual_pipeline(transforms, TargetSize(0.3))]
    expected = ['Resize', 'RandomFlip', 'mmdet.PhotoMetricDistortion', 'PackSegInputs']
    assert names[-4:] == expected


def test_resize_stays_behind_crops_and_other_resizes():
    transforms = load('centernet_dsnet_voc.py').train_pipeline
    names = [one['type'] for one in usual_pipeline(transforms, TargetSize(0.3))]
    assert names[-5:-2] == ['RandomCenterCropPad', 'Resize', 'Resize']


def test_data_sets_made_of_others_are_changed_in_all_their_parts():
    part = dict(type='A', pipeline=[dict(type='PackDetInputs')])
    nested = dict(type='RepeatDataset', dataset=dict(type='ConcatDataset', datasets=[part, part]))
    changed = downsize_in_loader(nested, TargetSize(0.5))
    for one in changed['dataset']['datasets']:
        assert [transform['type'] for transform in one['pipeline']] == ['Resize', 'PackDetInputs']
    assert len(part['pipeline']) == 1
