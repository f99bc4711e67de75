import numpy as np
import pytest

from mmdownsize.experiments.object_sizes import draw_object_sizes

ONE = {'IoU/pole': 5.0, 'IoU/pole/<64': 1.0, 'IoU/pole/>=64': 9.0, 'mIoU': 3.0}
TWO = {'IoU/pole': 6.0, 'IoU/pole/<64': None, 'IoU/pole/>=64': 8.0}


def test_every_model_is_a_line_in_the_panel_of_each_class():
    (axis,) = draw_object_sizes(dict(one=ONE, two=TWO)).axes
    assert axis.get_title() == 'pole'
    lines = {line.get_label(): line.get_ydata() for line in axis.lines}
    np.testing.assert_array_equal(lines['one'], [1, 9])
    np.testing.assert_array_equal(lines['two'], [np.nan, 8])


@pytest.mark.parametrize(
    'scores, message',
    [
        ({}, 'at least one model'),
        (dict(one={'mIoU': 3.0}), 'one holds no IoU by size: test with --cfg-options'),
        (dict(one=ONE, two={'IoU/pole/<64': 1.0}), 'two was measured on other classes or sizes'),
        (dict(one=ONE, two={'IoU/car/<64': 1.0, 'IoU/car/>=64': 2.0}), 'two was measured on other'),
    ],
)
def test_what_cannot_be_drawn_is_named(scores, message):
    with pytest.raises(ValueError, match=message):
        draw_object_sizes(scores)
