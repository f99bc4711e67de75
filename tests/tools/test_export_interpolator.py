"""The command line, run as a user runs it, on the checkpoint of a toy training."""

import json
import sys

import pytest
import torch
from test_train import run
from toy import toy_config

from mmdownsize.checkpoint import load_from_local
from mmdownsize.config import build_runner
from mmdownsize.interpolators.base import MODEL_PREFIX

RESULT = dict(config='toy.py', seed=0, commands=['a'], metric='mAP', score=1.5, run={})


@pytest.fixture(scope='module')
def source(tmp_path_factory):
    """A work folder as a training leaves it."""
    folder = tmp_path_factory.mktemp('source')
    config = toy_config(folder)
    build_runner(config).train()
    config.dump(folder / 'toy.py')
    (folder / 'result.json').write_text(json.dumps(RESULT))
    return folder


def arguments_of(source, folder):
    return (source / 'epoch_2.pth', 'toy-net', '--folder', folder, '--config', source / 'toy.py')


def test_export_writes_both_files_and_says_so(source, tmp_path):
    arguments = *arguments_of(source, tmp_path / 'out'), '--result', source / 'result.json'
    done = run([sys.executable, 'tools/export_interpolator.py', *map(str, arguments)])
    assert done.returncode == 0, done.stderr
    path = tmp_path / 'out' / 'toy-net.pth'
    assert sorted(path.parent.iterdir()) == [path.with_suffix('.json'), path]
    size = f'{path.stat().st_size:,}'
    assert done.stdout == f'wrote {path} ({size} bytes) and toy-net.json\n'
    whole, ours = load_from_local(source / 'epoch_2.pth')['state_dict'], load_from_local(path)
    assert all(torch.equal(ours[key], whole[f'{MODEL_PREFIX}.{key}']) for key in ours)
    described = json.loads(path.with_suffix('.json').read_text())
    assert described['interpolator'] == dict(type='DownsizeNet', init='random')
    assert described['score'] == 1.5 and described['commands'] == ['a']


@pytest.mark.parametrize(
    ('arguments', 'message'),
    [
        (['--cfg-options', 'model.data_preprocessor.interpolator.taps=4'], 'was trained as'),
        (['--result', 'nowhere.json'], 'No such file'),
        (['--result', 'CITATION.cff'], 'CITATION.cff is no JSON file'),
        (['--config', 'nowhere.py'], 'there is no config at nowhere.py'),
    ],
)
def test_mistakes_end_with_one_line(mistake, source, tmp_path, arguments, message):
    printed = mistake('export_interpolator', *arguments_of(source, tmp_path / 'out'), *arguments)
    assert message in printed
    assert printed.startswith('export_interpolator.py: ') and printed.count('\n') == 1
    assert not (tmp_path / 'out').exists()
