import random

import numpy as np
import pytest
import torch
from mmengine.evaluator import BaseMetric
from mmengine.model import BaseTTAModel, is_model_wrapper
from mmengine.registry import DATASETS, METRICS, MODELS
from torch.utils.data import DataLoader, IterableDataset
from toy import ToyDataset, ToyModel, toy_config

from mmdownsize import InputSizeHook
from mmdownsize.checkpoint import load_from_local
from mmdownsize.config import build_runner


@DATASETS.register_module()
class NoisyDataset(ToyDataset):
    """Adds noise of each generator, as augmentation does, and notes what is read."""

    read: list = []

    def __getitem__(self, index):
        self.read.append(index)
        sample = super().__getitem__(index)
        noise = random.random() + np.random.rand() + torch.rand(3, 20, 24)
        return dict(sample, inputs=sample['inputs'] + 30 * noise)


@DATASETS.register_module()
class CutDataset(ToyDataset):
    """The first rows of each image, alone or as the second of two views."""

    def __init__(self, rows, views=False):
        super().__init__()
        self.rows, self.views = rows, views

    def __getitem__(self, index):
        sample = super().__getitem__(index)
        cut = sample['inputs'][:, : self.rows]
        if not self.views:
            return dict(sample, inputs=cut)
        return dict(inputs=[sample['inputs'], cut], data_samples=[sample['data_samples']] * 2)


@DATASETS.register_module()
class OddDataset(ToyDataset):
    """Its samples are what it is told."""

    def __init__(self, sample):
        super().__init__()
        self.sample = sample

    def __getitem__(self, index):
        return self.sample


@DATASETS.register_module()
class BranchesDataset(ToyDataset):
    """Its samples have an image for each branch of semi-supervised training."""

    def __getitem__(self, index):
        return dict(inputs=dict(sup=torch.zeros(3, 64, 64), unsup_student=torch.zeros(3, 18, 64)))


@DATASETS.register_module()
class StreamDataset(IterableDataset):
    def __iter__(self):
        return iter([ToyDataset()[0]])


@MODELS.register_module()
class ToyTTAModel(BaseTTAModel):
    def merge_preds(self, data_samples_list):
        return [torch.stack([view.mean() for view in views]) for views in data_samples_list]


@METRICS.register_module()
class NoMetric(BaseMetric):
    def process(self, data_batch, data_samples):
        self.results.append(len(data_samples))

    def compute_metrics(self, results):
        return dict(count=len(results))


def config(work_dir, hook=True, *, dataset='ToyDataset', **preprocessor):
    """Images of 20x24, a network that pads to multiples of 8, and every phase."""
    config = toy_config(work_dir)
    if hook is not None:
        hook = dict() if hook is True else hook
        config.default_hooks.input_size = dict(type='InputSizeHook', **hook)
    config.model.data_preprocessor.preprocessor.pad_size_divisor = 8
    config.model.data_preprocessor.update(preprocessor)
    config.train_dataloader.dataset = (
        dict(type=dataset) if isinstance(dataset, str) else dict(dataset)
    )
    for phase in ('val', 'test'):
        config[f'{phase}_dataloader'] = dict(config.train_dataloader)
        config[f'{phase}_cfg'] = dict()
        config[f'{phase}_evaluator'] = dict(type='NoMetric')
    return config


@pytest.fixture
def forwards(monkeypatch):
    """The modes in which the model was run."""
    modes = []
    forward = ToyModel.forward

    def noting(self, inputs, data_samples=None, mode='tensor'):
        modes.append(mode)
        return forward(self, inputs, data_samples, mode)

    monkeypatch.setattr(ToyModel, 'forward', noting)
    return modes


def refusal(config, phase='train'):
    with pytest.raises(ValueError) as error:
        getattr(build_runner(config), phase)()
    message = str(error.value)
    assert '\n' not in message
    return message


def test_too_small_images_stop_the_training_before_its_first_iteration(tmp_path, forwards):
    runner = build_runner(config(tmp_path, scale_factor=0.3))
    before = {name: value.clone() for name, value in runner.model.conv.state_dict().items()}
    with pytest.raises(ValueError) as error:
        runner.train()
    assert str(error.value) == (
        'the first image of train_dataloader is 20x24 pixels (height x width), downsized to 6x7, '
        'but the network divides its input by 8: set scale_factor to at least 0.38 (it '
        'is 0.3) in the DownsizePreprocessor, or give InputSizeHook the divisor of the network if '
        'it is another'
    )
    assert forwards == [] and runner.iter == 0
    after = runner.model.conv.state_dict()
    assert all(torch.equal(value, after[name]) for name, value in before.items())


