"""Every row of what must change when the image shrinks, and what must not."""

import copy

import numpy as np
import pytest
import torch
from mmdet.structures import DetDataSample
from mmdet.structures.bbox import HorizontalBoxes
from mmdet.structures.mask import BitmapMasks, PolygonMasks
from mmengine.structures import InstanceData, PixelData

from mmdownsize.preprocessing import rescale_sample
from mmdownsize.preprocessing.samples import resize_nearest

SOURCE, TARGET = (47, 61), (15, 23)
SX, SY = 23 / 61, 15 / 47
BOXES = torch.tensor([[3.0, 5.0, 20.0, 40.0], [0.0, 0.0, 61.0, 47.0], [7.0, 8.0, 7.0, 8.0]])
SMALL_BOXES = BOXES * torch.tensor([SX, SY, SX, SY])


def make_sample(**metas) -> DetDataSample:
    sample = DetDataSample(
        metainfo=dict(
            img_shape=SOURCE,
            ori_shape=(94, 122),
            scale_factor=(0.5, 0.5),
            flip=True,
            flip_direction='horizontal',
        )
        | metas
    )
    bitmaps = np.random.RandomState(0).randint(0, 2, (3, *SOURCE)).astype(np.uint8)
    sample.gt_instances = InstanceData(
        bboxes=HorizontalBoxes(BOXES.clone()),
        labels=torch.tensor([0, 1, 2]),
        masks=BitmapMasks(bitmaps, *SOURCE),
    )
    sample.ignored_instances = InstanceData(bboxes=HorizontalBoxes(BOXES[:1].clone()))
    sample.proposals = InstanceData(bboxes=BOXES[1:].clone())
    sample.gt_sem_seg = PixelData(sem_seg=torch.randint(0, 11, (1, *SOURCE)))
    return sample


def boxes_of(boxes) -> torch.Tensor:
    return boxes.tensor if isinstance(boxes, HorizontalBoxes) else boxes


@pytest.mark.parametrize('training', [True, False])
def test_metas(training):
    small = rescale_sample(make_sample(), SOURCE, TARGET, training=training)
    assert small.img_shape == small.pad_shape == TARGET
    assert small.scale_factor == pytest.approx((0.5 * SX, 0.5 * SY))
    assert small.ori_shape == (94, 122)
    assert small.flip is True and small.flip_direction == 'horizontal'


def test_scale_factor_is_written_even_where_it_was_absent():
    """CenterNet's test pipeline leaves it out, and its head would then not rescale."""
    sample = DetDataSample(metainfo=dict(img_shape=SOURCE))
    assert rescale_sample(sample, SOURCE, TARGET, training=False).scale_factor == (SX, SY)


def test_scale_factor_as_an_array():
    sample = make_sample(scale_factor=np.array([2.0, 4.0], np.float32))
    small = rescale_sample(sample, SOURCE, TARGET, training=False)
    assert small.scale_factor == pytest.approx((2 * SX, 4 * SY))


def test_border_is_top_bottom_left_right():
    sample = make_sample(border=np.array([10, 37, 20, 51], np.float32))
    small = rescale_sample(sample, SOURCE, TARGET, training=False)
    np.testing.assert_allclose(small.border, [10 * SY, 37 * SY, 20 * SX, 51 * SX], rtol=1e-6)


def test_training_rescales_boxes_of_all_kinds():
    small = rescale_sample(make_sample(), SOURCE, TARGET, training=True)
    torch.testing.assert_close(boxes_of(small.gt_instances.bboxes), SMALL_BOXES)
    torch.testing.assert_close(boxes_of(small.ignored_instances.bboxes), SMALL_BOXES[:1])
    torch.testing.assert_close(small.proposals.bboxes, SMALL_BOXES[1:])
    assert small.gt_instances.labels.tolist() == [0, 1, 2]


def test_prediction_rescales_proposals_alone():
    sample = make_sample()
    small = rescale_sample(sample, SOURCE, TARGET, training=False)
    assert torch.equal(boxes_of(small.gt_instances.bboxes), BOXES)
    assert torch.equal(boxes_of(small.ignored_instances.bboxes), BOXES[:1])
    assert small.gt_instances.masks is sample.gt_instances.masks
    assert small.gt_sem_seg is sample.gt_sem_seg
    torch.testing.assert_close(small.proposals.bboxes, SMALL_BOXES[1:])


@pytest.mark.parametrize('training', [True, False])
def test_given_sample_is_not_changed(training):
    """On the CPU it shares its tensors with the data set."""
    sample = make_sample(border=np.ones(4, np.float32))
    before = copy.deepcopy(sample)
    rescale_sample(sample, SOURCE, TARGET, training=training, gt_sem_seg='nearest')
    assert sample.metainfo.keys() == before.metainfo.keys()
    assert sample.scale_factor == before.scale_factor and sample.img_shape == before.img_shape
    assert np.array_equal(sample.border, before.border)
    for name in ('gt_instances', 'ignored_instances', 'proposals'):
        ours, theirs = (boxes_of(s.get(name).bboxes) for s in (sample, before))
        assert torch.equal(ours, theirs)
    assert np.array_equal(sample.gt_instances.masks.masks, before.gt_instances.masks.masks)
    assert torch.equal(sample.gt_sem_seg.sem_seg, before.gt_sem_seg.sem_seg)


