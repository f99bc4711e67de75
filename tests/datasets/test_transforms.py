"""What the transforms of the configs do to images and boxes."""

from itertools import permutations
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from mmdet.registry import DATASETS, MODELS
from mmdet.structures import DetDataSample
from mmdet.utils import register_all_modules
from mmengine.config import Config
from mmengine.structures import InstanceData
from mmseg.registry import TRANSFORMS

import mmdownsize.datasets.voc  # noqa: F401

BASES = Path(__file__).parents[2] / 'configs/_base_'
NAMES = (
    'lighthead_voc',
    'refinedet_voc',
    'refinedet320_voc',
    'centernet_voc',
    'detr_voc',
    'lighthead_texture',
    'centernet_texture',
)
HEIGHT, WIDTH = 375, 333
COLOURS = dict(cat=(255, 0, 0), dog=(0, 255, 0), car=(0, 0, 255))  # as OpenCV has them
BOXES = dict(cat=(20, 30, 150, 140), dog=(180, 40, 300, 200), car=(60, 210, 250, 350))


@pytest.fixture(autouse=True)
def mmdet_scope():
    register_all_modules(init_default_scope=True)


@pytest.fixture(scope='module')
def root(tmp_path_factory):
    """One image of odd size with a rectangle of each colour, in VOC layout."""
    folder = tmp_path_factory.mktemp('rectangles') / 'VOC2007'
    for name in ('JPEGImages', 'Annotations', 'ImageSets/Main'):
        (folder / name).mkdir(parents=True)
    image = np.full((HEIGHT, WIDTH, 3), 90, np.uint8)
    objects = ''
    for name, (x1, y1, x2, y2) in BOXES.items():
        image[y1:y2, x1:x2] = COLOURS[name]
        corners = zip(('xmin', 'ymin', 'xmax', 'ymax'), (x1, y1, x2, y2), strict=True)
        box = ''.join(f'<{corner}>{value + 1}</{corner}>' for corner, value in corners)
        objects += (
            f'<object><name>{name}</name><difficult>0</difficult><bndbox>{box}</bndbox></object>'
        )
    cv2.imwrite(str(folder / 'JPEGImages/a.jpg'), image, [cv2.IMWRITE_JPEG_QUALITY, 100])
    size = f'<size><width>{WIDTH}</width><height>{HEIGHT}</height><depth>3</depth></size>'
    (folder / 'Annotations/a.xml').write_text(f'<annotation>{size}{objects}</annotation>')
    (folder / 'ImageSets/Main/a.txt').write_text('a\n')
    return folder.parent


def dataset(name: str, root: Path, pipeline: str, train: bool = False):
    config = Config.fromfile(BASES / f'pipelines/{name}.py')
    config.merge_from_dict(Config.fromfile(BASES / 'transforms/varied.py').to_dict())
    settings = config.train_dataloader.dataset if train else config.test_dataloader.dataset
    settings.update(
        data_root=str(root),
        ann_file='VOC2007/ImageSets/Main/a.txt',
        metainfo=dict(classes=tuple(BOXES)),
        pipeline=config[pipeline],
    )
    return DATASETS.build(settings), config


