import warnings

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from mmdet.registry import MODELS
from mmdet.structures import DetDataSample
from mmengine.registry import DefaultScope
from mmengine.structures import InstanceData, PixelData
from mmseg.structures import SegDataSample

from mmdownsize import DownsizeNet, DownsizePreprocessor, FixedInterpolator

SIZES = [(41, 60), (33, 52), (41, 60), (70, 31)]
DET = dict(
    type='mmdet.DetDataPreprocessor',
    mean=[123.675, 116.28, 103.53],
    std=[58.395, 57.12, 57.375],
    bgr_to_rgb=True,
    pad_size_divisor=8,
)
SEG = dict(type='mmseg.SegDataPreProcessor', pad_val=0, seg_pad_val=255)


def images_of(sizes=SIZES) -> list[torch.Tensor]:
    return [torch.randint(256, (3, *size), dtype=torch.uint8) for size in sizes]


def det_samples(sizes=SIZES) -> list[DetDataSample]:
    samples = []
    for height, width in sizes:
        sample = DetDataSample(metainfo=dict(img_shape=(height, width), ori_shape=(height, width)))
        boxes = torch.tensor([[1.0, 2.0, width - 3.0, height - 4.0]])
        sample.gt_instances = InstanceData(bboxes=boxes, labels=torch.tensor([0]))
        samples.append(sample)
    return samples


def build(preprocessor=DET, interpolator=None, **options) -> DownsizePreprocessor:
    interpolator = interpolator or dict(type='DownsizeNet', normalizer=None)
    options = options or dict(scale_factor=0.4)
    return DownsizePreprocessor(interpolator, preprocessor, **options)


@pytest.mark.parametrize('training', [True, False])
@pytest.mark.parametrize(
    'rule', [dict(scale_factor=0.4), dict(size=(17, 23)), dict(size=(16, 30), keep_ratio=True)]
)
def test_equals_stock_preprocessor_on_images_resized_by_torch(training, rule):
    """Invariant 5 at the input: mixed sizes, padding and all."""
    images = images_of()
    ours = build(**rule)(dict(inputs=images, data_samples=det_samples()), training)
    small = [
        F.interpolate(image[None].float(), sample.img_shape, mode='bilinear')[0]
        for image, sample in zip(images, ours['data_samples'], strict=True)
    ]
    samples = det_samples([image.shape[-2:] for image in small])
    theirs = MODELS.build(DET)(dict(inputs=small, data_samples=samples), training)
    torch.testing.assert_close(ours['inputs'], theirs['inputs'], atol=1e-4, rtol=0)
    for mine, stock in zip(ours['data_samples'], theirs['data_samples'], strict=True):
        for name in ('img_shape', 'pad_shape', 'batch_input_shape'):
            assert tuple(mine.get(name)) == tuple(stock.get(name)), name


def test_a_batch_is_its_images_one_by_one():
    preprocessor = build(interpolator=dict(type='DownsizeNet', init='random'))
    images = images_of()
    sizes = [(9, 11), (9, 11), (9, 11), (20, 8)]
    together = preprocessor.downsize(images, sizes)
    for image, size, small in zip(images, sizes, together, strict=True):
        alone = preprocessor.interpolator(image[None].float(), size)[0]
        torch.testing.assert_close(small, alone, atol=1e-4, rtol=0)


def test_stacked_images_and_absent_samples():
    images = images_of([(20, 30)] * 2)
    wrapped = dict(type='ImgDataPreprocessor')
    preprocessor = build(wrapped)
    as_list = preprocessor(dict(inputs=images))['inputs']
    stacked = preprocessor(dict(inputs=torch.stack(images), data_samples=None))['inputs']
    assert as_list.shape == (2, 3, 8, 12) and torch.equal(as_list, stacked)
    assert build()(dict(inputs=images))['inputs'].shape == (2, 3, 8, 16)


def test_gradient_reaches_the_interpolator_through_a_bfloat16_and_a_plain_forward():
    for enabled in (False, True):
        preprocessor = build(interpolator=dict(type='DownsizeNet'))
        with torch.autocast('cpu', torch.bfloat16, enabled=enabled):
            inputs = preprocessor(dict(inputs=images_of(), data_samples=det_samples()), True)
            loss = inputs['inputs'].square().mean()
        loss.backward()
        # at the start the texture weighs nothing yet: its convolutions get theirs a step later
        assert preprocessor.interpolator.head.conv.weight.grad.abs().sum() > 0