def naive_nearest(labels: np.ndarray) -> np.ndarray:
    """The pixel whose area holds the projected centre."""
    small = np.empty((*labels.shape[:-2], *TARGET), labels.dtype)
    for y in range(TARGET[0]):
        for x in range(TARGET[1]):
            row = int((y + 0.5) * SOURCE[0] / TARGET[0])
            col = int((x + 0.5) * SOURCE[1] / TARGET[1])
            small[..., y, x] = labels[..., row, col]
    return small


def test_bitmap_masks_take_the_pixel_under_the_centre():
    sample = make_sample()
    masks = rescale_sample(sample, SOURCE, TARGET, training=True).gt_instances.masks
    assert isinstance(masks, BitmapMasks) and (masks.height, masks.width) == TARGET
    assert np.array_equal(masks.masks, naive_nearest(sample.gt_instances.masks.masks))


def test_polygon_masks_scale_their_corners():
    sample = make_sample()
    corners = np.array([3.0, 5.0, 20.0, 5.0, 20.0, 40.0])
    sample.gt_instances = InstanceData(masks=PolygonMasks([[corners]], *SOURCE))
    masks = rescale_sample(sample, SOURCE, TARGET, training=True).gt_instances.masks
    assert (masks.height, masks.width) == TARGET
    np.testing.assert_allclose(masks.masks[0][0], corners * np.array([SX, SY] * 3))
    assert sample.gt_instances.masks.masks[0][0] is corners


@pytest.mark.parametrize(
    'masks', [BitmapMasks(np.zeros((0, *SOURCE)), *SOURCE), PolygonMasks([], *SOURCE)]
)
def test_empty_annotations(masks):
    sample = DetDataSample()
    sample.gt_instances = InstanceData(bboxes=torch.zeros(0, 4), masks=masks)
    small = rescale_sample(sample, SOURCE, TARGET, training=True)
    assert small.gt_instances.bboxes.shape == (0, 4)
    assert (small.gt_instances.masks.height, small.gt_instances.masks.width) == TARGET
    assert len(small.gt_instances.masks) == 0


def test_label_maps_keep_or_nearest():
    sample = make_sample()
    sample.gt_panoptic_seg = PixelData(pan_seg=torch.randint(0, 5, (1, *SOURCE)))
    kept = rescale_sample(sample, SOURCE, TARGET, training=True, gt_sem_seg='keep')
    assert kept.gt_sem_seg is sample.gt_sem_seg
    small = rescale_sample(sample, SOURCE, TARGET, training=True, gt_sem_seg='nearest')
    for ours, theirs in (
        (small.gt_sem_seg.sem_seg, sample.gt_sem_seg.sem_seg),
        (small.gt_panoptic_seg.pan_seg, sample.gt_panoptic_seg.pan_seg),
    ):
        assert np.array_equal(ours.numpy(), naive_nearest(theirs.numpy()))


def test_edge_and_depth_maps_follow_their_labels():
    sample = make_sample()
    sample.gt_edge_map = PixelData(data=torch.randint(0, 2, (1, *SOURCE)))
    sample.gt_depth_map = PixelData(data=torch.rand(1, *SOURCE))
    small = rescale_sample(sample, SOURCE, TARGET, training=True, gt_sem_seg='nearest')
    assert small.gt_edge_map.data.shape == small.gt_depth_map.data.shape == (1, *TARGET)


def test_whole_number_boxes_are_not_rounded():
    sample = DetDataSample()
    sample.gt_instances = InstanceData(bboxes=torch.tensor([[10, 20, 30, 40]]))
    small = rescale_sample(sample, (40, 60), (20, 15), training=True)
    assert small.gt_instances.bboxes.tolist() == [[2.5, 10.0, 7.5, 20.0]]


def test_homography_leads_to_the_downsized_image():
    """Semi-supervised detectors carry boxes from one view to another by it."""
    flip = np.array([[-1, 0, 61], [0, 1, 0], [0, 0, 1]], np.float32)
    sample = DetDataSample(metainfo=dict(homography_matrix=flip))
    small = rescale_sample(sample, SOURCE, TARGET, training=True)
    corner = small.homography_matrix @ np.array([10.0, 20.0, 1.0])
    np.testing.assert_allclose(corner, [51 * SX, 20 * SY, 1.0], rtol=1e-6)


def test_absent_fields_stay_absent():
    small = rescale_sample(DetDataSample(), SOURCE, TARGET, training=True, gt_sem_seg='nearest')
    assert not list(small.keys())


@pytest.mark.parametrize('dtype', [torch.uint8, torch.bool, torch.int64, torch.float32])
def test_resize_nearest_is_torchs_nearest_exact(dtype):
    labels = torch.randint(0, 2, (2, 37, 53)).to(dtype)
    for size in ((11, 17), (80, 90), (1, 1)):
        theirs = torch.nn.functional.interpolate(labels[None].double(), size, mode='nearest-exact')
        ours = resize_nearest(labels, size)
        assert ours.dtype == dtype and torch.equal(ours.double(), theirs[0])


def test_boxes_come_back_to_where_they_started():
    """Invariant 4, boxes: what a head divides by scale_factor is in original pixels again."""
    sample = make_sample(scale_factor=(1.0, 1.0))
    small = rescale_sample(sample, SOURCE, TARGET, training=True)
    back = boxes_of(small.gt_instances.bboxes) / torch.tensor(small.scale_factor).repeat(2)
    torch.testing.assert_close(back, BOXES, atol=1e-4, rtol=0)
