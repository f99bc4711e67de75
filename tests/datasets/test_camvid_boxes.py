import json
import runpy
import shutil
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import cv2
import numpy as np
import pytest
from mmdet.registry import DATASETS, METRICS
from mmdet.utils import register_all_modules
from mmengine.config import Config
from seg_data import write_pair, write_seg_set

import mmdownsize.datasets.voc  # noqa: F401
from mmdownsize.datasets import CAMVID_BOXES, camvid_boxes, make_camvid_boxes
from mmdownsize.datasets.component_boxes import BoxRule, find_boxes

ROOT = Path(__file__).parents[2]
TOOL = ROOT / 'tools/make_camvid_boxes.py'
SIZES = dict(min_area=2, difficult_area=12, difficult_side=2)
needs_camvid = pytest.mark.skipif(
    not (ROOT / 'data/camvid').exists(), reason='data/camvid is not there'
)


@pytest.fixture(autouse=True)
def mmdet_scope():
    register_all_modules(init_default_scope=True)


def flooded(labels, label):
    """Components as sets of (row, column), each found by flooding from its first pixel."""
    left = {tuple(map(int, place)) for place in np.argwhere(labels == label)}
    components = []
    while left:
        component, edge = set(), {min(left)}
        while edge:
            component |= edge
            left -= edge
            edge = left & {(r + i, c + k) for r, c in edge for i in (-1, 0, 1) for k in (-1, 0, 1)}
        components.append(component)
    return components


def expected_objects(labels, rule):
    """Name, box, truncated and difficult of each object, worked out of sets of pixels."""
    objects = []
    for name, label in rule.classes.items():
        for pixels in flooded(labels, label):
            rows, columns = ({place[axis] for place in pixels} for axis in (0, 1))
            box = (min(columns), min(rows), max(columns), max(rows))
            sides = (box[2] - box[0] + 1, box[3] - box[1] + 1)
            small = len(pixels) < rule.difficult_area or min(sides) < rule.difficult_side
            last = (labels.shape[1] - 1, labels.shape[0] - 1)
            cut = 0 in box[:2] or box[2] == last[0] or box[3] == last[1]
            if len(pixels) >= rule.min_area:
                objects.append((name, box, cut, small))
    return sorted(objects)


def found_objects(labels, rule):
    objects = find_boxes(labels, rule)
    return sorted((item.name, item.box, item.truncated, item.difficult) for item in objects)


@pytest.mark.parametrize('seed', range(6))
def test_boxes_are_those_of_flooded_components(seed):
    rng = np.random.RandomState(seed)
    coarse = rng.choice([0, 2, 6, 8], (9, 11), p=[0.55, 0.15, 0.15, 0.15]).astype(np.uint8)
    labels = cv2.resize(coarse, (37, 29), interpolation=cv2.INTER_NEAREST)
    labels[rng.rand(29, 37) < 0.1] = 255
    rule = BoxRule({'car': 8, 'sign': 6, 'pole': 2}, **SIZES)
    expected = expected_objects(labels, rule)
    assert found_objects(labels, rule) == expected
    assert len({item[2:] for item in expected}) == 4  # cut or not, difficult or not


@needs_camvid
def test_boxes_of_camvid_are_those_of_flooded_components():
    rule = BoxRule(CAMVID_BOXES, min_area=10, difficult_area=100, difficult_side=4)
    for path in sorted((ROOT / 'data/camvid/ann_dir/val').iterdir())[::40]:
        labels = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
        expected = expected_objects(labels, rule)
        assert found_objects(labels, rule) == expected and len(expected) > 5


def test_thresholds_are_reached_by_equality():
    labels = np.zeros((20, 20), dtype=np.uint8)
    labels[2:5, 2:6] = 8  # 12 pixels, sides of 4 and 3
    labels[10, 2:14] = 8  # 12 pixels, one high
    labels[15, 15:17] = 8  # 2 pixels
    labels[18, 2] = 8  # 1 pixel: dropped
    objects = find_boxes(labels, BoxRule({'car': 8}, **SIZES))
    assert [(item.box, item.difficult) for item in objects] == [
        ((2, 2, 5, 4), False),
        ((2, 10, 13, 10), True),
        ((15, 15, 16, 15), True),
    ]


