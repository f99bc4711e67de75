import json
import runpy
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.random import RandomState

from mmdownsize.datasets import MIXTURE_CLASSES, TEXTURE_CLASSES, make_texture_set, texture
from mmdownsize.datasets.contact_sheet import TILE, draw_contact_sheet
from mmdownsize.datasets.texture_scene import draw_labels, draw_scene

SMALL = {'seed': 3, 'train': 2, 'val': 1, 'size': 160}
TOOL = Path(__file__).parents[2] / 'tools/make_texture_set.py'


def contents(root):
    return {path.relative_to(root): path.read_bytes() for path in root.rglob('*.*')}


def test_set_is_bit_identical_for_the_same_seed(tmp_path):
    first = make_texture_set(tmp_path / 'a', **SMALL)
    second = make_texture_set(tmp_path / 'b', **SMALL)
    assert first['digest'] == second['digest']
    assert contents(tmp_path / 'a') == contents(tmp_path / 'b')
    other = make_texture_set(tmp_path / 'c', **{**SMALL, 'seed': 4})
    assert other['digest'] != first['digest']


def test_set_is_bit_identical_for_any_number_of_processes(tmp_path):
    first = make_texture_set(tmp_path / 'a', **SMALL)
    second = make_texture_set(tmp_path / 'b', **SMALL, jobs=2)
    assert first == second
    assert contents(tmp_path / 'a') == contents(tmp_path / 'b')


def test_image_does_not_depend_on_the_number_of_images(tmp_path, texture_root):
    make_texture_set(tmp_path / 'a', **SMALL)
    name = 'VOC2007/JPEGImages/val_00000.jpg'
    assert (tmp_path / 'a' / name).read_bytes() == (texture_root / name).read_bytes()


def test_annotations_are_those_of_voc(texture_root):
    root = texture_root / 'VOC2007'
    _, objects = draw_scene(160, RandomState([3, 0, 0]))
    annotation = ET.parse(root / 'Annotations/train_00000.xml')
    assert annotation.findtext('size/width') == annotation.findtext('size/height') == '160'
    assert len(annotation.findall('object')) == len(objects)
    for entry, item in zip(annotation.findall('object'), objects, strict=True):
        assert entry.findtext('name') == item.name
        assert (entry.findtext('difficult'), entry.findtext('truncated')) == ('0', '0')
        edges = [int(entry.findtext(f'bndbox/{k}')) for k in ('xmin', 'ymin', 'xmax', 'ymax')]
        assert edges == [edge + 1 for edge in item.box]  # VOC counts pixels from 1
    lists = {k: (root / f'ImageSets/Main/{k}.txt').read_text() for k in ('train', 'val')}
    assert (root / 'ImageSets/Main/trainval.txt').read_text() == lists['train'] + lists['val']
    assert lists['val'].split() == [f'val_{k:05d}' for k in range(4)]


def test_counts_of_the_stamp_are_those_of_the_annotations(texture_root):
    counts = json.loads((texture_root / 'texture.json').read_text())['counts']
    for split in ('train', 'val'):
        found = [
            name.text
            for path in (texture_root / 'VOC2007/Annotations').glob(f'{split}_*.xml')
            for name in ET.parse(path).iterfind('object/name')
        ]
        assert counts[split] == {name: found.count(name) for name in TEXTURE_CLASSES}


def test_jpeg_keeps_fine_texture(texture_root):
    drawn, objects = draw_scene(160, RandomState([3, 0, 0]))
    stored = cv2.imread(str(texture_root / 'VOC2007/JPEGImages/train_00000.jpg'))
    for item in objects:
        x1, y1, x2, y2 = item.box
        window = (slice(y1, y2 + 1), slice(x1, x2 + 1))
        before, after = drawn[window].astype(float), stored[window].astype(float)
        assert np.corrcoef(before.ravel(), after.ravel())[0, 1] > 0.98
        assert after.std() / before.std() == pytest.approx(1, abs=0.02)


def test_existing_set_is_kept_and_repaired(tmp_path):
    assert not make_texture_set(tmp_path / 'a', **SMALL)['kept']
    before = contents(tmp_path / 'a')
    assert make_texture_set(tmp_path / 'a', **SMALL)['kept']
    (tmp_path / 'a/VOC2007/JPEGImages/val_00000.jpg').unlink()
    assert not make_texture_set(tmp_path / 'a', **SMALL)['kept']
    assert contents(tmp_path / 'a') == before


def test_set_of_other_values_is_replaced_only_on_demand(tmp_path):
    make_texture_set(tmp_path / 'a', **SMALL)
    other = {**SMALL, 'val': 2}
    with pytest.raises(FileExistsError, match="'val': 1"):
        make_texture_set(tmp_path / 'a', **other)
    assert make_texture_set(tmp_path / 'a', **other, overwrite=True)['parameters']['val'] == 2
    assert [path.name for path in tmp_path.iterdir()] == ['a']


def test_folder_of_other_things_is_never_replaced(tmp_path):
    (tmp_path / 'photos.txt').write_text('mine')
    with pytest.raises(FileExistsError, match=r'no texture\.json'):
        make_texture_set(tmp_path, **SMALL, overwrite=True)
    assert (tmp_path / 'photos.txt').read_text() == 'mine'


