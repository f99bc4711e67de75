import numpy as np
import pytest
import torch
from mmengine.config import Config
from mmengine.evaluator import BaseMetric
from mmengine.model import is_model_wrapper
from mmengine.registry import DATASETS, METRICS
from mmengine.structures import PixelData
from mmseg.models import EncoderDecoder
from mmseg.structures import SegDataSample
from mmseg.utils import register_all_modules
from torch.utils.data import Dataset

import mmdownsize  # noqa: F401
from mmdownsize.config import build_runner

SIZE = (60, 80)  # of the images; halved they are 30x40


@DATASETS.register_module()
class StripesDataset(Dataset):
    """Noise with two classes, one sample with views of their own heights if these are given."""

    def __init__(self, heights=None):
        super().__init__()
        self.heights = heights

    def __len__(self):
        return 2

    def __getitem__(self, index):
        views = [self.sample(height) for height in self.heights or [SIZE[0]]]
        images, samples = map(list, zip(*views, strict=True))
        if self.heights is None:
            return dict(inputs=images[0], data_samples=samples[0])
        return dict(inputs=images, data_samples=samples)

    @staticmethod
    def sample(height):
        size = (height, SIZE[1])
        image = torch.randint(256, (3, *size), dtype=torch.uint8)
        labels = torch.as_tensor(np.indices(size)[:1] % 2)
        meta = dict(img_shape=size, ori_shape=SIZE, pad_shape=size, img_path='', flip=False)
        sample = SegDataSample(metainfo=meta, gt_sem_seg=PixelData(data=labels))
        return image, sample


@METRICS.register_module()
class CountMetric(BaseMetric):
    def process(self, data_batch, data_samples):
        self.results.append(len(data_samples))

    def compute_metrics(self, results):
        return dict(count=sum(results))


def config(work_dir, *, scale_factor=0.5, wrapped=None, heights=None, **test_cfg):
    """A small FCN behind the downsizer, with every phase."""
    loader = dict(
        batch_size=2,
        num_workers=0,
        sampler=dict(type='DefaultSampler', shuffle=False),
        dataset=dict(type='StripesDataset', heights=heights, _scope_='mmengine'),
    )
    phases = {f'{phase}_dataloader': loader for phase in ('train', 'val', 'test')}
    phases |= {f'{phase}_cfg': dict() for phase in ('val', 'test')}
    evaluator = dict(type='CountMetric', _scope_='mmengine')
    phases |= {f'{phase}_evaluator': evaluator for phase in ('val', 'test')}
    model = dict(
        type='EncoderDecoder',
        data_preprocessor=dict(
            type='DownsizePreprocessor',
            interpolator=dict(type='FixedInterpolator', mode='bilinear'),
            scale_factor=scale_factor,
            preprocessor=dict(type='SegDataPreProcessor', size_divisor=1, **(wrapped or {})),
        ),
        backbone=dict(
            type='ResNet',
            depth=18,
            num_stages=3,
            strides=(1, 2, 2),
            dilations=(1, 1, 1),
            base_channels=8,
            out_indices=(0, 1, 2),
        ),
        decode_head=dict(
            type='FCNHead',
            in_channels=32,
            in_index=2,
            channels=8,
            num_convs=1,
            num_classes=3,
        ),
        train_cfg=dict(),
        test_cfg=dict(mode='slide', crop_size=(24, 24), stride=(12, 12)) | test_cfg,
    )
    return Config(
        dict(
            work_dir=str(work_dir),
            experiment_name='slide',
            default_scope='mmseg',
            model=model,
            train_cfg=dict(by_epoch=True, max_epochs=2),
            optim_wrapper=dict(optimizer=dict(type='SGD', lr=0.01)),
            default_hooks=dict(slide_crop=dict(type='SlideCropHook')),
            randomness=dict(seed=0),
            log_level='WARNING',
            **phases,
        )
    )


@pytest.fixture(autouse=True)
def mmseg_scope():
    register_all_modules(init_default_scope=True)


@pytest.fixture
def windows(monkeypatch):
    """Sizes of the windows that the network was run on in testing."""
    sizes = []
    encode_decode = EncoderDecoder.encode_decode

    def noting(self, inputs, batch_img_metas):
        sizes.append(tuple(inputs.shape[-2:]))
        return encode_decode(self, inputs, batch_img_metas)

    monkeypatch.setattr(EncoderDecoder, 'encode_decode', noting)
    return sizes


def refusal(config, phase, kind=ValueError):
    with pytest.raises(kind) as error:
        getattr(build_runner(config), phase)()
    assert '\n' not in str(error.value)
    return str(error.value)


@pytest.mark.parametrize('phase', ['train', 'val', 'test'])
def test_too_large_windows_stop_every_phase_before_it_begins(tmp_path, windows, phase):
    """Of a training that comes to a validation, before its first iteration."""
    message = refusal(config(tmp_path, crop_size=(32, 32)), phase)
    assert message == (
        'model.test_cfg.crop_size should fit into the image, but is (32, 32), and the first image '
        f'of {"val" if phase == "train" else phase}_dataloader is 60x80 pixels (height x width), '
        'downsized to 30x40; crop_size and stride count pixels of the downsized image: set '
        'crop_size to at most (30, 40) and stride to at most that crop_size, or mode to "whole"'
    )
    assert windows == []


def test_upstream_takes_the_whole_image_for_such_a_window(tmp_path, windows):
    settings = config(tmp_path, crop_size=(32, 64))
    settings.default_hooks = dict()
    build_runner(settings).test()
    assert windows == [(30, 40)]