def test_samples_of_the_loader_are_not_changed():
    samples, images = det_samples(), images_of()
    before = [image.clone() for image in images]
    build()(dict(inputs=images, data_samples=samples), training=True)
    assert all(torch.equal(*pair) for pair in zip(images, before, strict=True))
    for sample, (height, width) in zip(samples, SIZES, strict=True):
        assert sample.img_shape == (height, width) and 'scale_factor' not in sample
        assert sample.gt_instances.bboxes[0].tolist() == [1, 2, width - 3, height - 4]


def seg_samples(sizes) -> list[SegDataSample]:
    return [
        SegDataSample(
            metainfo=dict(img_shape=size, ori_shape=size),
            gt_sem_seg=PixelData(data=torch.randint(0, 11, (1, *size))),
        )
        for size in sizes
    ]


def test_segmentation_keeps_labels_at_full_resolution():
    sizes = [(40, 60)] * 2
    samples = seg_samples(sizes)
    with DefaultScope.overwrite_default_scope('mmseg'):
        preprocessor = build(SEG | dict(size=(16, 24), test_cfg=dict(size=(16, 24))))
    data = preprocessor(dict(inputs=images_of(sizes), data_samples=samples), training=True)
    assert data['inputs'].shape == (2, 3, 16, 24)
    for small, sample in zip(data['data_samples'], samples, strict=True):
        assert torch.equal(small.gt_sem_seg.data, sample.gt_sem_seg.data)
        assert tuple(small.img_shape) == (16, 24)
    data = preprocessor(dict(inputs=images_of(sizes), data_samples=samples), training=False)
    assert type(data['data_samples'][0].img_shape) is tuple  # a torch.Size is read elsewhere


def test_padding_of_images_whose_labels_are_kept_is_refused():
    sizes = [(40, 60)] * 2
    data = dict(inputs=images_of(sizes), data_samples=seg_samples(sizes))
    preprocessor = build(SEG | dict(size_divisor=32))
    with pytest.raises(ValueError, match="gt_sem_seg='nearest'"):
        preprocessor(data, training=True)
    preprocessor = build(SEG | dict(size_divisor=32), scale_factor=0.4, gt_sem_seg='nearest')
    small = preprocessor(data, training=True)
    assert small['inputs'].shape == (2, 3, 32, 32)
    assert small['data_samples'][0].gt_sem_seg.data.shape == (1, 32, 32)
    preprocessor(data, training=False)  # prediction leaves labels alone, padded or not


def test_label_maps_of_several_sizes_are_not_kept():
    sizes = [(40, 60), (50, 32)]
    data = dict(inputs=images_of(sizes), data_samples=seg_samples(sizes))
    rule = dict(size=(32, 32))
    with pytest.raises(ValueError, match=r"\[\(40, 60\), \(50, 32\)\] in one batch.*'nearest'"):
        build(SEG | dict(size=(32, 32)), **rule)(data, training=True)
    small = build(SEG | dict(size=(32, 32)), gt_sem_seg='nearest', **rule)(data, training=True)
    assert [tuple(sample.gt_sem_seg.shape) for sample in small['data_samples']] == [(32, 32)] * 2


def test_wrapped_preprocessor_that_stacks_nothing_is_told_in_training():
    preprocessor = build(dict(type='BaseDataPreprocessor'))
    assert isinstance(preprocessor(dict(inputs=images_of()))['inputs'], list)
    with pytest.raises(TypeError, match='BaseDataPreprocessor makes no batch of the images: wrap'):
        preprocessor(dict(inputs=images_of(), data_samples=det_samples()), True)


@pytest.mark.parametrize('edge, enlarged', [(16, False), (40, True)])
def test_sizes_of_the_wrapped_preprocessor_count_downsized_pixels(edge, enlarged):
    sizes = [(50, 50), (50, 40)]
    data = dict(inputs=images_of(sizes), data_samples=seg_samples(sizes))
    preprocessor = build(SEG | dict(size=(edge, edge)), scale_factor=0.3, gt_sem_seg='nearest')
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter('always')
        assert preprocessor(data, training=True)['inputs'].shape[-2:] == (edge, edge)
    told = [str(warning.message) for warning in caught if 'downsized' in str(warning.message)]
    assert len(told) == enlarged
    assert all('at most 15x15 leave the wrapped preprocessor as 40x40' in each for each in told)


