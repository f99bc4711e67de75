from pathlib import Path

import pytest
import torch
from mmengine.hooks import Hook
from mmengine.registry import HOOKS, MODELS
from toy import run_processes, toy_config

from mmdownsize import DownsizeNet
from mmdownsize.checkpoint import load_from_local
from mmdownsize.config import build_runner

PREFIX = 'data_preprocessor.interpolator.'


@HOOKS.register_module()
class SpoilingHook(Hook):
    """Writes to what should be frozen."""

    def after_train_iter(self, runner, batch_idx, data_batch=None, outputs=None):
        next(runner.model.data_preprocessor.interpolator.parameters()).data.add_(1e-3)


@HOOKS.register_module()
class WatchingHook(Hook):
    """Looks at the interpolator in the middle of training."""

    priority = 'LOWEST'

    def before_train_iter(self, runner, batch_idx, data_batch=None):
        interpolator = runner.model.data_preprocessor.interpolator
        assert not interpolator.training
        assert not any(parameter.requires_grad for parameter in interpolator.parameters())


def pretrain(work_dir: Path, **changes) -> Path:
    build_runner(toy_config(work_dir, **changes)).train()
    return work_dir / 'epoch_2.pth'


def train_frozen(
    work_dir: Path,
    launcher: str = 'none',
    batch_size: int = 4,
    interpolator: dict | None = None,
    **hook,
) -> None:
    hooks = [dict(type='FreezeInterpolatorHook', **hook)]
    if launcher == 'none':
        hooks.append(dict(type='WatchingHook'))
    config = toy_config(
        work_dir, batch_size=batch_size, interpolator=interpolator, custom_hooks=hooks
    )
    config.randomness.seed = 1
    config.optim_wrapper.optimizer = dict(type='AdamW', lr=0.05, weight_decay=0.5)
    build_runner(config, launcher=launcher).train()


def assert_frozen(before: Path, after: Path) -> None:
    before, after = (load_from_local(path)['state_dict'] for path in (before, after))
    for name, weight in before.items():
        assert torch.equal(weight, after[name]) == name.startswith(PREFIX), name


def test_transferred_interpolator_is_bit_identical_after_training(tmp_path):
    """Invariant 6, on one process; all else has trained, in spite of weight decay."""
    source = pretrain(tmp_path / 'source')
    train_frozen(tmp_path / 'frozen', checkpoint=str(source))
    assert_frozen(source, tmp_path / 'frozen' / 'epoch_2.pth')


@pytest.mark.parametrize('kind', ['LearnedResizer', 'MULLER'])
def test_transferred_peer_is_bit_identical_after_training(tmp_path, kind):
    """Batch normalization keeps the statistics of the first training."""
    source = pretrain(tmp_path / 'source', interpolator=dict(type=kind))
    start = MODELS.build(dict(type=kind)).state_dict()
    trained = load_from_local(source)['state_dict']
    moved = {name for name in start if not torch.equal(start[name], trained[PREFIX + name])}
    assert moved == set(start) - {'function'}  # statistics and all
    train_frozen(tmp_path / 'frozen', interpolator=dict(type=kind), checkpoint=str(source))
    assert_frozen(source, tmp_path / 'frozen' / 'epoch_2.pth')


def test_transferred_interpolator_is_bit_identical_under_ddp(tmp_path):
    """Invariant 6, on two, with find_unused_parameters=False."""
    source = pretrain(tmp_path / 'source')
    run_processes(train_frozen_on_each, tmp_path / 'frozen', source)
    assert_frozen(source, tmp_path / 'frozen' / 'epoch_2.pth')


def train_frozen_on_each(work_dir: Path, source: Path) -> None:
    train_frozen(work_dir, 'pytorch', 2, checkpoint=str(source))


def test_compiled_step_is_compiled_anew_under_ddp(tmp_path):
    run_processes(count_compiled_steps, tmp_path, processes=1)


def count_compiled_steps(work_dir: Path) -> None:
    compiled = []

    def compile_(function):
        def step(*args, **kwargs):
            compiled.append(function)
            return function(*args, **kwargs)

        return step

    torch.compile = compile_  # of this process alone
    hooks = [dict(type='FreezeInterpolatorHook')]
    config = toy_config(work_dir, custom_hooks=hooks, compile=True)
    runner = build_runner(config, launcher='pytorch')
    runner.train()
    assert len(compiled) == runner.iter == 2


