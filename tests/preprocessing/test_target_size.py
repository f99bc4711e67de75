import pytest
from mmengine.registry import DefaultScope

from mmdownsize.preprocessing import TargetSize


@pytest.mark.parametrize(
    ('rule', 'source', 'target'),
    [
        (dict(scale_factor=0.3), (375, 500), (113, 150)),
        (dict(scale_factor=0.3), (1, 1), (1, 1)),
        (dict(scale_factor=1e-9), (375, 500), (1, 1)),
        (dict(scale_factor=2), (3, 5), (6, 10)),
        (dict(size=(10, 20)), (375, 500), (10, 20)),
        (dict(size=[10, 20]), (5, 6), (10, 20)),
        (dict(size=(100, 200), keep_ratio=True), (50, 1000), (10, 200)),
        (dict(size=(100, 200), keep_ratio=True), (1000, 50), (200, 10)),
    ],
)
def test_target_size(rule, source, target):
    assert TargetSize(**rule)(*source) == target


def test_keep_ratio_is_mmdets_resize():
    import numpy as np
    from mmdet.registry import TRANSFORMS

    with DefaultScope.overwrite_default_scope('mmdet'):
        resize = TRANSFORMS.build(dict(type='Resize', scale=(133, 80), keep_ratio=True))
    for source in ((375, 500), (500, 375), (333, 333), (40, 30)):
        resized = resize(dict(img=np.zeros((*source, 3), np.uint8)))['img']
        assert TargetSize(size=(80, 133), keep_ratio=True)(*source) == resized.shape[:2]


@pytest.mark.parametrize(
    ('rule', 'error', 'message'),
    [
        (dict(), ValueError, 'exactly one of scale_factor and size'),
        (dict(scale_factor=0.5, size=(4, 4)), ValueError, 'exactly one of'),
        (dict(scale_factor=0.0), ValueError, 'finite number greater than 0, got 0.0'),
        (dict(scale_factor=-1.0), ValueError, 'finite number greater than 0'),
        (dict(scale_factor=float('nan')), ValueError, 'finite number greater than 0, got nan'),
        (dict(scale_factor=float('inf')), ValueError, 'finite number greater than 0'),
        (dict(scale_factor=(0.5, 0.5)), TypeError, 'one number'),
        (dict(scale_factor=0.5, keep_ratio=True), ValueError, 'keep_ratio=True goes with size'),
        (dict(size=(0, 4)), ValueError, 'at least 1 pixel, got'),
        (dict(size=(4, -4)), ValueError, 'at least 1 pixel'),
        (dict(size=(4.5, 4)), TypeError, 'whole pixels'),
        (dict(size=4), TypeError, 'whole pixels'),
        (dict(size=(4, 4, 4)), TypeError, 'whole pixels'),
    ],
)
def test_impossible_rule_says_what_was_expected(rule, error, message):
    with pytest.raises(error, match=message):
        TargetSize(**rule)
