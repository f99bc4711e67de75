"""Mistakes of users of the smaller tools: one line that says what to do, before the work begins."""

import json

import pytest

CONFIG = 'configs/mini/refinedet_dsnet_texture.py'


@pytest.mark.parametrize(
    'arguments, message',
    [
        ([CONFIG, 'nothing.py'], 'memorize.py: there is no config at nothing.py'),
        ([CONFIG, 'configs/detr_dsnet_coco.py'], 'memorize.py: what is memorized is measured by'),
        ([CONFIG, '--steps', '0'], 'memorize.py: images and steps are at least 1'),
    ],
)
def test_memorize_reads_every_config_before_it_trains_the_first(mistake, arguments, message):
    assert mistake('memorize', *arguments).startswith(message)


@pytest.mark.parametrize(
    'line',
    [['benchmark', '--config', CONFIG], ['benchmark_loader', CONFIG]],
    ids=lambda line: line[0],
)
def test_benchmarks_read_every_config_before_they_measure_the_first(mistake, line):
    printed = mistake(*line, 'nothing.py')
    assert printed.startswith(f'{line[0]}.py: there is no config at nothing.py')


@pytest.mark.parametrize(
    'first, second, message',
    [
        ('one', 'one', 'two files would have the title one: rename one'),
        ('one', 'none', 'none.json is no file of tools/test.py --json: it has no scores'),
        ('nowhere', 'one', 'nowhere.json'),
        ('one', 'cut', 'cut.json is no JSON: '),
        ('one', 'list', 'list.json is no file of tools/test.py --json: it has no scores'),
    ],
)
def test_draw_object_sizes_names_the_file(mistake, tmp_path, first, second, message):
    (tmp_path / 'one.json').write_text(json.dumps(dict(scores={'IoU/pole/<64': 1.0})))
    for name, text in (('none', '{}'), ('cut', '{"scores"'), ('list', '{"scores": []}')):
        (tmp_path / f'{name}.json').write_text(text)
    printed = mistake('draw_object_sizes', *(tmp_path / f'{name}.json' for name in (first, second)))
    assert printed.startswith('draw_object_sizes.py: ') and message in printed


def test_draw_crops_names_an_interpolator_that_cannot_be_built(mistake, root, tmp_path):
    image = root / 'docs/texture.png'
    printed = mistake('draw_crops', image, '--interpolators', 'dsnet:type=DownsizNet')
    assert printed.startswith('draw_crops.py: ') and 'DownsizNet is not in' in printed


def test_folder_that_cannot_be_written_is_told_in_a_line(mistake, root, tmp_path):
    (tmp_path / 'file').touch()
    out = tmp_path / 'file' / 'picture.png'
    scores = tmp_path / 'one.json'
    scores.write_text(json.dumps(dict(scores={'IoU/pole/<64': 1.0})))
    crops = root / 'docs/texture.png', '--interpolators', 'area'
    for tool, arguments in (('draw_crops', crops), ('draw_object_sizes', [scores])):
        printed = mistake(tool, *arguments, '--out', out)
        assert printed.startswith(f'{tool}.py: ') and printed.count('\n') == 1


def test_unknown_device_is_told(mistake):
    for tool in ('benchmark', 'benchmark_loader', 'benchmark_psroi'):
        printed = mistake(tool, '--device', 'gpu')
        assert printed.endswith('argument --device: it is cpu or cuda, got gpu\n')