@pytest.mark.parametrize('height, width', [(41, 60), (53, 77)])
def test_label_map_comes_back_to_where_it_started(height, width):
    """Invariant 4, label maps: of many edges at all places, the mean stays where it was."""
    from mmseg.models.utils import resize

    starts = torch.arange(8, width - 8)[:, None, None]  # a map for each edge
    labels = (torch.arange(width) >= starts).long().repeat(1, height, 1)
    samples = []
    for one in labels:
        sample = SegDataSample(metainfo=dict(img_shape=(height, width)))
        sample.gt_sem_seg = PixelData(data=one[None])
        samples.append(sample)
    data = dict(inputs=images_of([(height, width)] * len(labels)), data_samples=samples)
    small = build(SEG | dict(size_divisor=1), scale_factor=0.4, gt_sem_seg='nearest')(
        data, training=True
    )
    seen = torch.stack([sample.gt_sem_seg.data[0] for sample in small['data_samples']])
    one_hot = F.one_hot(seen.long(), 2).permute(0, 3, 1, 2).float()
    back = resize(one_hot, (height, width), mode='bilinear').argmax(1)
    # The number of pixels before the edge tells where it is.
    shift = (back == 0).sum(2).float() - (labels == 0).sum(2).float()
    assert shift.abs().max() <= 1.5 and shift.mean().abs() < 0.2


def test_moves_to_a_device_with_the_model():
    from mmengine.model import BaseModel

    class Model(BaseModel):
        def forward(self, inputs, data_samples=None, mode='tensor'):
            return inputs

    model = Model(build(dict(type='ImgDataPreprocessor'))).to('meta')
    assert model.data_preprocessor.device == torch.device('meta')
    assert model.data_preprocessor.preprocessor.device == torch.device('meta')
    assert next(model.data_preprocessor.interpolator.parameters()).device.type == 'meta'


def test_moves_to_a_device_alone():
    preprocessor = build(dict(type='ImgDataPreprocessor')).to('meta')
    assert preprocessor.device == preprocessor.preprocessor.device == torch.device('meta')


def test_branches_of_a_semi_supervised_detector_say_how_to_nest():
    inputs = dict(sup=images_of(), unsup=images_of())
    with pytest.raises(ValueError, match=r"\['sup', 'unsup'\]: put this preprocessor into"):
        build()(dict(inputs=inputs))
    nested = dict(
        type='MultiBranchDataPreprocessor',
        data_preprocessor=dict(
            type='DownsizePreprocessor',
            interpolator=dict(type='DownsizeNet'),
            preprocessor=DET,
            scale_factor=0.4,
        ),
    )
    samples = dict(sup=det_samples(), unsup=det_samples())
    made = MODELS.build(nested)(dict(inputs=inputs, data_samples=samples), training=True)
    alone = build(interpolator=dict(type='DownsizeNet'))
    expected = alone(dict(inputs=inputs['unsup'], data_samples=det_samples()), training=True)
    assert torch.equal(made['inputs']['unsup'], expected['inputs'])


def test_init_cfg_that_nobody_carries_out_is_noticed(tmp_path):
    """MultiBranchDataPreprocessor has no init_weights, and so has none for us."""
    torch.save(DownsizeNet(init='random').state_dict(), tmp_path / 'net.pth')
    init_cfg = dict(type='Pretrained', checkpoint=str(tmp_path / 'net.pth'))
    preprocessor = build(interpolator=dict(type='DownsizeNet', init_cfg=init_cfg))
    data = dict(inputs=images_of(), data_samples=det_samples())
    preprocessor(data)
    with pytest.raises(ValueError, match='init_cfg was never carried out'):
        preprocessor(data, training=True)
    preprocessor.init_weights()
    preprocessor(data, training=True)