def test_without_checkpoint_the_interpolator_stays_as_it_was_built(tmp_path):
    config = toy_config(tmp_path, custom_hooks=[dict(type='FreezeInterpolatorHook')])
    runner = build_runner(config)
    before = {k: v.clone() for k, v in runner.model.state_dict().items() if PREFIX in k}
    runner.train()
    after = runner.model.state_dict()
    assert before and all(torch.equal(value, after[name]) for name, value in before.items())


def test_resumed_run_keeps_what_it_was_started_with(tmp_path):
    source = pretrain(tmp_path / 'source')
    train_frozen(tmp_path / 'frozen', checkpoint=str(source))
    torch.save(DownsizeNet(init='random').state_dict(), source)  # another one, under its name
    config = toy_config(
        tmp_path / 'frozen',
        epochs=3,
        resume=True,
        load_from=str(tmp_path / 'frozen' / 'epoch_2.pth'),
        custom_hooks=[dict(type='FreezeInterpolatorHook', checkpoint=str(source))],
    )
    config.optim_wrapper.optimizer = dict(type='AdamW', lr=0.05, weight_decay=0.5)
    build_runner(config).train()
    assert_frozen(tmp_path / 'frozen' / 'epoch_2.pth', tmp_path / 'frozen' / 'epoch_3.pth')


def test_checkpoint_of_the_bare_interpolator_loads_without_prefix(tmp_path):
    net = DownsizeNet(init='random')
    torch.save(net.state_dict(), tmp_path / 'net.pth')
    train_frozen(tmp_path / 'frozen', checkpoint=str(tmp_path / 'net.pth'), prefix='')
    weights = load_from_local(tmp_path / 'frozen' / 'epoch_2.pth')['state_dict']
    for name, weight in net.state_dict().items():
        assert torch.equal(weights[PREFIX + name], weight)


@pytest.mark.parametrize(
    ('options', 'message'),
    [
        (dict(num_convs=3), 'does not fit'),
        (dict(channels=8), 'does not fit'),
        (dict(taps=4), 'does not fit'),
        (dict(normalizer='softmax'), 'belong to .*softmax'),
        (dict(mean=0.0), 'belong to'),
    ],
)
def test_checkpoint_that_does_not_fit_is_refused(tmp_path, options, message):
    torch.save(DownsizeNet(**options).state_dict(), tmp_path / 'net.pth')
    with pytest.raises(ValueError, match=message):
        train_frozen(tmp_path / 'frozen', checkpoint=str(tmp_path / 'net.pth'), prefix='')


def test_checkpoint_without_an_interpolator_says_what_it_holds(tmp_path):
    torch.save({'backbone.weight': torch.zeros(1)}, tmp_path / 'other.pth')
    with pytest.raises(ValueError, match=r"holds no interpolator at .* begin with \['backbone'\]"):
        train_frozen(tmp_path / 'frozen', checkpoint=str(tmp_path / 'other.pth'))


def test_model_without_an_interpolator_is_refused(tmp_path):
    config = toy_config(tmp_path, custom_hooks=[dict(type='FreezeInterpolatorHook')])
    config.model.data_preprocessor = dict(type='ImgDataPreprocessor')
    with pytest.raises(TypeError, match='needs a model whose data_preprocessor is a Downsize'):
        build_runner(config).train()


def test_interpolator_that_changed_all_the_same_is_reported(tmp_path):
    hooks = [dict(type='FreezeInterpolatorHook'), dict(type='SpoilingHook')]
    with pytest.raises(RuntimeError, match='the frozen interpolator changed.*convs.0.weight'):
        build_runner(toy_config(tmp_path, custom_hooks=hooks)).train()


def test_interpolator_inside_another_preprocessor_is_frozen(tmp_path):
    source = pretrain(tmp_path / 'source')
    config = toy_config(tmp_path / 'held')
    config.custom_hooks = [dict(type='FreezeInterpolatorHook', checkpoint=str(source))]
    inner = config.model.data_preprocessor
    config.model.data_preprocessor = dict(type='HoldingPreprocessor', data_preprocessor=inner)
    build_runner(config).train()
    before, after = (
        load_from_local(path)['state_dict'] for path in (source, tmp_path / 'held/epoch_2.pth')
    )
    names = [name for name in before if name.startswith(PREFIX)]
    assert names
    for name in names:
        assert torch.equal(after[f'data_preprocessor.{name}'], before[name])
