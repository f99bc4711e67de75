"""``mmdownsize://NAME`` by every route that loads a checkpoint."""

import json
import re
import subprocess
import sys

import pytest
import torch
from exported import OPTIONS, RESULT, trained, use_folder, weights_of
from mmengine.registry import MODELS
from mmengine.runner import CheckpointLoader
from mmengine.runner.checkpoint import load_checkpoint
from toy import toy_config

from mmdownsize import DownsizeNet
from mmdownsize.config import build_runner
from mmdownsize.interpolators.base import MODEL_PREFIX
from mmdownsize.weights import available_weights, build_pretrained, describe_weights, load_weights
from mmdownsize.weights.export import export_interpolator

NAMED = 'mmdownsize://toy-net'
PRETRAINED = dict(type='Pretrained', checkpoint=NAMED, prefix=MODEL_PREFIX)


@pytest.fixture
def source(tmp_path, monkeypatch):
    """The checkpoint of a training whose interpolator was exported as toy-net."""
    folder = use_folder(monkeypatch, tmp_path / 'weights')
    checkpoint, config = trained(tmp_path / 'source')
    export_interpolator(checkpoint, 'toy-net', config=config, result=RESULT, folder=folder)
    return checkpoint


def outputs(net):
    image = 255 * torch.rand(2, 3, 31, 46, generator=torch.Generator().manual_seed(1))
    return net.eval()(image, (9, 17))


def expected(source):
    net = DownsizeNet(**{key: value for key, value in OPTIONS.items() if key != 'type'})
    assert net.load_state_dict(weights_of(source))
    return outputs(net)


def fresh(options=None, **changes):
    """A config of the same model, to start from other weights than the training did."""
    changes['randomness'] = dict(seed=5)
    return toy_config(interpolator=OPTIONS | (options or {}), **changes)


def test_init_cfg_gives_the_outputs_of_the_training(source, tmp_path):
    runner = build_runner(fresh(work_dir=tmp_path, options=dict(init_cfg=PRETRAINED)))
    net = runner.model.data_preprocessor.interpolator
    assert not torch.equal(outputs(net), expected(source))
    runner.model.init_weights()
    assert torch.equal(outputs(net), expected(source))


def test_freeze_hook_takes_the_name_with_its_usual_prefix(source, tmp_path):
    hook = dict(type='FreezeInterpolatorHook', checkpoint=NAMED)
    runner = build_runner(fresh(work_dir=tmp_path / 'frozen', custom_hooks=[hook]))
    runner.train()
    assert runner.iter == 2
    net = runner.model.data_preprocessor.interpolator
    assert torch.equal(outputs(net), expected(source))
    saved = weights_of(tmp_path / 'frozen' / 'epoch_2.pth')
    assert all(torch.equal(value, saved[key]) for key, value in weights_of(source).items())


def test_load_from_fills_the_interpolator_and_nothing_else(source, tmp_path):
    config = fresh(work_dir=tmp_path, load_from=NAMED)
    runner = build_runner(config)
    head = runner.model.conv.weight.clone()
    runner.load_or_resume()
    assert torch.equal(outputs(runner.model.data_preprocessor.interpolator), expected(source))
    assert torch.equal(runner.model.conv.weight, head)


def test_build_pretrained_knows_the_options(source):
    net = build_pretrained('toy-net')
    assert not net.training
    assert torch.equal(outputs(net), expected(source))


NO_PREFIX = f"weights of a whole model.*name prefix='{MODEL_PREFIX}'"


def test_init_cfg_without_its_prefix_is_refused(source):
    """Else mmengine would load nothing, and merely log it."""
    net = MODELS.build(dict(OPTIONS, init_cfg=dict(type='Pretrained', checkpoint=NAMED)))
    with pytest.raises(RuntimeError, match=NO_PREFIX):
        net.init_weights()