@pytest.fixture
def source(tmp_path):
    """A car and a tiny one in training, a pole in one of two validation images."""
    labels = np.full((36, 40), 3, dtype=np.uint8)
    labels[4:20, 5:30] = 8
    labels[25:29, 35:38] = 8
    labels[22, 0] = 9
    write_pair(tmp_path / 'camvid', 'one', labels)
    empty = np.full((36, 40), 3, dtype=np.uint8)
    write_pair(tmp_path / 'camvid', 'two', empty, split='val')
    pole = empty.copy()
    pole[:, 10:14] = 2
    write_pair(tmp_path / 'camvid', 'three', pole, split='val')
    return tmp_path / 'camvid'


def contents(root):
    return {path.relative_to(root): path.read_bytes() for path in root.rglob('*') if path.is_file()}


def dataset(root, split, **changes):
    config = Config.fromfile(ROOT / 'configs/_base_/datasets/camvid_det.py')
    settings = config[f'{split}_dataloader'].dataset
    loading = [dict(type='LoadImageFromFile'), dict(type='LoadAnnotations', with_bbox=True)]
    settings.update(data_root=str(root), pipeline=[*loading, dict(type='PackDetInputs')])
    return DATASETS.build(settings | changes)


def test_boxes_are_read_as_they_were_found(source, tmp_path):
    stamp = make_camvid_boxes(source, tmp_path / 'boxes')
    assert stamp['counts']['train']['car'] == dict(boxes=2, difficult=1)
    assert stamp['counts']['val']['pole'] == dict(boxes=1, difficult=0)
    assert not stamp['kept']
    train = dataset(tmp_path / 'boxes', 'train')
    sample = train[0]['data_samples']
    assert sample.gt_instances.bboxes.tensor.tolist() == [[5, 4, 29, 19]]
    assert sample.ignored_instances.bboxes.tensor.tolist() == [[35, 25, 37, 28]]
    assert train.metainfo['classes'] == tuple(CAMVID_BOXES)
    val = dataset(tmp_path / 'boxes', 'val')
    assert [len(val.get_data_info(index)['instances']) for index in range(2)] == [1, 0]
    assert val.get_data_info(0)['instances'][0]['bbox'] == [10, 0, 13, 35]
    tree = ET.parse(tmp_path / 'boxes/VOC2007/Annotations/three.xml')
    edges = [tree.findtext(f'object/bndbox/{k}') for k in ('xmin', 'ymin', 'xmax', 'ymax')]
    assert edges == ['11', '1', '14', '36'] and tree.findtext('object/truncated') == '1'
    assert [tree.findtext(f'size/{k}') for k in ('height', 'width', 'depth')] == ['36', '40', '3']


def test_lists_are_those_of_the_splits(source, tmp_path):
    make_camvid_boxes(source, tmp_path / 'boxes')
    folder = tmp_path / 'boxes/VOC2007/ImageSets/Main'
    lists = {path.stem: path.read_text().split() for path in folder.iterdir()}
    assert lists == dict(train=['one'], val=['three', 'two'], trainval=['one', 'three', 'two'])


def test_jpeg_images_are_copied_and_others_coded(source, tmp_path):
    make_camvid_boxes(source, tmp_path / 'a')
    stored = tmp_path / 'a/VOC2007/JPEGImages/one.jpg'
    assert stored.read_bytes() == (source / 'img_dir/train/one.jpg').read_bytes()
    pixels = {}
    for path in source.glob('img_dir/*/*.jpg'):
        pixels[path.name] = cv2.GaussianBlur(cv2.imread(str(path)), (0, 0), 2)
        cv2.imwrite(str(path.with_suffix('.png')), pixels[path.name])
        path.unlink()
    make_camvid_boxes(source, tmp_path / 'b')
    for name, image in pixels.items():
        coded = cv2.imread(str(tmp_path / 'b/VOC2007/JPEGImages' / name))
        assert np.abs(coded.astype(int) - image).mean() < 2
    assert len(dataset(tmp_path / 'b', 'val')) == 2


