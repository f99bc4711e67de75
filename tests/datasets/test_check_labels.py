import numpy as np
import pytest
from mmseg.apis import inference_model
from mmseg.datasets import CityscapesDataset, PascalVOCDataset
from mmseg.registry import DATASETS, MODELS, TRANSFORMS
from mmseg.utils import register_all_modules
from PIL import Image
from seg_data import CLASSES, write_pair, write_seg_set
from torch.utils.data import DataLoader

import mmdownsize.datasets.segmentation  # noqa: F401
from mmdownsize.config import load_config
from mmdownsize.datasets.check_labels import CheckLabels


@pytest.fixture(autouse=True)
def mmseg_scope():
    register_all_modules(init_default_scope=True)


def pipeline(check=None):
    loading = [dict(type='LoadImageFromFile'), dict(type='LoadAnnotations')]
    return [*loading, check or dict(type='CheckLabels'), dict(type='PackSegInputs')]


def build(root, check=None, **changes):
    base = dict(
        type='SegFolderDataset',
        data_root=str(root),
        data_prefix=dict(img_path='img_dir/train', seg_map_path='ann_dir/train'),
        metainfo=dict(classes=CLASSES),
        pipeline=pipeline(check),
    )
    return DATASETS.build({**base, **changes})


def label_map(*values):
    """Class 0, but for these values in its first row."""
    labels = np.zeros((6, 8), dtype=np.uint8)
    labels[0, : len(values)] = values
    return labels


def refusal(dataset, index=0):
    with pytest.raises(ValueError) as error:
        dataset[index]
    assert '\n' not in str(error.value)
    return str(error.value)


@pytest.mark.parametrize('values', [(0, 1, 2), (255,), (2, 255, 2), ()])
def test_right_labels_pass_unchanged(tmp_path, values):
    write_pair(tmp_path, 'one', label_map(*values))
    labels = build(tmp_path)[0]['data_samples'].gt_sem_seg.data[0]
    assert np.array_equal(labels.numpy(), label_map(*values))


def test_values_outside_the_classes_are_named_with_both_paths(tmp_path):
    write_pair(tmp_path, 'one', label_map(3, 2, 254, 3, 255))
    message = refusal(build(tmp_path))
    assert message.startswith(
        f'{tmp_path}/ann_dir/train/one.png: labels should be 0 to 2, or 255 where ignored, but '
        f'this label map of {tmp_path}/img_dir/train/one.jpg holds [3, 254]; relabel'
    )


def test_many_values_are_counted_after_ten(tmp_path):
    write_pair(tmp_path, 'one', np.arange(3, 45, dtype=np.uint8).reshape(6, 7))
    assert 'holds [3, 4, 5, 6, 7, 8, 9, 10, 11, 12] and 32 more;' in refusal(build(tmp_path))


@pytest.mark.parametrize('workers', [0, 1])
def test_wrong_label_stops_the_loader(tmp_path, workers):
    write_seg_set(tmp_path)
    write_pair(tmp_path, 'wrong', label_map(9))
    loader = DataLoader(build(tmp_path), num_workers=workers, collate_fn=list)
    with pytest.raises(ValueError, match=r'wrong\.png: labels should be 0 to 2, .* holds \[9\]'):
        list(loader)


def test_ignored_label_is_that_of_the_data_set_or_of_the_transform(tmp_path):
    write_pair(tmp_path, 'one', label_map(7))
    assert build(tmp_path, ignore_index=7)[0]
    assert build(tmp_path, dict(type='CheckLabels', ignore_index=7))[0]
    assert 'or 7 where ignored' in refusal(
        build(write_seg_set(tmp_path / 'small'), dict(type='CheckLabels', ignore_index=7))
    )


def test_label_zero_may_be_left_out(tmp_path):
    """reduce_zero_label makes 0 to ignored, and takes 1 off the others."""
    write_pair(tmp_path, 'one', label_map(1, 2, 3, 255))
    labels = build(tmp_path, reduce_zero_label=True)[0]['data_samples'].gt_sem_seg.data[0]
    assert labels[0].tolist() == [0, 1, 2, 255, 255, 255, 255, 255]
    assert 'holds [3]; relabel' in refusal(build(tmp_path))
    write_pair(tmp_path, 'one', label_map(1, 4))
    message = refusal(build(tmp_path, reduce_zero_label=True))
    assert 'holds [3] after reduce_zero_label took 1 off;' in message


@pytest.mark.parametrize('size', [(8, 6), (6, 9), (12, 16), (1, 1)])
def test_image_of_another_size_is_named_with_its_label_map(tmp_path, size):
    write_pair(tmp_path, 'one', label_map(1), size=size)
    assert refusal(build(tmp_path)).startswith(
        f'{tmp_path}/ann_dir/train/one.png: the label map is 6x8 pixels (height x width), but its '
        f'image {tmp_path}/img_dir/train/one.jpg is {size[0]}x{size[1]};'
    )


def test_labels_loaded_after_a_resize_are_compared_with_the_stored_image(tmp_path):
    loading = [dict(type='LoadImageFromFile'), dict(type='Resize', scale=(4, 3))]
    changes = dict(pipeline=loading + pipeline()[1:], test_mode=True)
    write_pair(tmp_path, 'one', label_map(1))
    item = build(tmp_path, **changes)[0]
    assert item['inputs'].shape == (3, 3, 4)
    assert item['data_samples'].gt_sem_seg.shape == (6, 8)
    write_pair(tmp_path, 'one', label_map(1), size=(3, 4))
    assert 'is 3x4; make them equal' in refusal(build(tmp_path, **changes))


