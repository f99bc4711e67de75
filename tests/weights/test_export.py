import hashlib

import pytest
import torch
from exported import OPTIONS, RESULT, trained, use_folder, weights_of
from mmengine.config import Config
from mmengine.fileio import LocalBackend
from toy import toy_config

from mmdownsize import DownsizeNet
from mmdownsize.checkpoint import load_from_local
from mmdownsize.interpolators.base import MODEL_PREFIX
from mmdownsize.weights import available_weights, describe_weights
from mmdownsize.weights.export import export_interpolator

pytestmark = pytest.mark.usefixtures('root')


@pytest.fixture(scope='module')
def training(tmp_path_factory):
    return trained(tmp_path_factory.mktemp('source'))


@pytest.fixture
def folder(tmp_path, monkeypatch):
    return use_folder(monkeypatch, tmp_path / 'weights')


def config_of(tmp_path, **options):
    return toy_config(tmp_path, interpolator=OPTIONS | options)


def save(path, net, **meta):
    weights = {f'{MODEL_PREFIX}.{key}': value for key, value in net.state_dict().items()}
    torch.save(dict(meta=meta, state_dict=weights), path)
    return path


def test_exported_file_is_the_interpolator_of_the_training_alone(training, folder):
    checkpoint, config = training
    path = export_interpolator(checkpoint, 'toy', config=config, folder=folder)
    assert path == folder / 'toy.pth' and path.stat().st_size < 20_000
    ours, theirs = load_from_local(path), weights_of(checkpoint)
    assert type(ours) is dict and 'function' in ours
    assert ours.keys() == theirs.keys()
    assert all(torch.equal(ours[key], theirs[key]) for key in ours)
    assert ours['convs.0.weight'].dtype == torch.float32


def test_description_holds_the_result(training, folder):
    checkpoint, config = training
    path = export_interpolator(checkpoint, 'toy', config=config, result=RESULT, folder=folder)
    assert describe_weights('toy') == dict(
        interpolator=OPTIONS,
        config='configs/mini/toy.py',
        commands=RESULT['commands'],
        data='ToyDataset',
        seed=0,
        metric='mIoU',
        score=48.6,
        date='2025-01-02',
        commit='abc',
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
    )


def test_result_of_another_config_is_refused(training, folder, tmp_path):
    checkpoint, config = training
    config.dump(tmp_path / 'other.py')
    other = Config.fromfile(tmp_path / 'other.py')
    with pytest.raises(ValueError, match='the config of the result is toy, that of .* other: name'):
        export_interpolator(checkpoint, 'toy', config=other, result=RESULT)
    assert not list(folder.iterdir())


def test_without_a_result_the_checkpoint_tells_what_it_can(training, folder):
    checkpoint, config = training
    config = config.copy()
    config.train_dataloader.dataset = dict(
        type='RepeatDataset', times=2, dataset=dict(type='ToyDataset', data_root='data/toy/')
    )
    export_interpolator(checkpoint, 'toy', config=config)  # into the package's folder
    described = describe_weights('toy')
    assert described['data'] == 'ToyDataset at data/toy/'
    assert described['seed'] == 0 and described['commands'] == []
    assert described['date'] == load_from_local(checkpoint)['meta']['time']
    assert described['score'] is described['metric'] is None and 'commit' not in described


def test_weights_that_it_started_from_are_not_described(training, folder):
    checkpoint, config = training
    config = config.copy()
    config.model.data_preprocessor.interpolator.init_cfg = dict(type='Pretrained', checkpoint='a')
    export_interpolator(checkpoint, 'toy', config=config)
    assert describe_weights('toy')['interpolator'] == OPTIONS


@pytest.mark.parametrize(
    'options', [dict(taps=2), dict(taps='support'), dict(sharpness=0.5), dict(type='MULLER')]
)
def test_config_of_another_interpolator_is_refused(training, folder, tmp_path, options):
    """The checkpoint tells what it was trained with; some of it shows in no weight."""
    config = config_of(tmp_path, **options)
    with pytest.raises(ValueError, match="trained as {.*'taps': 4.*that of the config is"):
        export_interpolator(training[0], 'toy', config=config)
    assert not list(folder.iterdir())


