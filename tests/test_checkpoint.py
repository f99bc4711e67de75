"""Weights from elsewhere are loaded without running code; our own resume still works."""

import os
import re
import shutil
from contextlib import nullcontext
from pathlib import Path

import numpy as np
import pytest
import torch
from mmengine.config import Config
from mmengine.logging import HistoryBuffer
from mmengine.runner import CheckpointLoader
from mmengine.runner import checkpoint as mmengine_checkpoint
from toy import toy_config

from mmdownsize import DownsizeNet, checkpoint
from mmdownsize.checkpoint import cached_path, load_from_http, load_from_local
from mmdownsize.config import build_runner


class Hostile:
    """Runs a command when it is unpickled."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self):
        return os.system, (f'touch {self.marker}',)


class Getter:
    """Asks for an attribute of a class that is allowed."""

    def __reduce__(self):
        return getattr, (HistoryBuffer, '__init__')


@pytest.fixture
def hostile(tmp_path):
    path, marker = tmp_path / 'hostile.pth', tmp_path / 'marker'
    torch.save(dict(state_dict=DownsizeNet().state_dict(), meta=Hostile(marker)), path)
    yield str(path)
    assert not marker.exists()


MESSAGE = 'was not loaded: besides weights it holds objects that may run code'


def test_hostile_checkpoint_is_refused_by_load_from(hostile, tmp_path):
    with pytest.raises(ValueError, match=MESSAGE):
        build_runner(toy_config(tmp_path, load_from=hostile)).train()


def test_hostile_checkpoint_is_refused_by_resume(hostile, tmp_path):
    with pytest.raises(ValueError, match=MESSAGE):
        build_runner(toy_config(tmp_path, load_from=hostile, resume=True)).train()


def test_hostile_checkpoint_is_refused_by_init_cfg(hostile, tmp_path):
    net = DownsizeNet(init_cfg=dict(type='Pretrained', checkpoint=hostile))
    with pytest.raises(ValueError, match=MESSAGE):
        net.init_weights()


def test_hostile_checkpoint_is_refused_by_init_cfg_with_prefix(hostile, tmp_path):
    config = toy_config(tmp_path)
    config.model.data_preprocessor.interpolator.init_cfg = dict(
        type='Pretrained', checkpoint=hostile, prefix='data_preprocessor.interpolator'
    )
    with pytest.raises(ValueError, match=MESSAGE):
        build_runner(config).train()


def test_hostile_checkpoint_is_refused_by_the_freeze_hook(hostile, tmp_path):
    hook = dict(type='FreezeInterpolatorHook', checkpoint=hostile, prefix='')
    with pytest.raises(ValueError, match=MESSAGE):
        build_runner(toy_config(tmp_path, custom_hooks=[hook])).train()


def test_hostile_checkpoint_is_refused_behind_a_url(hostile, monkeypatch, tmp_path):
    monkeypatch.setenv('TORCH_HOME', str(tmp_path))
    url = 'http://127.0.0.1:9/net.pth'
    cached = cached_path(url)
    cached.parent.mkdir(parents=True)
    shutil.move(hostile, cached)
    for load in (CheckpointLoader.load_checkpoint, mmengine_checkpoint.load_from_http):
        with pytest.raises(ValueError, match=MESSAGE):
            load(url)


@pytest.fixture
def downloads(monkeypatch, tmp_path):
    """URLs that were downloaded; each gives a checkpoint that holds it."""
    done = []

    def download(url, path):
        done.append(url)
        torch.save(dict(url=url), path)

    monkeypatch.setenv('TORCH_HOME', str(tmp_path))
    monkeypatch.setattr(torch.hub, 'download_url_to_file', download)
    return done


def test_files_of_one_name_from_two_places_are_two(downloads):
    urls = [f'https://there.org/{run}/epoch_8.pth' for run in 'aba']
    assert [load_from_http(url)['url'] for url in urls] == urls
    assert downloads == urls[:2]


def test_log_says_how_a_checkpoint_is_loaded(downloads, tmp_path, capsys):
    torch.save({}, tmp_path / 'a.pth')
    for name, way in ((str(tmp_path / 'a.pth'), 'local'), ('https://there.org/a.pth', 'http')):
        CheckpointLoader.load_checkpoint(name, logger=None)
        assert f'Loads checkpoint by {way} backend from path: {name}' in capsys.readouterr().out


@pytest.mark.parametrize(('rank', 'local', 'downloading'), [(8, 0, True), (9, 1, False)])
def test_one_process_of_each_machine_downloads(downloads, monkeypatch, rank, local, downloading):
    monkeypatch.setattr(checkpoint, 'get_rank', lambda: rank)
    monkeypatch.setenv('LOCAL_RANK', str(local))
    with nullcontext() if downloading else pytest.raises(FileNotFoundError):
        load_from_http('https://there.org/resnet18-f37072fd.pth')
    assert bool(downloads) == downloading


def test_refusal_names_what_was_refused(hostile):
    with pytest.raises(ValueError, match='refused: posix.system'):
        load_from_local(hostile)


def test_checkpoint_that_numpy_1_wrote_is_loaded(tmp_path):
    path = tmp_path / 'buffer.pth'
    torch.save(HistoryBuffer([1.0, 3.0], [1, 1]), path, _use_new_zipfile_serialization=False)
    written = path.read_bytes()
    assert b'numpy._core.multiarray' in written
    path.write_bytes(written.replace(b'numpy._core.multiarray', b'numpy.core.multiarray'))
    assert load_from_local(path).mean() == 2.0


@pytest.mark.parametrize('anneal', ['cos', 'linear'])
def test_run_of_a_one_cycle_schedule_resumes(tmp_path, anneal):
    """The state of the scheduler names a function of its class."""
    schedule = dict(type='OneCycleLR', eta_max=0.1, total_steps=4, anneal_strategy=anneal)
    build_runner(toy_config(tmp_path / 'whole', epochs=4, param_scheduler=schedule)).train()
    shutil.copytree(tmp_path / 'whole', tmp_path / 'cut')
    for epoch in (3, 4):
        (tmp_path / 'cut' / f'epoch_{epoch}.pth').unlink()
    (tmp_path / 'cut' / 'last_checkpoint').write_text(str(tmp_path / 'cut' / 'epoch_2.pth'))
    resumed = toy_config(tmp_path / 'cut', epochs=4, param_scheduler=schedule, resume=True)
    build_runner(resumed).train()
    whole, cut = (load_from_local(tmp_path / name / 'epoch_4.pth') for name in ('whole', 'cut'))
    for name, weight in whole['state_dict'].items():
        assert torch.equal(weight, cut['state_dict'][name]), name


def test_nested_metainfo_of_a_config_is_loaded(tmp_path):
    metainfo = Config(dict(metainfo=dict(classes=('a',), colours=dict(a=(1, 2, 3))))).metainfo
    torch.save(dict(meta=dict(dataset_meta=dict(metainfo))), tmp_path / 'net.pth')
    loaded = load_from_local(tmp_path / 'net.pth')['meta']['dataset_meta']
    assert loaded == dict(classes=('a',), colours=dict(a=(1, 2, 3)))


@pytest.mark.parametrize('load', ['init_cfg', 'load_from'])
def test_weights_of_other_options_are_refused(tmp_path, load):
    """mmengine loads with strict=False, where a mismatch that is merely noted is a warning."""
    build_runner(toy_config(tmp_path / 'source')).train()
    config = toy_config(tmp_path / 'child')
    interpolator = config.model.data_preprocessor.interpolator
    interpolator.normalizer = 'softmax'
    source = str(tmp_path / 'source' / 'epoch_2.pth')
    if load == 'load_from':
        config.load_from = source
    else:
        prefix = 'data_preprocessor.interpolator'
        interpolator.init_cfg = dict(type='Pretrained', checkpoint=source, prefix=prefix)
    with pytest.raises(RuntimeError, match='belong to .*sigmoid.*built with .*softmax'):
        build_runner(config).train()


def test_getattr_in_a_pickle_reaches_the_statistics_alone(tmp_path):
    path = tmp_path / 'getter.pth'
    torch.save(Getter(), path)
    with pytest.raises(ValueError, match=MESSAGE):
        load_from_local(path)
    buffer = HistoryBuffer([1.0, 3.0], [1, 1])
    torch.save(buffer, path)
    assert load_from_local(path).statistics('mean') == buffer.statistics('mean') == 2.0


def test_pretrained_interpolator_is_loaded_by_init_cfg(tmp_path):
    build_runner(toy_config(tmp_path / 'source')).train()
    source = tmp_path / 'source' / 'epoch_2.pth'
    config = toy_config(tmp_path / 'child')
    config.model.data_preprocessor.interpolator.init_cfg = dict(
        type='Pretrained', checkpoint=str(source), prefix='data_preprocessor.interpolator'
    )
    runner = build_runner(config)
    runner.model.init_weights()
    weights = load_from_local(source)['state_dict']
    for name, value in runner.model.data_preprocessor.interpolator.state_dict().items():
        assert torch.equal(value, weights[f'data_preprocessor.interpolator.{name}'])


def test_source_code_in_old_metas_is_dropped(tmp_path):
    torch.save(dict(meta=dict(config='import os', epoch=1)), tmp_path / 'old.pth')
    assert load_from_local(tmp_path / 'old.pth')['meta'] == dict(epoch=1)


def test_data_of_a_type_that_torch_refuses_is_named(tmp_path):
    torch.save(dict(meta=dict(classes=np.array(['cat', 'dog']))), tmp_path / 'words.pth')
    with pytest.raises(ValueError, match=f'{MESSAGE}.*refused: numpy.*Str'):
        load_from_local(tmp_path / 'words.pth')


@pytest.mark.skipif(torch.cuda.is_available(), reason='there is a GPU: its tensors are loaded')
def test_tensors_of_a_device_that_is_not_here_say_what_to_do(tmp_path, monkeypatch):
    path = tmp_path / 'gpu.pth'
    monkeypatch.setattr(torch.serialization, 'location_tag', lambda storage: 'cuda:0')
    torch.save(dict(weight=torch.ones(1)), path)
    with pytest.raises(ValueError, match='a device that is not here. Load it with map_location='):
        load_from_local(path)
    assert load_from_local(path, map_location='cpu')['weight'] == 1


@pytest.mark.parametrize(
    ('zipped', 'kept'), [(True, -300), (False, -300), (False, 18), (False, 72)]
)
def test_cut_off_checkpoint_says_so(tmp_path, zipped, kept):
    """Also one as torch wrote it before version 1.6, the head of which may be cut anywhere."""
    path = tmp_path / 'cut.pth'
    weights = dict(state_dict=DownsizeNet().state_dict())
    torch.save(weights, path, _use_new_zipfile_serialization=zipped)
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(ValueError, match='no checkpoint, or cut off'):
        load_from_local(path)


@pytest.mark.parametrize(
    'content', ['<!DOCTYPE html><html></html>', 'version https://git-lfs.github.com/spec/v1', '{}']
)
def test_file_that_is_no_checkpoint_is_not_taken_for_a_hostile_one(tmp_path, content):
    (tmp_path / 'page.pth').write_text(content)
    with pytest.raises(ValueError, match='is no checkpoint as torch.save writes it.*download it'):
        load_from_local(tmp_path / 'page.pth')


def test_empty_file_is_told(tmp_path):
    (tmp_path / 'empty.pth').touch()
    with pytest.raises(ValueError, match=r'no checkpoint, or cut off \(EOFError\)'):
        load_from_local(tmp_path / 'empty.pth')


def test_missing_checkpoint_names_the_path(tmp_path):
    with pytest.raises(FileNotFoundError, match='there is no checkpoint at .*nowhere.pth'):
        CheckpointLoader.load_checkpoint(str(tmp_path / 'nowhere.pth'))


def test_weights_out_of_reach_say_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setenv('TORCH_HOME', str(tmp_path))
    with pytest.raises(ConnectionError, match='could not be downloaded.*init_cfg.checkpoint=FILE'):
        CheckpointLoader.load_checkpoint('http://127.0.0.1:9/resnet101-63fe2227.pth')


def test_downloaded_weights_are_found_where_the_message_says(monkeypatch, tmp_path):
    monkeypatch.setenv('TORCH_HOME', str(tmp_path))
    url = 'http://127.0.0.1:9/net.pth'
    with pytest.raises(ConnectionError) as error:
        CheckpointLoader.load_checkpoint(url)
    place = re.search(r'put them at (\S+);', str(error.value))[1]
    torch.save({'weight': torch.ones(1)}, place)
    assert CheckpointLoader.load_checkpoint(url)['weight'] == 1