@pytest.mark.parametrize(
    ('rule', 'advised', 'less'),
    [
        (dict(scale_factor=0.02), 0.38, 0.37),
        (dict(size=(5, 30)), (8, 30), (7, 30)),
        (dict(size=(1, 2)), (8, 8), (8, 7)),
        (dict(size=(7, 7), keep_ratio=True), (9, 9), (8, 8)),
        (dict(size=(9, 5), keep_ratio=True), (15, 8), (13, 7)),
    ],
)
def test_value_that_is_advised_is_the_least_that_passes(tmp_path, rule, advised, less):
    (option, value), *others = rule.items()

    def settings(value):
        return config(tmp_path, **dict(scale_factor=None) | {option: value} | dict(others))

    expected = f'set {option} to at least {advised} (it is {value})'
    assert expected in refusal(settings(value))
    assert expected.replace(f'{value}', f'{less}') in refusal(settings(less))
    build_runner(settings(advised)).train()


def test_preprocessor_inside_another_is_found(tmp_path):
    settings = config(tmp_path, scale_factor=0.3)
    inner = settings.model.data_preprocessor
    settings.model.data_preprocessor = dict(type='HoldingPreprocessor', data_preprocessor=inner)
    assert 'downsized to 6x7, but the network divides its input by 8' in refusal(settings)


def test_branches_of_a_sample_are_looked_at(tmp_path):
    dataset = dict(type='BranchesDataset')
    message = refusal(config(tmp_path, dataset=dataset, scale_factor=0.3))
    assert 'is 18x64 pixels (height x width), downsized to 5x19' in message


@pytest.mark.parametrize('phase', ['val', 'test'])
def test_too_small_images_stop_validation_and_test(tmp_path, phase, forwards):
    message = refusal(config(tmp_path, scale_factor=0.3), phase)
    assert message.startswith(f'the first image of {phase}_dataloader is 20x24 pixels')
    assert forwards == []
    getattr(build_runner(config(tmp_path)), phase)()
    assert set(forwards) == {'predict'}


def test_validation_is_checked_before_the_training_that_comes_to_it(tmp_path, forwards):
    settings = config(tmp_path)
    settings.val_dataloader.dataset = dict(type='CutDataset', rows=12)
    message = refusal(settings)
    assert message.startswith('the first image of val_dataloader is 12x24 pixels')
    assert forwards == []


def test_each_phase_is_looked_at_once(tmp_path):
    NoisyDataset.read = []
    runner = build_runner(config(tmp_path, dataset='NoisyDataset'))
    runner.train()
    assert NoisyDataset.read[:2] == [0, 0]  # of training and validation
    assert NoisyDataset.read[2:] == [0, 1, 2, 3] * 4  # two epochs, each with its validation
    runner.val()
    assert len(NoisyDataset.read) == 2 + 5 * 4


def test_training_is_bit_identical_with_and_without_the_hook(tmp_path):
    """Though its data are augmented by random numbers of the process that the hook runs in."""
    weights, gradients = [], []
    for name, hook in (('with', True), ('without', None)):
        runner = build_runner(config(tmp_path / name, hook, dataset='NoisyDataset'))
        runner.train()
        weights.append(load_from_local(tmp_path / name / 'epoch_2.pth')['state_dict'])
        gradients.append([g for step in runner.optim_wrapper.gradients for g in step])
    assert all(torch.equal(value, weights[1][name]) for name, value in weights[0].items())
    assert len(gradients[0]) == len(gradients[1]) > 0
    assert all(torch.equal(one, other) for one, other in zip(*gradients, strict=True))


def test_generators_are_where_they_were(tmp_path):
    def states():
        return random.getstate(), np.random.get_state()[1].tolist(), torch.get_rng_state().tolist()

    NoisyDataset.read = []
    runner = build_runner(config(tmp_path, dataset='NoisyDataset', scale_factor=0.3))
    assert runner.train_loop is not None  # which the first access builds
    before = states()
    with pytest.raises(ValueError, match='20x24'):
        runner.call_hook('before_train')
    assert NoisyDataset.read == [0] and states() == before


@pytest.mark.parametrize(('rows', 'fits'), [(16, True), (14, False)])
def test_each_view_of_test_time_augmentation_is_checked(tmp_path, rows, fits, forwards):
    settings = config(tmp_path, dataset=dict(type='CutDataset', rows=rows, views=True))
    settings.model = dict(type='ToyTTAModel', module=settings.model)
    if fits:
        assert build_runner(settings).test() == dict(count=1)
        assert forwards == ['predict'] * 2
    else:
        message = refusal(settings, 'test')
        assert 'is 14x24 pixels (height x width), downsized to 7x12,' in message
        assert forwards == []