@pytest.mark.parametrize(
    'options', [dict(taps=2), dict(num_convs=3), dict(normalizer='softmax'), dict(mean=0.0)]
)
def test_weights_that_do_not_fit_are_refused(folder, tmp_path, options):
    """Of a checkpoint that does not tell what it was trained with."""
    net = DownsizeNet(**{k: v for k, v in OPTIONS.items() if k != 'type'})
    checkpoint = save(tmp_path / 'net.pth', net)
    with pytest.raises(ValueError, match='net.pth is not that of the config'):
        export_interpolator(checkpoint, 'toy', config=config_of(tmp_path, **options))
    assert not list(folder.iterdir())
    export_interpolator(checkpoint, 'toy', config=config_of(tmp_path))
    assert available_weights() == ['toy']


def test_weights_that_do_not_say_what_they_mean_are_refused(folder, tmp_path):
    net = DownsizeNet()
    weights = {f'{MODEL_PREFIX}.{key}': value for key, value in net.state_dict().items()}
    del weights[f'{MODEL_PREFIX}.function']
    torch.save(weights, tmp_path / 'old.pth')
    config = toy_config(tmp_path, interpolator=dict(type='DownsizeNet'))
    with pytest.raises(ValueError, match='lacks function'):
        export_interpolator(tmp_path / 'old.pth', 'toy', config=config)


def test_diverged_weights_are_refused(folder, tmp_path):
    net = DownsizeNet()
    net.convs[0].bias.data[0] = torch.nan
    config = toy_config(tmp_path, interpolator=dict(type='DownsizeNet'))
    with pytest.raises(ValueError, match='not finite: convs.0.bias'):
        export_interpolator(save(tmp_path / 'net.pth', net), 'toy', config=config)


def test_checkpoint_without_an_interpolator_is_refused(folder, tmp_path):
    torch.save(dict(state_dict={'backbone.weight': torch.ones(1)}), tmp_path / 'other.pth')
    with pytest.raises(ValueError, match=r"no weights of an interpolator.*begin with \['backbone"):
        export_interpolator(tmp_path / 'other.pth', 'toy', config=config_of(tmp_path))


@pytest.mark.parametrize(
    ('preprocessor', 'message'),
    [
        (dict(type='ImgDataPreprocessor'), 'has no interpolator: its model.data_preprocessor'),
        (dict(interpolator=dict(type='Nothing')), 'cannot be built'),
        (dict(interpolator=dict(type='DownsizeNet', taps=3)), 'cannot be built: taps is one of'),
        (dict(interpolator=dict(type='ImgDataPreprocessor')), 'has a ImgDataPreprocessor for an'),
    ],
)
def test_config_without_an_interpolator_is_refused(folder, tmp_path, preprocessor, message):
    config = toy_config(tmp_path)
    config.model.data_preprocessor = preprocessor
    with pytest.raises(ValueError, match=message):
        export_interpolator(save(tmp_path / 'net.pth', DownsizeNet()), 'toy', config=config)


@pytest.mark.parametrize('name', ['', 'Toy', 'a/b', '../a', 'a..b', '.a', 'a-', 'a b', 'a\n'])
def test_name_that_cannot_be_one_is_refused(training, folder, name):
    with pytest.raises(ValueError, match='a name has lower case letters'):
        export_interpolator(training[0], name, config=training[1])
    assert not list(folder.iterdir())


@pytest.mark.parametrize(
    ('result', 'message'),
    [
        (dict(RESULT, seed=1), 'the seed of the result is 1, that of the training 0: name'),
        (dict(RESULT, interpolator='area'), "the interpolator of the result is .*'area'"),
        ({key: RESULT[key] for key in ('config', 'seed', 'score')}, 'lacks commands, metric;'),
    ],
)
def test_result_of_something_else_is_refused(training, folder, result, message):
    with pytest.raises(ValueError, match=message):
        export_interpolator(training[0], 'toy', config=training[1], result=result)
    assert not list(folder.iterdir())


@pytest.mark.parametrize('failing', [1, 2])
def test_half_written_file_never_appears(training, folder, monkeypatch, failing):
    """Neither when the weights cannot be written, nor when their description cannot."""
    put, calls = LocalBackend.put, []

    def fail_half_way(self, obj, filepath):
        calls.append(filepath)
        put(self, obj[:9] if len(calls) == failing else obj, filepath)
        if len(calls) == failing:
            raise OSError('No space left on device')

    monkeypatch.setattr(LocalBackend, 'put', fail_half_way)
    with pytest.raises(OSError, match='No space left'):
        export_interpolator(training[0], 'toy', config=training[1])
    assert available_weights() == []
    left = list(folder.iterdir())
    assert left == ([] if failing == 1 else [folder / 'toy.pth'])
    assert all(load_from_local(path).keys() == weights_of(training[0]).keys() for path in left)
