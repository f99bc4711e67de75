import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest
from mmengine.config import Config
from mmengine.runner import Runner
from mmseg.registry import DATASETS, METRICS
from mmseg.utils import register_all_modules
from seg_data import CLASSES, write_pair, write_seg_set

import mmdownsize.datasets.check_labels
import mmdownsize.datasets.segmentation  # noqa: F401

ROOT = Path(__file__).parents[2]
PREFIX = dict(img_path='img_dir/train', seg_map_path='ann_dir/train')
PIPELINE = [
    dict(type='LoadImageFromFile'),
    dict(type='LoadAnnotations'),
    dict(type='CheckLabels'),
    dict(type='PackSegInputs'),
]


@pytest.fixture(autouse=True)
def mmseg_scope():
    register_all_modules(init_default_scope=True)


@pytest.fixture
def root(tmp_path):
    return write_seg_set(tmp_path / 'small')


def settings(root, **changes):
    base = dict(
        type='SegFolderDataset',
        data_root=str(root),
        data_prefix=PREFIX,
        metainfo=dict(classes=CLASSES),
        pipeline=PIPELINE,
    )
    return {**base, **changes}


def refusal(kind, root, **changes):
    with pytest.raises(kind) as error:
        DATASETS.build(settings(root, **changes))
    assert '\n' not in str(error.value)
    return str(error.value)


def test_loads_what_upstream_loads_and_tells_the_labels(root):
    ours = DATASETS.build(settings(root, ignore_index=254))
    theirs = DATASETS.build(settings(root, type='BaseSegDataset'))
    assert len(ours) == len(theirs) == 3
    for index in range(3):
        told = dict(num_classes=3, ignore_index=254)
        assert ours.get_data_info(index) == {**theirs.get_data_info(index), **told}


def test_samples_hold_the_stored_pixels_and_labels(root):
    dataset = DATASETS.build(settings(root))
    for index in range(3):
        item = dataset[index]
        image = cv2.imread(str(root / f'img_dir/train/train_{index}.jpg'))
        labels = cv2.imread(str(root / f'ann_dir/train/train_{index}.png'), cv2.IMREAD_UNCHANGED)
        assert np.array_equal(item['inputs'].permute(1, 2, 0).numpy(), image)
        assert np.array_equal(item['data_samples'].gt_sem_seg.data[0].numpy(), labels)


def test_list_chooses_the_samples_and_their_order(root):
    (root / 'few.txt').write_text('train_2\ntrain_0\n')
    dataset = DATASETS.build(settings(root, ann_file='few.txt'))
    paths = [dataset.get_data_info(index)['img_path'] for index in range(2)]
    assert [Path(path).stem for path in paths] == ['train_2', 'train_0']


def test_images_in_sub_folders_and_suffixes_of_other_sets(tmp_path):
    labels = np.zeros((4, 5), dtype=np.uint8)
    for name in ('ulm/1', 'ulm/2', 'bonn/1'):
        write_pair(tmp_path, f'{name}_image', labels, suffix='.png')
        path = tmp_path / f'ann_dir/train/{name}_image.png'
        path.rename(path.with_name(path.name.replace('image', 'label')))
    suffixes = dict(img_suffix='_image.png', seg_map_suffix='_label.png')
    dataset = DATASETS.build(settings(tmp_path, **suffixes))
    assert [dataset[index]['inputs'].shape for index in range(3)] == [(3, 4, 5)] * 3
    (tmp_path / 'ann_dir/train/ulm/2_label.png').unlink()
    message = refusal(FileNotFoundError, tmp_path, **suffixes)
    assert 'ulm/2_label.png: label map of ' in message and 'ulm/2_image.png' in message


