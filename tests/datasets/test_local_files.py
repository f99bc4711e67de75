import os

import pytest

from mmdownsize.datasets.local_files import check_listed, is_local


@pytest.mark.parametrize(
    ('path', 'backend_args', 'local'),
    [
        ('train.txt', None, True),
        ('/data/train.txt', dict(backend='local'), True),
        ('train.txt', dict(backend='disk'), True),
        ('train.txt', dict(backend='petrel'), False),
        ('s3://data/train.txt', None, False),
    ],
)
def test_files_of_other_backends_and_protocols_are_elsewhere(path, backend_args, local):
    assert is_local(path, backend_args) is local


@pytest.fixture
def folder(tmp_path):
    for name in ('one.jpg', 'a/two.jpg', 'a/b/three.jpg', 'a/b/four.jpg'):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return tmp_path


def test_names_in_sub_folders_are_found_by_one_listing_of_each(folder, monkeypatch):
    listed = []
    scandir = os.scandir
    monkeypatch.setattr(os, 'scandir', lambda path: listed.append(path) or scandir(path))
    names = ['one.jpg', 'a/two.jpg', 'a/b/three.jpg', 'a/b/four.jpg']
    check_listed(str(folder), names, 'list.txt', advice='')
    assert sorted(listed) == [str(folder), str(folder / 'a'), str(folder / 'a/b')]


@pytest.mark.parametrize('missing', ['two.jpg', 'b/two.jpg', 'c/d/one.jpg', 'one.jpg/one.jpg'])
def test_first_missing_file_is_named(folder, missing):
    with pytest.raises(FileNotFoundError) as error:
        check_listed(str(folder), ['a/two.jpg', missing, 'none.jpg'], 'list.txt', advice='Link it.')
    assert str(error.value) == (
        f'{folder}/{missing}: listed in list.txt, but missing (with 1 more). Link it.'
    )