def test_existing_set_is_kept_repaired_and_replaced_on_demand(source, tmp_path):
    target = tmp_path / 'boxes'
    make_camvid_boxes(source, target)
    before = contents(target)
    assert make_camvid_boxes(source, target)['kept']
    (target / 'VOC2007/Annotations/two.xml').unlink()
    assert not make_camvid_boxes(source, target)['kept']
    assert contents(target) == before
    with pytest.raises(FileExistsError, match='holds a set of CamVid boxes made with'):
        make_camvid_boxes(source, target, min_area=1)
    stamp = make_camvid_boxes(source, target, min_area=1, overwrite=True)
    assert stamp['counts']['train']['pedestrian'] == dict(boxes=1, difficult=1)
    assert json.loads((target / 'camvid_boxes.json').read_text())['parameters']['min_area'] == 1
    shutil.rmtree(target)
    target.mkdir()
    (target / 'photo.txt').write_text('mine')
    with pytest.raises(FileExistsError, match=r'as it has no camvid_boxes\.json'):
        make_camvid_boxes(source, target, overwrite=True)


def test_other_label_maps_of_the_source_make_another_set(source, tmp_path):
    make_camvid_boxes(source, tmp_path / 'boxes')
    path = source / 'ann_dir/train/one.png'
    labels = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    labels[4:8] = 3
    cv2.imwrite(str(path), labels)
    with pytest.raises(FileExistsError, match='holds a set of CamVid boxes made with'):
        make_camvid_boxes(source, tmp_path / 'boxes')
    assert not make_camvid_boxes(source, tmp_path / 'boxes', overwrite=True)['kept']


@pytest.mark.parametrize('text', ['', '{}', '[]'])
def test_damaged_stamp_is_named(source, tmp_path, text):
    make_camvid_boxes(source, tmp_path / 'boxes')
    (tmp_path / 'boxes/camvid_boxes.json').write_text(text)
    with pytest.raises(FileExistsError, match='its camvid_boxes.json is damaged; choose another'):
        make_camvid_boxes(source, tmp_path / 'boxes', overwrite=True)


def test_more_images_of_the_source_make_another_set(source, tmp_path):
    make_camvid_boxes(source, tmp_path / 'boxes')
    write_pair(source, 'four', np.zeros((6, 8), dtype=np.uint8))
    with pytest.raises(FileExistsError, match="'train_images': 2"):
        make_camvid_boxes(source, tmp_path / 'boxes')


def test_interrupted_run_leaves_nothing(source, tmp_path, monkeypatch):
    def interrupted(image, target):
        raise KeyboardInterrupt

    monkeypatch.setattr(camvid_boxes, '_copy_image', interrupted)
    with pytest.raises(KeyboardInterrupt):
        make_camvid_boxes(source, tmp_path / 'boxes')
    assert [path.name for path in tmp_path.iterdir()] == ['camvid']


def spoil(source, how):
    image, label = (source / f'{name}_dir/train/one' for name in ('img', 'ann'))
    if how == 'size':
        cv2.imwrite(f'{label}.png', np.zeros((15, 20), dtype=np.uint8))
    elif how == 'colours':
        cv2.imwrite(f'{label}.png', np.zeros((30, 40, 3), dtype=np.uint8))
    elif how == 'same name':
        write_pair(source, 'one', np.zeros((6, 8), dtype=np.uint8), split='val')
    elif how == 'cut':
        path = Path(f'{label}.png')
        path.write_bytes(path.read_bytes()[:60])
    elif how == 'other images':
        Path(f'{image}.jpg').rename(f'{image}.bmp')
    elif how == 'no label':
        Path(f'{label}.png').unlink()
    else:
        shutil.rmtree(source / how)