@pytest.mark.parametrize(
    ('ours', 'upstream', 'image', 'label'),
    [
        (
            'VOC12FolderDataset',
            'PascalVOCDataset',
            'JPEGImages/{}.jpg',
            'SegmentationClass/{}.png',
        ),
        (
            'CityscapesFolderDataset',
            'CityscapesDataset',
            'leftImg8bit/{}_leftImg8bit.png',
            'gtFine/{}_gtFine_labelTrainIds.png',
        ),
    ],
)
def test_published_sets_are_upstreams_with_their_files_checked(
    tmp_path, ours, upstream, image, label
):
    names = ['2007_1', '2007_2'] if ours.startswith('VOC12') else ['ulm/1', 'ulm/2', 'bonn/1']
    for name in names:
        for path in (image, label):
            file = tmp_path / path.format(name)
            file.parent.mkdir(parents=True, exist_ok=True)
            assert cv2.imwrite(str(file), np.zeros((4, 5, 3), np.uint8))
    (tmp_path / 'train.txt').write_text('\n'.join(names))
    options = dict(ann_file='train.txt') if ours.startswith('VOC12') else {}
    prefix = dict(img_path=image.split('/')[0], seg_map_path=label.split('/')[0])
    options |= dict(data_root=str(tmp_path), data_prefix=prefix, pipeline=[])
    mine, theirs = (DATASETS.build(dict(type=kind, **options)) for kind in (ours, upstream))
    assert mine.metainfo == theirs.metainfo and len(mine) == len(theirs) == len(names)
    for index in range(len(names)):
        sample, expected = mine.get_data_info(index), theirs.get_data_info(index)
        assert {key: sample[key] for key in expected} == expected
    (tmp_path / label.format(names[-1])).unlink()
    with pytest.raises(FileNotFoundError, match=f'{names[-1]}.*label map of .*, but missing'):
        DATASETS.build(dict(type=ours, **options))
    shutil.rmtree(tmp_path / prefix['img_path'])
    with pytest.raises(FileNotFoundError, match='this folder is missing. The layout expected is'):
        DATASETS.build(dict(type=ours, **options))


@pytest.mark.parametrize('path', ['', 'img_dir', 'img_dir/train', 'ann_dir/train'])
def test_missing_folder_is_named_with_the_layout(root, path):
    shutil.rmtree(root / path)
    message = refusal(FileNotFoundError, root)
    expected = path if path.endswith('train') else 'img_dir/train'
    assert message.startswith(f'{root / expected}: this folder is missing. The layout expected is')


def test_missing_label_maps_are_named_with_their_image_and_counted(root):
    (root / 'ann_dir/train/train_1.png').unlink()
    image, label = (f'{root}/{name}/train/train_1' for name in ('img_dir', 'ann_dir'))
    message = refusal(FileNotFoundError, root)
    assert message.startswith(f'{label}.png: label map of {image}.jpg, but missing. The layout')
    (root / 'ann_dir/train/train_2.png').unlink()
    assert 'but missing (with 1 more). The layout' in refusal(FileNotFoundError, root)


def test_label_map_without_image_is_let_through(root):
    (root / 'img_dir/train/train_1.jpg').unlink()
    assert len(DATASETS.build(settings(root))) == 2


def test_wrong_suffix_is_told_from_missing_files(root):
    message = refusal(ValueError, root, img_suffix='.png')
    assert f"{root}/img_dir/train: no file ends with img_suffix='.png', they are named" in message
    assert "like 'train_0.jpg'; set img_suffix" in message
    message = refusal(FileNotFoundError, root, seg_map_suffix='_L.png')
    assert "Files there are named like 'train_0.png': set seg_map_suffix" in message


def test_folder_without_files_is_an_error(root):
    shutil.rmtree(root / 'img_dir/train')
    (root / 'img_dir/train').mkdir()
    (root / 'img_dir/train/.hidden').touch()
    message = refusal(ValueError, root)
    assert message.startswith(f'{root}/img_dir/train: this folder holds no file.')


def test_lists_are_checked(root):
    few = root / 'few.txt'
    assert f'{few}: this list of names is missing' in refusal(
        FileNotFoundError, root, ann_file='few.txt'
    )
    few.write_text('\n')
    assert f'{few} should list one name per line' in refusal(ValueError, root, ann_file='few.txt')
    few.write_text('train_0\n\ntrain_1\n')
    assert f'{few} should list one name per line, but line 2 is blank; remove it' in refusal(
        ValueError, root, ann_file='few.txt'
    )
    few.write_text('train_0\ntrain_7\ntrain_8\n')
    assert f'train_7.jpg: listed in {few}, but missing (with 1 more).' in refusal(
        FileNotFoundError, root, ann_file='few.txt'
    )


def test_images_as_their_own_label_maps_are_an_error(root):
    prefix = dict(img_path='ann_dir/train', seg_map_path='img_dir/../ann_dir/train')
    message = refusal(ValueError, root, img_suffix='.png', data_prefix=prefix)
    assert 'images and label maps should be different files' in message


