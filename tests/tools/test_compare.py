"""tools/compare.py, run as a user runs it, on a texture set of a few images."""

import json
import re
import signal
import subprocess
import sys

import pytest
from test_train import PROCESS, data_options, run, texture  # noqa: F401

from mmdownsize.checkpoint import load_from_local

CONFIG = 'configs/mini/lighthead_bilinear_texture.py'
# What this tool says must not wait in a buffer.
BUFFERED = dict(cwd=PROCESS['cwd'], env=dict(PROCESS['env'], PYTHONUNBUFFERED=''))
NAME = 'lighthead_bilinear_texture-dsnet-seed1'


def command(data, folder, *arguments):
    options = data_options(data, train_cfg__max_epochs=4) | {
        'model.backbone.base_channels': 8,
        'model.neck.in_channels': 64,
        'model.rpn_head.in_channels': 32,
        'train_dataloader.batch_size': 2,
        'train_dataloader.num_workers': 0,
        'test_dataloader.num_workers': 0,
        'default_hooks.logger.interval': 1,
    }
    return [
        *(sys.executable, 'tools/compare.py', CONFIG, '--interpolators', 'dsnet', *arguments),
        *('--baseline', 'dsnet', '--seeds', '1', '--threads', '1'),
        *('--results', str(folder / 'results')),
        *('--work-dir', str(folder / 'work'), '--cfg-options'),
        *(f'{key}={value}' for key, value in options.items()),
    ]


def kill_in(line, epoch, how):
    with subprocess.Popen(line, stdout=subprocess.PIPE, text=True, **BUFFERED) as killed:
        for printed in killed.stdout:
            if re.search(rf'epoch {epoch}, step 2/3', printed):
                killed.send_signal(how)
                break
    return killed.returncode


def test_killed_comparison_goes_on_to_the_same_scores(texture, tmp_path):  # noqa: F811
    whole = run(command(texture, tmp_path / 'whole'))
    assert whole.returncode == 0, whole.stdout + whole.stderr
    line = command(texture, tmp_path / 'killed')
    assert kill_in(line, 2, signal.SIGTERM) == 128 + signal.SIGTERM
    (work,) = (tmp_path / 'killed/work').iterdir()
    assert work.name.startswith(NAME)
    assert (work / 'epoch_1.pth').is_file() and not (work / 'epoch_2.pth').is_file()
    assert kill_in(line, 3, signal.SIGKILL) == -signal.SIGKILL
    assert not (tmp_path / 'killed/results').exists()
    resumed = run(line)
    assert resumed.returncode == 0, resumed.stdout + resumed.stderr
    ours, theirs = (
        json.loads((tmp_path / name / 'results/runs' / f'{work.name}.json').read_text())
        for name in ('killed', 'whole')
    )
    assert ours['scores'] == theirs['scores'] and ours['fingerprint'] == theirs['fingerprint']
    weights, expected = (
        load_from_local(tmp_path / name / 'work' / work.name / 'epoch_4.pth')['state_dict']
        for name in ('killed', 'whole')
    )
    assert all(weights[key].equal(value) for key, value in expected.items())
    again = run(line)
    assert 'training' not in again.stdout and resumed.stdout.endswith(again.stdout)


def test_dry_run_prints_commands_and_does_nothing(texture, tmp_path):  # noqa: F811
    done = run(command(texture, tmp_path / 'dry', 'area', '--dry-run'))
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert [line.split()[1] for line in lines] == ['tools/train.py', 'tools/test.py'] * 2
    assert not (tmp_path / 'dry').exists()


def test_mistakes_are_one_line(mistake, tmp_path):
    for arguments, message in (
        (['nothing'], "compare.py: no interpolator is called 'nothing'"),
        (['--jobs', '0'], 'compare.py: --jobs is at least 1, got 0'),
        (['--vary', 'x'], "compare.py: what is varied is written KEY=VALUE,VALUE; got 'x'"),
        (['--vary', 'a=1', 'a=2'], 'compare.py: a is varied twice'),
        (['--vary', 'a=my data'], 'compare.py: the space of a=my data would be lost'),
        (['--vary', 'model=3'], 'compare.py: '),
        (['--vary', 'a=(1,2'], 'compare.py: the values of a=(1,2 cannot be read: Imbalanced'),
        (['dsnet:type=DownsizNet'], 'compare.py: dsnet:type=DownsizNet cannot be built: '),
        (['--gpus', '8'], 'compare.py: a partition and gpus are of Slurm: add --launcher slurm'),
        (['--launcher', 'slurm'], 'compare.py: the launcher slurm needs a partition'),
    ):
        printed = mistake('compare', *command(tmp_path, tmp_path, *arguments)[2:])
        assert printed.startswith(message) and printed.count('\n') == 1


def test_mistyped_baseline_is_told_as_an_unknown_interpolator(mistake):
    printed = mistake('compare', CONFIG, '--interpolators', 'bilnear', 'area')
    assert printed.startswith("compare.py: no interpolator is called 'bilnear'")


@pytest.fixture(autouse=True)
def handlers():
    """Give the signal back that the tool takes."""
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)