def test_interrupted_run_leaves_nothing(tmp_path, monkeypatch):
    drawn = []

    def interrupted(*args, **options):
        drawn.append(args)
        if len(drawn) == 2:
            raise KeyboardInterrupt
        return draw_scene(*args, **options)

    monkeypatch.setattr(texture, 'draw_scene', interrupted)
    with pytest.raises(KeyboardInterrupt):
        make_texture_set(tmp_path / 'a', **SMALL)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize('wrong', [{'train': 0}, {'val': -1}, {'seed': -1}, {'size': 50}])
def test_wrong_numbers_are_named(tmp_path, wrong):
    with pytest.raises(ValueError, match=f'{next(iter(wrong))} should be at least'):
        make_texture_set(tmp_path / 'a', **{**SMALL, **wrong})
    assert list(tmp_path.iterdir()) == []


def test_contact_sheet_shows_each_class_at_full_size_and_downsized():
    sheet = draw_contact_sheet(0, samples=1)
    row = TILE + 20
    assert sheet.shape == (len(TEXTURE_CLASSES) * row, 4 * TILE, 3)
    for index in range(len(TEXTURE_CLASSES)):
        full, area = (
            sheet[index * row + 20 : (index + 1) * row, k * TILE : (k + 1) * TILE].astype(float)
            for k in (0, 1)
        )
        detail = [np.abs(np.diff(tile, axis=1)).mean() for tile in (full, area)]
        assert detail[1] < detail[0]


def run_tool(monkeypatch, *arguments):
    monkeypatch.setattr(sys, 'argv', [str(TOOL), '--train', '2', '--val', '1', *arguments])
    runpy.run_path(str(TOOL), run_name='__main__')


def test_tool_makes_the_set_then_keeps_it(tmp_path, monkeypatch, capsys):
    out = ['--size', '160', '--out', str(tmp_path / 'a')]
    run_tool(monkeypatch, *out, '--picture', str(tmp_path / 'sheet.png'))
    printed = capsys.readouterr().out
    assert 'a: made' in printed and 'train: 2 images; disc_horizontal' in printed
    assert cv2.imread(str(tmp_path / 'sheet.png')).shape[1] == 8 * TILE
    run_tool(monkeypatch, *out)
    assert 'a: kept' in capsys.readouterr().out


@pytest.mark.parametrize(
    'wrong',
    [['--seed', '1'], ['--size', '9'], ['--average-grain', '0.3'], ['--picture', 'no/where.x']],
)
def test_tool_ends_with_one_line_on_a_mistake(tmp_path, monkeypatch, wrong):
    out = ['--size', '160', '--out', str(tmp_path / 'a')]
    run_tool(monkeypatch, *out)
    with pytest.raises(SystemExit) as end:
        run_tool(monkeypatch, *out, *wrong)
    assert end.value.code.startswith('make_texture_set.py: ') and '\n' not in end.value.code


def test_digest_is_the_one_that_other_versions_of_numpy_and_opencv_gave(texture_root):
    """Found alike with numpy 1.26 and 2.4. A change of the drawing has to raise VERSION, too."""
    stamp = json.loads((texture_root / 'texture.json').read_text())
    assert texture.VERSION == 1
    assert stamp['digest'].startswith('577221da030668bb')


def test_mixture_is_a_set_of_its_own(tmp_path):
    stamp = make_texture_set(tmp_path / 'a', **SMALL, mixture=True)
    assert list(stamp['counts']['train']) == list(MIXTURE_CLASSES)
    names = {
        name.text
        for path in (tmp_path / 'a/VOC2007/Annotations').iterdir()
        for name in ET.parse(path).iterfind('object/name')
    }
    assert names and names <= set(MIXTURE_CLASSES)
    with pytest.raises(FileExistsError, match="'mixture': True"):
        make_texture_set(tmp_path / 'a', **SMALL)


@pytest.mark.parametrize('classes', [TEXTURE_CLASSES, MIXTURE_CLASSES])
def test_label_maps_are_those_of_the_scenes_and_belong_to_a_set(tmp_path, classes):
    options = dict(SMALL, mixture=classes == MIXTURE_CLASSES)
    make_texture_set(tmp_path, **options)
    labels = tmp_path / 'VOC2007/SegmentationClass'
    for split, number, index in (('train', 0, 1), ('val', 1, 0)):
        _, objects = draw_scene(160, RandomState([3, number, index]), classes=classes)
        written = cv2.imread(str(labels / f'{split}_{index:05d}.png'), -1)
        assert np.array_equal(written, draw_labels(160, objects, classes))
    assert make_texture_set(tmp_path, **options)['kept']
    (labels / 'val_00000.png').unlink()
    assert not make_texture_set(tmp_path, **options)['kept']
    assert (labels / 'val_00000.png').is_file()


def test_mixture_with_averaged_grain_is_the_same_set_but_for_the_grain(tmp_path):
    usual = make_texture_set(tmp_path / 'a', **SMALL, mixture=True)
    told = make_texture_set(tmp_path / 'b', **SMALL, mixture=True, average_grain=0.3)
    assert told['counts'] == usual['counts'] and told['digest'] != usual['digest']
    for folder in ('Annotations', 'SegmentationClass', 'ImageSets/Main'):
        for path in (tmp_path / 'a/VOC2007' / folder).iterdir():
            assert (tmp_path / 'b/VOC2007' / folder / path.name).read_bytes() == path.read_bytes()
    for mine, kept in ((0.3, True), (None, False)):
        options = dict(SMALL, mixture=True, average_grain=mine, overwrite=True)
        assert make_texture_set(tmp_path / 'b', **options)['kept'] is kept
    with pytest.raises(ValueError, match='average_grain needs mixture=True'):
        make_texture_set(tmp_path / 'c', **SMALL, average_grain=0.3)
