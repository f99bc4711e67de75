import os
import shutil

import pytest

from mmdownsize.datasets.voc_files import check_voc_files


@pytest.fixture
def root(tmp_path, texture_root):
    return shutil.copytree(texture_root, tmp_path / 'texture') / 'VOC2007'


def check(root):
    return check_voc_files(str(root / 'ImageSets/Main/train.txt'), str(root))


def test_complete_folder_gives_the_ids_in_order(root):
    assert check(root) == [f'train_{index:05d}' for index in range(6)]


@pytest.mark.parametrize(
    'path',
    [
        'JPEGImages',
        'Annotations',
        'ImageSets/Main/train.txt',
        'JPEGImages/train_00004.jpg',
        'Annotations/train_00000.xml',
    ],
)
def test_missing_path_is_named_in_one_line_with_the_layout(root, path):
    target = root / path
    shutil.rmtree(target) if target.is_dir() else target.unlink()
    with pytest.raises(FileNotFoundError) as error:
        check(root)
    message = str(error.value)
    assert message.startswith(f'{target}: ') and '\n' not in message
    assert '<data_root>/VOC2007/{JPEGImages,Annotations,ImageSets/Main}' in message
    assert 'tools/make_texture_set.py' in message


def test_number_of_missing_files_is_told(root):
    for index in (1, 3, 5):
        (root / f'JPEGImages/train_{index:05d}.jpg').unlink()
    with pytest.raises(FileNotFoundError, match=r'train_00001\.jpg: .* \(with 2 more\)'):
        check(root)


def test_whole_root_missing(tmp_path):
    with pytest.raises(FileNotFoundError, match='nowhere: this folder is missing'):
        check(tmp_path / 'nowhere')


@pytest.mark.parametrize('text', ['', '\n', '\n\n'])
def test_empty_list_is_an_error(root, text):
    (root / 'ImageSets/Main/train.txt').write_text(text)
    with pytest.raises(ValueError, match=r'train\.txt should list one image id per line'):
        check(root)


def test_blank_line_among_the_ids_is_named(root):
    (root / 'ImageSets/Main/train.txt').write_text('train_00001\n\ntrain_00002\n')
    with pytest.raises(ValueError, match=r'train\.txt .* line 2 is blank'):
        check(root)


def test_each_folder_is_listed_once_and_no_file_is_looked_up(root, monkeypatch):
    listed = []
    scandir = os.scandir
    monkeypatch.setattr(os, 'scandir', lambda path: listed.append(path) or scandir(path))
    monkeypatch.setattr(os.path, 'exists', None)
    check(root)
    assert listed == [str(root / 'JPEGImages'), str(root / 'Annotations')]