def test_samples_are_as_many_as_images():
    with pytest.raises(ValueError, match='4 images came with 3 data_samples'):
        build()(dict(inputs=images_of(), data_samples=det_samples()[:3]))


@pytest.mark.parametrize('config', ['DownsizeNet', DownsizeNet(), None, dict(num_convs=2)])
def test_what_is_no_config_of_an_interpolator_says_how_one_looks(config):
    with pytest.raises(TypeError, match=r"configs/_base_/interpolators/: dict\(type='DownsizeNet'"):
        DownsizePreprocessor(config, DET, scale_factor=0.4)


@pytest.mark.parametrize('value', [float('nan'), float('inf'), -float('inf')])
def test_non_finite_pixels_name_the_image(value):
    images = [image.float() for image in images_of()]
    images[2][0, 3, 4] = value
    with pytest.raises(ValueError, match='image 2 of the batch.*NaN or'):
        build()(dict(inputs=images, data_samples=det_samples()))


@pytest.mark.parametrize('channels', [1, 4])
def test_grey_and_rgba_images_say_what_to_change(channels):
    image = torch.zeros(channels, 20, 20, dtype=torch.uint8)
    with pytest.raises(ValueError, match=f'the image has {channels}: load images with color_type'):
        build()(dict(inputs=[image]))


@pytest.mark.parametrize('channels', [1, 4])
def test_grey_and_rgba_files_are_loaded_as_colour(tmp_path, channels):
    """mmdet's convention: LoadImageFromFile makes three channels of whatever it finds."""
    import cv2
    from mmcv.transforms import LoadImageFromFile

    path = str(tmp_path / 'image.png')
    cv2.imwrite(path, np.random.RandomState(0).randint(0, 255, (20, 20, channels), np.uint8))
    image = LoadImageFromFile()(dict(img_path=path))['img']
    inputs = [torch.from_numpy(image).permute(2, 0, 1)]
    assert build()(dict(inputs=inputs))['inputs'].shape == (1, 3, 8, 8)


@pytest.mark.parametrize('size', [(1, 40), (40, 1), (1, 1), (3, 2)])
def test_thin_images_and_images_smaller_than_their_target(size):
    samples = det_samples([size])
    data = build(size=(16, 24))(dict(inputs=images_of([size]), data_samples=samples))
    assert data['inputs'].shape == (1, 3, 16, 24)
    assert data['data_samples'][0].scale_factor == (24 / size[1], 16 / size[0])


def test_unknown_interpolator_lists_the_known_ones():
    with pytest.raises(ValueError, match="'DownsizeNot'; known: .*DownsizeNet, FixedInterpolator"):
        build(interpolator=dict(type='DownsizeNot'))


def test_interpolator_in_the_registry_of_a_library_is_found_in_its_scope():
    @MODELS.register_module()
    class Own(FixedInterpolator):
        pass

    try:
        with DefaultScope.overwrite_default_scope('mmdet'):
            assert isinstance(build(interpolator=dict(type='Own')).interpolator, Own)
        assert isinstance(build(interpolator=dict(type='mmdet.Own')).interpolator, Own)
        with (
            DefaultScope.overwrite_default_scope('mmseg'),
            pytest.raises(ValueError, match="unknown interpolator 'Own'"),
        ):
            build(interpolator=dict(type='Own'))
    finally:
        MODELS.module_dict.pop('Own')


def test_module_that_is_no_interpolator_is_refused():
    with pytest.raises(TypeError, match='config of an Interpolator, got ImgDataPreprocessor'):
        build(interpolator=dict(type='ImgDataPreprocessor'))


def test_unknown_label_rule_is_refused():
    with pytest.raises(ValueError, match="'keep' or 'nearest', got 'bilinear'"):
        build(scale_factor=0.4, gt_sem_seg='bilinear')


def test_resolves_unprefixed_in_every_scope():
    from mmengine.registry import MODELS as ROOT_MODELS

    for scope in ('mmengine', 'mmdet', 'mmseg'):
        with DefaultScope.overwrite_default_scope(scope):
            assert ROOT_MODELS.get('DownsizePreprocessor') is DownsizePreprocessor
            from importlib import import_module

            registry = import_module(f'{scope}.registry').MODELS
            assert registry.get('DownsizePreprocessor') is DownsizePreprocessor