@pytest.mark.parametrize(('divisor', 'fits'), [(4, True), (10, True), (11, False), (1, True)])
def test_explicit_divisor_takes_the_place_of_the_padding(tmp_path, divisor, fits):
    settings = config(tmp_path, dict(divisor=divisor), scale_factor=0.5)
    settings.model.data_preprocessor.preprocessor.pad_size_divisor = 16
    if fits:
        build_runner(settings).train()
    else:
        assert 'downsized to 10x12, but the network divides its input by 11' in refusal(settings)


@pytest.mark.parametrize('preprocessor', [dict(), dict(pad_size_divisor=1)])
def test_without_any_divisor_nothing_is_read(tmp_path, preprocessor):
    NoisyDataset.read = []
    settings = config(tmp_path, dataset='NoisyDataset', scale_factor=0.2)
    settings.model.data_preprocessor.preprocessor = dict(type='ImgDataPreprocessor', **preprocessor)
    runner = build_runner(settings)
    runner.call_hook('before_train')
    assert NoisyDataset.read == []


def test_divisor_of_the_segmentation_preprocessor_counts(tmp_path):
    import mmseg.models  # noqa: F401

    settings = config(tmp_path)
    for divisor in (None, 10, 11):
        wrapped = dict(type='mmseg.SegDataPreProcessor', size_divisor=divisor)
        settings.model.data_preprocessor.preprocessor = wrapped
        runner = build_runner(settings)
        if divisor != 11:
            runner.call_hook('before_train')
            continue
        with pytest.raises(ValueError, match='divides its input by 11'):
            runner.call_hook('before_train')


@pytest.mark.parametrize(('divisor', 'fits'), [(16, True), (32, False)])
def test_preprocessor_that_does_not_downsize_is_told_to_resize_in_its_pipeline(
    tmp_path, divisor, fits
):
    settings = config(tmp_path)
    settings.model.data_preprocessor = dict(type='ImgDataPreprocessor', pad_size_divisor=divisor)
    if fits:
        build_runner(settings).train()
        return
    message = refusal(settings)
    assert 'is 20x24 pixels (height x width), but the network divides its input by 32' in message
    assert 'let the pipeline of train_dataloader resize to at least 32' in message


@pytest.fixture
def process_group(monkeypatch):
    """A group of this process alone."""
    monkeypatch.setenv('LOCAL_RANK', '0')
    torch.distributed.init_process_group(
        'gloo', store=torch.distributed.HashStore(), rank=0, world_size=1
    )
    yield
    torch.distributed.destroy_process_group()


@pytest.mark.parametrize(('scale', 'fits'), [(0.5, True), (0.3, False)])
def test_model_wrapped_for_distributed_training_is_looked_into(
    tmp_path, process_group, scale, fits
):
    settings = config(tmp_path, scale_factor=scale)
    settings.model_wrapper_cfg = dict(type='MMDistributedDataParallel', device_ids=None)
    runner = build_runner(settings, launcher='pytorch')
    assert is_model_wrapper(runner.model)
    if fits:
        runner.train()
    else:
        with pytest.raises(ValueError, match='downsized to 6x7'):
            runner.train()


@pytest.mark.parametrize(
    'sample',
    [
        None,
        'text',
        dict(),
        dict(inputs=None),
        dict(inputs=dict(view=None)),
        dict(inputs=[None, 'text']),
        dict(inputs=torch.zeros(2)),
    ],
)
def test_samples_that_hold_no_image_are_let_through(tmp_path, sample):
    settings = config(tmp_path, dataset=dict(type='OddDataset', sample=sample))
    build_runner(settings).call_hook('before_train')


def test_data_without_a_first_sample_are_let_through(tmp_path):
    runner = build_runner(config(tmp_path, scale_factor=0.1))
    runner.train_loop.dataloader = DataLoader(StreamDataset())
    runner.val_loop.dataloader = [DataLoader(ToyDataset())]  # as loops of several sets have
    runner.test_loop.dataloader.dataset.length = 0
    runner.call_hook('before_train')
    runner.call_hook('before_test')


def test_runner_that_only_validates_needs_no_training_data(tmp_path):
    settings = config(tmp_path, scale_factor=0.3)
    settings.update(train_dataloader=None, train_cfg=None, optim_wrapper=None)
    assert 'val_dataloader' in refusal(settings, 'val')
    settings.model.data_preprocessor.scale_factor = 0.5
    build_runner(settings).val()


@pytest.mark.parametrize(
    ('divisor', 'kind'), [(0, ValueError), (-8, ValueError), (8.0, TypeError), (True, TypeError)]
)
def test_wrong_divisor_is_named(divisor, kind):
    with pytest.raises(kind, match=f'divisor is .*, got {divisor}'):
        InputSizeHook(divisor)