def test_label_map_in_colours_is_told(tmp_path):
    write_pair(tmp_path, 'one', np.zeros((6, 8, 3), dtype=np.uint8))
    message = refusal(build(tmp_path))
    assert 'one.png: a label map should hold one number per pixel' in message
    assert 'has the shape (6, 8, 3), as a picture in colours has' in message


def test_label_map_with_a_palette_passes(tmp_path):
    write_pair(tmp_path, 'one', label_map(1))
    image = Image.fromarray(label_map(2, 1, 255), mode='P')
    image.putpalette([9, 8, 7] * 256)
    image.save(tmp_path / 'ann_dir/train/one.png')
    assert build(tmp_path)[0]['data_samples'].gt_sem_seg.data[0, 0, :3].tolist() == [2, 1, 255]


@pytest.mark.parametrize(('value', 'fits'), [(2, True), (256, False), (513, False)])
def test_labels_of_16_bits_do_not_turn_into_others(tmp_path, value, fits):
    """The loader would make them 0 and 1, which are classes."""
    write_pair(tmp_path, 'one', label_map(1).astype(np.uint16) * value)
    if fits:
        assert build(tmp_path)[0]['data_samples'].gt_sem_seg.data.max() == 2
        return
    message = refusal(build(tmp_path))
    assert f'one.png: labels should be 0 to 255, but this label map of {tmp_path}' in message
    assert f'holds [{value}], of which LoadAnnotations would keep the lowest 8 bits' in message


def test_pascal_voc_and_cityscapes_of_upstream_are_checked(tmp_path):
    common = dict(
        data_root=str(tmp_path),
        data_prefix=dict(img_path='img_dir/train', seg_map_path='ann_dir/train'),
    )
    write_pair(tmp_path, 'one', label_map(20, 255))
    write_pair(tmp_path, 'two', label_map(21))
    (tmp_path / 'train.txt').write_text('one\ntwo\n')
    check = pipeline(dict(type='CheckLabels', num_classes=21))
    voc = PascalVOCDataset(ann_file='train.txt', pipeline=check, **common)
    assert voc[0]
    assert 'two.png: labels should be 0 to 20, or 255' in refusal(voc, 1)
    check = pipeline(dict(type='CheckLabels', num_classes=19))
    suffixes = dict(img_suffix='.jpg', seg_map_suffix='.png')
    assert 'holds [20]' in refusal(CityscapesDataset(pipeline=check, **suffixes, **common))


def test_classes_chosen_of_pascal_voc_are_counted_after_the_choice(tmp_path):
    write_pair(tmp_path, 'one', label_map(7, 15, 20))
    write_pair(tmp_path, 'two', label_map(7, 77))
    (tmp_path / 'train.txt').write_text('one\ntwo\n')
    dataset = PascalVOCDataset(
        ann_file='train.txt',
        data_root=str(tmp_path),
        data_prefix=dict(img_path='img_dir/train', seg_map_path='ann_dir/train'),
        metainfo=dict(classes=('person', 'car')),
        pipeline=pipeline(dict(type='CheckLabels', num_classes=2)),
    )
    assert dataset[0]['data_samples'].gt_sem_seg.data[0, 0, :4].tolist() == [1, 0, 255, 255]
    assert 'holds [77]' in refusal(dataset, 1)


def test_unknown_and_contradictory_numbers_of_classes_are_told(tmp_path):
    write_pair(tmp_path, 'one', label_map(1))
    message = refusal(build(tmp_path, type='BaseSegDataset'))
    assert 'one.jpg: its data set does not tell CheckLabels the number of classes' in message
    message = refusal(build(tmp_path, dict(type='CheckLabels', num_classes=4)))
    assert 'CheckLabels has num_classes=4, but the data set of' in message
    assert build(tmp_path, dict(type='CheckLabels', num_classes=3))[0]


def test_check_before_the_labels_are_loaded_is_an_error(tmp_path):
    write_pair(tmp_path, 'one', label_map(1))
    before = [dict(type='LoadImageFromFile'), dict(type='CheckLabels')]
    assert 'put CheckLabels right after LoadAnnotations' in refusal(
        build(tmp_path, pipeline=before)
    )


def test_image_without_a_label_map_is_predicted(root, tmp_path):
    """mmseg.apis take LoadAnnotations out of the test pipeline, and nothing else."""
    config = load_config('configs/mini/fcn_dsnet_camvid.py')
    model = MODELS.build(config.model).eval()
    model.cfg, model.dataset_meta = config, dict(classes=CLASSES, palette=[[0, 0, 0]] * 3)
    image = np.random.default_rng(0).integers(0, 256, (120, 161, 3), dtype=np.uint8)
    Image.fromarray(image).save(tmp_path / 'image.png')
    predicted = inference_model(model, str(tmp_path / 'image.png')).pred_sem_seg.data
    assert predicted.shape == (1, 120, 161)


def test_signed_labels_below_zero_are_outside():
    labels = np.array([[0, -1]])
    results = dict(gt_seg_map=labels, img=np.zeros((1, 2, 3)), num_classes=1)
    with pytest.raises(ValueError, match=r'label map: labels should be 0 to 0.* holds \[-1\]'):
        CheckLabels()(results)
    assert CheckLabels(ignore_index=-1)(results) is results


@pytest.mark.parametrize(
    ('kind', 'options'),
    [
        (ValueError, dict(num_classes=0)),
        (TypeError, dict(num_classes='3')),
        (TypeError, dict(num_classes=True)),
        (TypeError, dict(ignore_index=2.5)),
    ],
)
def test_wrong_options_are_named(kind, options):
    with pytest.raises(kind, match=next(iter(options))):
        TRANSFORMS.build(dict(type='CheckLabels', **options))
