"""The command lines that measure, run as a user runs them, at tiny sizes."""

import json
import math
import re
import sys

import pytest
from test_train import ROOT, run, texture  # noqa: F401

PNG = b'\x89PNG\r\n'
REFINEDET = 'configs/mini/refinedet_dsnet_bccd.py'
INTERPOLATOR = 'model.data_preprocessor.interpolator'


def tool(name, *arguments):
    return run([sys.executable, f'tools/{name}.py', *map(str, arguments)])


def numbers(value):
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [number for one in value for number in numbers(one)]
    return [value] if isinstance(value, (int, float)) and not isinstance(value, bool) else []


def test_benchmark_writes_all_it_prints(tmp_path):
    files = {kind: tmp_path / f'benchmark.{kind}' for kind in ('json', 'md', 'png')}
    done = tool(
        'benchmark',
        *('--interpolators', 'area', 'dsnet:num_convs=3', 'dsnet_plain'),
        *('--parts', 'time', 'memory', 'difference', 'flops', '--sizes', '160x160:0.3'),
        *('--config', 'configs/mini/refinedet_dsnet_bccd.py', '--batch', 2, '--repeat', 2),
        *('--scaling', 16, 32, '--scaling-target', 8, '--threads', 1),
        *('--json', files['json'], '--markdown', files['md'], '--plot', files['png']),
    )
    assert done.returncode == 0, done.stderr
    assert sorted(tmp_path.iterdir()) == sorted(files.values())  # no temporary one is left
    assert files['png'].read_bytes().startswith(PNG)
    assert files['md'].read_text() == done.stdout
    report = json.loads(files['json'].read_text())
    names = {'bilinear', 'area', 'dsnet:num_convs=3', 'dsnet_plain'}
    assert set(report['interpolators']) == names and report['left_out'] == {}
    assert report['interpolators']['dsnet:num_convs=3'] == dict(
        type='DownsizeNet', num_convs=3, plain=False
    )
    assert report['setting'] == dict(batch=2, rounds=2, device='cpu', dtype='fp32')
    (size,), (model,) = report['sizes'], report['models']
    for summary in (
        *(size['forward'], size['training'], model['predict'], model['network']),
        *report['scaling']['forward'].values(),
    ):
        assert set(summary) == names
        assert all(0 < number < math.inf for number in numbers(summary))
    assert set(size['difference']) == {'dsnet:num_convs=3'}
    difference = size['difference']['dsnet:num_convs=3']
    assert set(difference) == {'forward', 'gradient', 'rounding'}
    assert 0 <= difference['forward'] < 1e-4 and 0 <= difference['gradient'] < 1e-2
    assert size['memory_bytes']['dsnet_plain'] > 160 * 160 * 16 * 4 * 2  # a map of each image
    assert set(size['flops']) == set(model['flops']) == names
    assert str(tmp_path) not in files['json'].read_text()
    assert report['run']['threads'] == 1 and report['run']['torch']
    for line in done.stdout.splitlines():
        assert line.count('|') in (0, 3, 4, 5, 6)


def test_config_alone_leaves_the_interpolators_alone(tmp_path):
    path = tmp_path / 'model.json'
    done = tool(
        'benchmark',
        *('--config', 'configs/mini/fcn_dsnet_camvid.py', '--sizes', '120x120', '--repeat', 1),
        *('--interpolators', 'bilinear', '--json', path),
    )
    assert done.returncode == 0, done.stderr
    report = json.loads(path.read_text())
    assert report['sizes'] == [] and len(report['models']) == 1 and 'scaling' not in report


@pytest.mark.parametrize(
    'arguments, message',
    [
        (['--sizes', '30'], "--sizes: a size is .* got '30'"),
        (['--sizes', '30x30'], '--sizes: 30x30 names no target'),
        (['--interpolators', 'nothing'], "no interpolator is called 'nothing'"),
        (['--plot', 'a.png'], '--plot draws --scaling'),
        (['--repeat', '0'], '--repeat is at least 1, got 0'),
        (['--config', 'nothing.py'], 'there is no config at nothing.py'),
        (['--config', REFINEDET, '--sizes', '90x90'], 'by 32'),
    ],
)
def test_mistakes_are_named(mistake, arguments, message):
    printed = mistake('benchmark', *arguments)
    assert re.search(message, printed), printed


def test_get_flops_prints_the_parts_and_what_is_counted():
    config = 'configs/mini/lighthead_dsnet_bccd.py'
    done = tool('get_flops', config, '--shape', 160, 200)
    assert done.returncode == 0, done.stderr
    assert '160x200 downsized to 48x60' in done.stdout
    rows = [line.split('|')[1:4] for line in done.stdout.splitlines() if line.startswith('|')][2:]
    costs = {part.strip(): (float(flops), number) for part, flops, number in rows}
    assert list(costs) == ['interpolator', 'rest', 'total']
    assert costs['total'][0] == pytest.approx(costs['interpolator'][0] + costs['rest'][0], abs=2e-4)
    assert 'counted as 2' in ' '.join(tool('get_flops', '--help').stdout.split())


@pytest.mark.parametrize(
    'arguments, message',
    [
        ([REFINEDET, '--shape', '90', '90'], 'downsized to 27x27'),
        (['configs/_base_/models/fcn_r18_mini.py'], 'has no DownsizePreprocessor'),
        (['nothing.py'], 'there is no config at nothing.py'),
        (['README.md'], 'Only py/yml/yaml/json'),
        ([REFINEDET, '--shape', '0', '9'], '--shape takes edges'),
        ([REFINEDET, '--cfg-options', f'{INTERPOLATOR}.num_conv=3'], "argument 'num_conv'"),
    ],
)
def test_get_flops_names_mistakes(mistake, arguments, message):
    assert message in mistake('get_flops', *arguments)


def test_benchmark_loader_compares_ways(texture, tmp_path):  # noqa: F811
    path = tmp_path / 'loader.json'
    done = tool(
        'benchmark_loader',
        *('configs/mini/lighthead_dsnet_texture.py', '--interpolators', 'dsnet'),
        *('--batches', 1, '--repeat', 1, '--workers', 1, '--json', path, '--cfg-options'),
        f'train_dataloader.dataset.data_root={texture}/',
        'train_dataloader.batch_size=2',
    )
    assert done.returncode == 0, done.stderr
    (result,) = json.loads(path.read_text())['configs']
    assert set(result['preprocessed']) == {'cv2 in the loader', 'bilinear', 'dsnet'}
    assert 'training' not in result and result['workers'] == 1
    for name in (*result['preprocessed'], *result['loader']):
        assert f'| {name}' in done.stdout


def test_benchmark_loader_names_missing_data(mistake, tmp_path):
    printed = mistake(
        'benchmark_loader',
        *('configs/mini/lighthead_dsnet_texture.py', '--cfg-options'),
        f'train_dataloader.dataset.data_root={tmp_path}/nowhere/',
    )
    assert printed.startswith('benchmark_loader.py: ') and 'nowhere' in printed