@pytest.mark.parametrize(
    ('crop', 'fits'), [((30, 40), True), ((1, 40), True), ((31, 40), False), ((30, 41), False)]
)
def test_window_may_be_as_large_as_the_image_and_no_larger(tmp_path, crop, fits):
    runner = build_runner(config(tmp_path, crop_size=crop, stride=(1, 1)))
    if fits:
        runner.call_hook('before_test')
        return
    with pytest.raises(ValueError, match='should fit into the image, but is'):
        runner.call_hook('before_test')


def test_size_that_is_advised_passes(tmp_path, windows):
    settings = config(tmp_path, scale_factor=0.35, crop_size=(24, 24))
    assert 'set crop_size to at most (21, 28)' in refusal(settings, 'test')
    settings.model.test_cfg.crop_size = (21, 24)
    assert build_runner(settings).test() == dict(count=2)
    assert set(windows) == {(21, 24)}


def test_all_phases_run_with_windows_that_fit(tmp_path, windows):
    runner = build_runner(config(tmp_path))
    runner.train()
    runner.test()
    assert set(windows) == {(24, 24)} and len(windows) > 3


def test_whole_inference_needs_no_window(tmp_path, windows):
    settings = config(tmp_path, mode='whole', crop_size=(500, 500))
    build_runner(settings).test()
    assert windows == [(30, 40)]


@pytest.mark.parametrize(
    ('padding', 'crop', 'fits'),
    [
        (dict(size=(48, 48)), (48, 48), True),
        (dict(size=(48, 32)), (48, 40), True),
        (dict(size=(48, 48)), (49, 48), False),
        (dict(size_divisor=32), (32, 64), True),
        (dict(size_divisor=32), (33, 64), False),
    ],
)
def test_padding_in_testing_counts(tmp_path, windows, padding, crop, fits):
    settings = config(tmp_path, wrapped=dict(test_cfg=padding), crop_size=crop)
    if fits:
        build_runner(settings).test()
        assert set(windows) == {crop}
    else:
        padded = '48x48' if 'size' in padding else '32x64'
        message = refusal(settings, 'test')
        assert f'downsized to 30x40, padded to {padded}; crop_size' in message


def test_preprocessor_that_does_not_downsize_is_checked_too(tmp_path):
    settings = config(tmp_path, crop_size=(61, 80))
    settings.model.data_preprocessor = dict(type='SegDataPreProcessor')
    assert 'is 60x80 pixels (height x width); crop_size' in refusal(settings, 'test')


@pytest.mark.parametrize(('heights', 'fits'), [((60, 48), True), ((60, 46), False)])
def test_each_view_of_test_time_augmentation_is_checked(tmp_path, windows, heights, fits):
    settings = config(tmp_path, heights=heights)
    settings.model = dict(type='SegTTAModel', module=settings.model)
    if fits:
        assert build_runner(settings).test() == dict(count=2)
        assert set(windows) == {(24, 24)}
    else:
        assert 'is 46x80 pixels (height x width), downsized to 23x40' in refusal(settings, 'test')
        assert windows == []


def test_each_phase_is_looked_at_once(tmp_path, monkeypatch):
    read = []
    sample = StripesDataset.__getitem__
    monkeypatch.setattr(
        StripesDataset, '__getitem__', lambda self, k: read.append(k) or sample(self, k)
    )
    runner = build_runner(config(tmp_path))
    runner.train()
    assert read == [0] + [0, 1] * 4  # two epochs, each with its validation
    runner.val()
    assert len(read) == 11


def test_random_numbers_stay_as_they_were(tmp_path):
    runner = build_runner(config(tmp_path))
    before = torch.get_rng_state()
    runner.call_hook('before_test')
    assert torch.equal(torch.get_rng_state(), before)


@pytest.fixture
def process_group(monkeypatch):
    """A group of this process alone."""
    monkeypatch.setenv('LOCAL_RANK', '0')
    store = torch.distributed.HashStore()
    torch.distributed.init_process_group('gloo', store=store, rank=0, world_size=1)
    yield
    torch.distributed.destroy_process_group()


def test_model_wrapped_for_distributed_training_is_looked_into(tmp_path, process_group):
    settings = config(tmp_path, crop_size=(31, 31))
    settings.model_wrapper_cfg = dict(type='MMDistributedDataParallel', device_ids=None)
    settings.env_cfg = dict(dist_cfg=dict(backend='gloo'))
    runner = build_runner(settings, launcher='pytorch')
    assert is_model_wrapper(runner.model)
    with pytest.raises(ValueError, match='downsized to 30x40'):
        runner.val()


@pytest.mark.parametrize(
    ('test_cfg', 'kind', 'text'),
    [
        (dict(crop_size=None), TypeError, 'test_cfg.crop_size should be (height, width)'),
        (dict(crop_size=24), TypeError, 'but got 24; write crop_size=(height, width)'),
        (dict(stride=(4.5, 4)), TypeError, 'test_cfg.stride should be (height, width)'),
        (dict(stride=(0, 4)), ValueError, 'test_cfg.stride should be at least 1 pixel'),
        (dict(stride=(25, 24)), ValueError, 'stride should be at most crop_size=(24, 24)'),
    ],
)
def test_wrong_windows_are_named(tmp_path, test_cfg, kind, text):
    assert text in refusal(config(tmp_path, **test_cfg), 'test', kind)


def test_models_and_data_of_other_kinds_are_let_through(tmp_path):
    settings = config(tmp_path, crop_size=(99, 99))
    settings.model.test_cfg = None
    runner = build_runner(settings)
    for phase in ('train', 'val', 'test'):
        runner.call_hook(f'before_{phase}')
    runner = build_runner(config(tmp_path, crop_size=(99, 99)))
    runner.test_loop.dataloader = None
    runner.call_hook('before_test')