@pytest.mark.parametrize(
    ('kind', 'changes', 'text'),
    [
        (ValueError, dict(metainfo=None), 'classes=None; write metainfo=dict(classes='),
        (ValueError, dict(metainfo=dict(classes=())), 'classes=()'),
        (TypeError, dict(metainfo=dict(classes='road', palette=[1] * 4)), "write ('road',)"),
        (TypeError, dict(img_suffix=('.jpg', '.png')), 'img_suffix should be one string'),
        (TypeError, dict(seg_map_suffix=None), 'seg_map_suffix should be one string'),
        (ValueError, dict(data_prefix=dict(img='img_dir/train')), "['img_path', 'seg_map_path']"),
        (ValueError, dict(data_prefix=dict(img_path='img_dir/train')), 'seg_map_path='),
    ],
)
def test_wrong_settings_are_named(root, kind, changes, text):
    assert text in refusal(kind, root, **changes)


def test_testing_needs_no_label_maps(root):
    pipeline = [dict(type='LoadImageFromFile'), dict(type='PackSegInputs')]
    changes = dict(data_prefix=dict(img_path='img_dir/train'), pipeline=pipeline, test_mode=True)
    assert DATASETS.build(settings(root, **changes))[0]['inputs'].shape == (3, 20, 30)
    whole = dict(img_path=str(root / 'img_dir/train'), seg_map_path=None)
    changes |= dict(data_root=None, data_prefix=whole)
    assert len(DATASETS.build(settings(root, **changes))) == 3


def test_files_elsewhere_are_not_looked_for_here(root, monkeypatch):
    monkeypatch.setattr(mmdownsize.datasets.segmentation, 'check_folders', None)
    elsewhere = dict(backend='atomic')  # another backend than the local one, for local files
    assert len(DATASETS.build(settings(root, backend_args=elsewhere))) == 3
    message = refusal(ValueError, root, backend_args=elsewhere, img_suffix='.jpeg')
    assert "img_dir/train: no file ends with img_suffix='.jpeg'" in message


def camvid(phase):
    config = Config.fromfile(ROOT / 'configs/_base_/datasets/camvid_seg.py')
    config[f'{phase}_dataloader'].dataset.update(
        data_root=str(ROOT / 'data/camvid'), pipeline=PIPELINE
    )
    return config


def test_validation_and_test_of_camvid_agree():
    config = Config.fromfile(ROOT / 'configs/_base_/datasets/camvid_seg.py')
    assert config.test_dataloader == config.val_dataloader
    assert config.test_evaluator == config.val_evaluator
    assert len(config.metainfo.classes) == len(set(map(tuple, config.metainfo.palette))) == 11
    METRICS.build(config.val_evaluator)


@pytest.mark.skipif(not (ROOT / 'data/camvid').exists(), reason='data/camvid is not there')
@pytest.mark.parametrize(('phase', 'images'), [('train', 367), ('val', 101)])
def test_camvid_is_as_its_config_says(phase, images):
    """Its labels are those of its classes: the sky is above the road, and brighter."""
    dataset = DATASETS.build(camvid(phase)[f'{phase}_dataloader'].dataset)
    assert len(dataset) == images
    sky, road = (dataset.metainfo['classes'].index(name) for name in ('sky', 'road'))
    seen = 0
    for index in range(0, images, 10):
        item = dataset[index]
        labels = item['data_samples'].gt_sem_seg.data[0]
        assert item['inputs'].shape[1:] == labels.shape == (360, 480)
        if (labels == sky).any() and (labels == road).any():
            rows = [(labels == label).nonzero()[:, 0].float().mean() for label in (sky, road)]
            light = [item['inputs'][:, labels == label].float().mean() for label in (sky, road)]
            assert rows[0] < 150 < 200 < rows[1] and light[0] > light[1]
            seen += 1
    assert seen >= images // 15


@pytest.mark.skipif(not (ROOT / 'data/camvid').exists(), reason='data/camvid is not there')
def test_camvid_is_loaded_by_workers():
    config = camvid('train').train_dataloader
    config.dataset.indices = 8
    loader = Runner.build_dataloader(config, seed=0)
    assert [len(batch['inputs']) for batch in loader] == [4, 4]