@pytest.mark.parametrize(
    ('how', 'kind', 'text'),
    [
        ('size', ValueError, 'train/one.png: a label map should be 36x40, height x width of its'),
        ('colours', ValueError, 'its shape is (30, 40, 3)'),
        ('same name', ValueError, 'but one comes 2 times; rename them'),
        ('cut', OSError, 'one can'),
        ('other images', ValueError, "the files there end with ['.bmp']; convert them"),
        ('no label', FileNotFoundError, 'train/one.png: label map of '),
        ('ann_dir/val', FileNotFoundError, 'ann_dir/val: this folder is missing.'),
        ('', FileNotFoundError, 'img_dir/train: this folder is missing.'),
    ],
)
def test_wrong_source_is_told_in_one_line_and_leaves_nothing(source, tmp_path, how, kind, text):
    spoil(source, how)
    with pytest.raises(kind) as error:
        make_camvid_boxes(source, tmp_path / 'boxes')
    assert text in str(error.value) and '\n' not in str(error.value)
    assert [path for path in tmp_path.iterdir() if path != source] == []


@pytest.mark.parametrize(
    ('options', 'kind', 'text'),
    [
        (dict(min_area=0), ValueError, 'min_area should be at least 1, but got 0'),
        (dict(difficult_area=-1), ValueError, 'difficult_area should be at least 0'),
        (dict(difficult_side=1.5), TypeError, 'difficult_side should be a whole number'),
        (dict(classes={}), ValueError, 'classes should give the label of at least one class'),
        (dict(classes={'car': 'blue'}), TypeError, r"classes\['car'\] should be a whole number"),
        (dict(classes={'car': -1}), ValueError, r"classes\['car'\] should be at least 0"),
    ],
)
def test_wrong_values_are_named(source, tmp_path, options, kind, text):
    with pytest.raises(kind, match=text):
        make_camvid_boxes(source, tmp_path / 'boxes', **options)


def run_tool(monkeypatch, *arguments):
    monkeypatch.setattr(sys, 'argv', [str(TOOL), *map(str, arguments)])
    runpy.run_path(str(TOOL), run_name='__main__')


def test_tool_makes_the_set_then_keeps_it_and_ends_with_one_line(
    source, tmp_path, monkeypatch, capsys
):
    out = [source, '--out', tmp_path / 'boxes']
    run_tool(monkeypatch, *out)
    printed = capsys.readouterr().out
    assert 'boxes: made' in printed and 'train: 1 images; car 2 (1 difficult), ped' in printed
    run_tool(monkeypatch, *out)
    assert 'boxes: kept' in capsys.readouterr().out
    for wrong in (['--min-area', '5'], ['--difficult-side', '-1']):
        with pytest.raises(SystemExit) as end:
            run_tool(monkeypatch, *out, *wrong)
        assert end.value.code.startswith('make_camvid_boxes.py: ') and '\n' not in end.value.code


def test_source_in_which_nothing_is_to_be_boxed(tmp_path):
    """The set is made; it is the data set that then tells that no object has a class."""
    stamp = make_camvid_boxes(
        write_seg_set(tmp_path / 'small'), tmp_path / 'boxes', classes={'car': 9}
    )
    assert stamp['counts']['train'] == dict(car=dict(boxes=0, difficult=0))
    with pytest.raises(ValueError, match='none of the 3 images listed has an object'):
        dataset(tmp_path / 'boxes', 'train')


@needs_camvid
def test_camvid_gives_the_boxes_that_its_config_counts_on(tmp_path):
    stamp = make_camvid_boxes(ROOT / 'data/camvid', tmp_path / 'camvid_det')
    assert {k: v for k, v in stamp['parameters'].items() if k.endswith('images')} == dict(
        train_images=367, val_images=101
    )
    assert stamp['counts']['val'] == dict(
        car=dict(boxes=202, difficult=46),
        pedestrian=dict(boxes=265, difficult=104),
        bicyclist=dict(boxes=202, difficult=2),
        sign=dict(boxes=457, difficult=141),
        pole=dict(boxes=532, difficult=315),
    )
    for split in ('train', 'val'):
        loaded = dataset(tmp_path / 'camvid_det', split)
        instances = [
            item for k in range(len(loaded)) for item in loaded.get_data_info(k)['instances']
        ]
        for label, name in enumerate(loaded.metainfo['classes']):
            boxes = sum(item['bbox_label'] == label for item in instances)
            assert boxes == stamp['counts'][split][name]['boxes']
    METRICS.build(Config.fromfile(ROOT / 'configs/_base_/datasets/camvid_det.py').val_evaluator)
