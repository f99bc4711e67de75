import math

import pytest
import torch
from config_files import CONFIGS
from test_contestants import FOLDER

from mmdownsize.benchmarks.contestants import read_contestants
from mmdownsize.benchmarks.loading import RAW, USUAL, measure_loading
from mmdownsize.benchmarks.models import build_random_model
from mmdownsize.datasets import make_texture_set

CONFIG = CONFIGS / 'mini/refinedet_dsnet_texture.py'
OPTIONS = {'train_dataloader.batch_size': 2}


@pytest.fixture
def data(tmp_path, monkeypatch):
    make_texture_set(tmp_path / 'data/texture', seed=1, train=6, val=1, size=160)
    monkeypatch.chdir(tmp_path)


def measure(**changes):
    settings = dict(batches=2, rounds=2, workers=0, options=OPTIONS) | changes
    return measure_loading(CONFIG, read_contestants(FOLDER, ['area', 'dsnet']), **settings)


def test_every_way_is_measured(data):
    result = measure(train=True)
    assert (result['config'], result['batch'], result['workers']) == (CONFIG.stem, 2, 0)
    assert list(result['loader']) == [USUAL, RAW]
    ways = [USUAL, 'bilinear', 'area', 'dsnet']
    assert list(result['preprocessed']) == list(result['training']) == ways
    for kind in ('loader', 'preprocessed', 'training'):
        assert result[kind][USUAL]['ratio'] == 1
        for rates in result[kind].values():
            assert all(0 < rate < math.inf for rate in rates.values())
            assert rates['lower'] <= rates['images_per_s'] <= rates['upper']


def test_every_way_sees_images_of_the_same_size(data, monkeypatch):
    seen = []
    _, model = build_random_model(CONFIG)
    forward = type(model.data_preprocessor.preprocessor).forward

    def record(self, batch, training):
        seen.append([tuple(image.shape[-2:]) for image in batch['inputs']])
        return forward(self, batch, training)

    monkeypatch.setattr(type(model.data_preprocessor.preprocessor), 'forward', record)
    measure(rounds=1)
    assert seen == [[(48, 48)] * 2] * (4 * 3)


def test_training_ends_with_gradients_in_the_interpolator(data, monkeypatch):
    built = []

    def build(*args, **kwargs):
        built.append(build_random_model(*args, **kwargs))
        return built[-1]

    monkeypatch.setattr('mmdownsize.benchmarks.loading.build_random_model', build)
    measure(rounds=1, train=True)
    ours = built[0][1].data_preprocessor.interpolator
    assert all(torch.isfinite(p.grad).all() for p in ours.parameters())


def test_more_batches_than_there_are_is_refused(data):
    with pytest.raises(ValueError, match='has 3 batches, 4 are needed'):
        measure(batches=3)