def test_freeze_hook_with_an_empty_prefix_is_refused(source, tmp_path):
    hook = dict(type='FreezeInterpolatorHook', checkpoint=NAMED, prefix='')
    with pytest.raises(ValueError, match=NO_PREFIX):
        build_runner(fresh(work_dir=tmp_path, custom_hooks=[hook])).train()


def test_other_options_are_refused(source, tmp_path):
    options = dict(normalizer='softmax', init_cfg=PRETRAINED)
    with pytest.raises(RuntimeError, match='belong to .*sigmoid.*built with .*softmax'):
        build_runner(fresh(work_dir=tmp_path, options=options)).train()


def test_map_location_is_respected(source):
    loaded = CheckpointLoader.load_checkpoint(NAMED, map_location='meta')
    assert {value.device.type for value in loaded['state_dict'].values()} == {'meta'}
    loaded = CheckpointLoader.load_checkpoint(NAMED, map_location='cpu')
    assert {value.device.type for value in loaded['state_dict'].values()} == {'cpu'}


def test_names_and_descriptions(source, tmp_path):
    assert available_weights() == ['toy-net']
    assert describe_weights('toy-net')['score'] == 48.6
    (tmp_path / 'weights' / 'half.json').write_text('{}')
    (tmp_path / 'weights' / 'other.pth').touch()
    assert available_weights() == ['toy-net']


@pytest.mark.parametrize('name', ['toy', '', '../weights/toy-net', 'toy-net.pth'])
def test_unknown_name_lists_the_known_ones(source, name):
    message = re.escape(f'{name!r} is none of the trained') + '.*which are: toy-net$'
    for load in (load_weights, describe_weights, build_pretrained):
        with pytest.raises(ValueError, match=message):
            load(name)
    with pytest.raises(ValueError, match=message):
        load_checkpoint(DownsizeNet(), f'mmdownsize://{name}')


def test_without_any_an_unknown_name_says_so(tmp_path, monkeypatch):
    use_folder(monkeypatch, tmp_path / 'empty')
    with pytest.raises(ValueError, match='which are: none yet'):
        load_weights('toy-net')


def test_file_that_is_not_the_described_one_is_refused(source, tmp_path):
    weights = load_weights('toy-net')
    weights['convs.0.bias'] += 1
    torch.save(weights, tmp_path / 'weights' / 'toy-net.pth')
    with pytest.raises(ValueError, match='toy-net.pth was not loaded: its sha256 is'):
        CheckpointLoader.load_checkpoint(NAMED)
    path = tmp_path / 'weights' / 'toy-net.json'
    path.write_text(json.dumps({'interpolator': OPTIONS}))
    with pytest.raises(ValueError, match='toy-net.json expects None'):
        CheckpointLoader.load_checkpoint(NAMED)


def test_import_makes_the_scheme_known_without_mmdet_and_mmseg():
    code = (
        'import sys, mmdownsize; from mmengine.runner import CheckpointLoader\n'
        "assert not {'mmdet', 'mmseg', 'mmcv'} & set(sys.modules)\n"
        "print(CheckpointLoader._get_checkpoint_loader('mmdownsize://a').__name__)"
    )
    done = subprocess.run([sys.executable, '-c', code], text=True, capture_output=True)
    assert done.stdout.strip() == 'load_from_mmdownsize', done.stderr


def test_shipped_weights_are_described_and_have_learned():
    """Of those in the package itself."""
    for name in available_weights():
        described = describe_weights(name)
        assert described['commands'] and described['score'] is not None, name
        texts = [described['config'], described['data'], *described['commands']]
        assert not any(re.search(r'(^|[\s=])[/~]', text) for text in texts), name
        net, start = build_pretrained(name), MODELS.build(described['interpolator'])
        image = 255 * torch.rand(1, 3, 40, 50)
        image[..., 25:] *= 0.2  # one of them averages what is strong, as it did at its start
        small = net(image, (12, 15))
        assert image.min() <= small.min() <= small.max() <= image.max(), name
        assert (small - start.eval()(image, (12, 15))).abs().max() > 1e-2, name