@pytest.mark.parametrize(
    ('name', 'pipeline'),
    [(name, 'train_pipeline') for name in NAMES] + [('refinedet_texture', 'varied_pipeline')],
)
def test_boxes_frame_their_objects_after_every_augmentation(name, pipeline, root):
    data, _ = dataset(name, root, pipeline, train=True)
    data.pipeline.transforms = [
        each
        for each in data.pipeline.transforms
        if type(each).__name__ != 'PhotoMetricDistortion'  # which changes the colours
    ]
    data.pipeline.transforms[0].to_float32 = True  # as it makes them
    np.random.seed(0)
    seen = 0
    for _ in range(25):
        item = data[0]
        image = item['inputs'].float()
        sample = item['data_samples']
        assert tuple(image.shape[1:]) == sample.img_shape
        instances = sample.gt_instances
        for box, label in zip(instances.bboxes.tensor, instances.labels, strict=True):
            colour = torch.tensor(list(COLOURS.values())[label]).float()
            rows, columns = torch.where((image - colour[:, None, None]).abs().amax(0) < 90)
            found = torch.stack(
                [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
            ).float()
            torch.testing.assert_close(box, found, atol=2.5, rtol=0)
            seen += 1
    assert seen > 25


@pytest.mark.parametrize('name', ['varied', 'seg_varied'])
def test_varied_images_are_mirrored_any_way_and_keep_their_texture(name):
    steps = Config.fromfile(BASES / f'transforms/{name}.py').varied_pipeline
    flip, distort = (
        TRANSFORMS.build(step)
        for step in steps
        if step.type.endswith(('RandomFlip', 'PhotoMetricDistortion'))
    )
    np.random.seed(0)
    image = np.random.randint(0, 256, (5, 7, 3), dtype=np.uint8)
    light = image.max(2).astype(int) * 256 + image.min(2)  # no hue, and no order, changes it
    views, orders = set(), set()
    for _ in range(200):
        given = dict(img=image, gt_seg_map=light, seg_fields=['gt_seg_map'], img_shape=(5, 7))
        flipped = flip(given)
        view = flipped.get('flip_direction')
        views.add(view)
        axes = dict(horizontal=1, vertical=0, diagonal=(0, 1)).get(view, ())
        assert np.array_equal(flipped['gt_seg_map'], np.flip(light, axes))
        result = distort(flipped)
        assert np.abs(result['img'].max(2) - np.flip(image.max(2), axes)).max() < 0.01
        assert np.abs(result['img'].min(2) - np.flip(image.min(2), axes)).max() < 0.01
        mirrored = np.flip(image, axes).astype(float)
        orders |= {
            order
            for order in permutations(range(3))
            if np.abs(result['img'] - mirrored[..., order]).max() < 0.01
        }
    assert views == {None, 'horizontal', 'vertical', 'diagonal'}
    assert orders == set(permutations(range(3)))


@pytest.mark.parametrize('name', NAMES)
def test_flipped_views_merge_to_the_boxes_of_the_original(name, root):
    data, config = dataset(name, root, 'tta_pipeline')
    item = data[0]
    flipped, plain = item['data_samples']
    assert (flipped.flip, plain.flip) == (True, False)
    border = [each.get('border', (0, 0, 0, 0)) for each in (flipped, plain)]
    tops, lefts = ([int(each[k]) for each in border] for k in (0, 2))
    height, width = plain.img_shape if 'centernet' not in name else (HEIGHT, WIDTH)
    views = [
        image[:, top : top + height, left : left + width]
        for image, top, left in zip(item['inputs'], tops, lefts, strict=True)
    ]
    assert torch.equal(views[0].flip(-1), views[1])
    truth = plain.gt_instances.bboxes.tensor
    torch.testing.assert_close(truth, torch.tensor(list(BOXES.values())).float())
    found = []
    for sample in (flipped, plain):
        boxes = truth.clone()
        if sample.flip:  # a detector sees the mirrored image, and answers in original pixels
            boxes[:, [0, 2]] = WIDTH - boxes[:, [2, 0]]
        labels = plain.gt_instances.labels
        instances = InstanceData(bboxes=boxes, labels=labels, scores=torch.full((3,), 0.9))
        found.append(DetDataSample(metainfo=sample.metainfo, pred_instances=instances))
    model = MODELS.build({**config.tta_model, 'module': Oracle()})
    (merged,) = model.merge_preds([found])
    order = merged.pred_instances.bboxes[:, 0].argsort()
    assert torch.allclose(merged.pred_instances.bboxes[order], truth[truth[:, 0].argsort()])


class Oracle(torch.nn.Module):
    """Stands for a detector; only its presence is asked for."""

    def test_step(self, data):
        raise AssertionError('nothing is detected here')


@pytest.mark.parametrize('name', ['centernet_voc', 'centernet_texture'])
def test_centernets_frame_loses_no_pixel_of_an_odd_image(name, root):
    data, _ = dataset(name, root, 'test_pipeline')
    item = data[0]
    stored = cv2.imread(str(root / 'VOC2007/JPEGImages/a.jpg'))
    top, bottom, left, right = (int(edge) for edge in item['data_samples'].border)
    assert (bottom - top, right - left) == (HEIGHT, WIDTH)
    image = item['inputs'].permute(1, 2, 0).numpy()
    assert np.array_equal(image[top:bottom, left:right], stored)
