import copy
import json
import os
import shutil

import pytest
from small_data import write_coco

from mmdownsize.datasets import TEXTURE_CLASSES
from mmdownsize.datasets.coco_files import check_coco_content, check_coco_files

CLASSES = ('cat', 'dog', 'car')
NAMES = dict(zip(TEXTURE_CLASSES, CLASSES * 2, strict=True))


@pytest.fixture
def root(tmp_path, texture_root):
    return write_coco(texture_root, tmp_path / 'coco', NAMES)


@pytest.fixture
def content(root):
    return json.loads((root / 'annotations/instances_train2017.json').read_text())


def refusal(content, classes=CLASSES, kind=ValueError, **options):
    """The one line that says what is wrong."""
    with pytest.raises(kind) as error:
        check_coco_content(content, 'train.json', classes, **options)
    message = str(error.value)
    assert '\n' not in message
    return message


@pytest.mark.parametrize('path', ['train2017', 'annotations/instances_train2017.json'])
def test_missing_path_is_named_in_one_line_with_the_layout(root, path):
    paths = (str(root / 'annotations/instances_train2017.json'), str(root / 'train2017'))
    check_coco_files(*paths)
    target = root / path
    shutil.rmtree(target) if target.is_dir() else target.unlink()
    with pytest.raises(FileNotFoundError) as error:
        check_coco_files(*paths)
    message = str(error.value)
    assert message.startswith(f'{target}: this ') and '\n' not in message
    assert '<data_root>/{annotations/instances_train2017.json,train2017,...}' in message


@pytest.mark.parametrize('classes', [CLASSES, list(CLASSES), CLASSES[1:], CLASSES[:1]])
def test_whole_set_passes_with_all_or_some_of_its_classes(root, content, classes):
    before = copy.deepcopy(content)
    check_coco_content(content, 'train.json', classes, images=str(root / 'train2017'))
    assert content == before


@pytest.mark.parametrize('section', ['images', 'annotations', 'categories'])
@pytest.mark.parametrize('value', [None, {}, 'absent'])
def test_missing_section_is_named_with_the_keys_that_are_there(content, section, value):
    content[section] = value
    if value == 'absent':
        del content[section]
    message = refusal(content)
    assert f'should hold a list "{section}", but its keys are {sorted(content)}' in message
    assert ('test_mode=True' in message) == (section == 'annotations')


@pytest.mark.parametrize(
    ('section', 'key'),
    [
        ('images', 'file_name'),
        ('images', 'height'),
        ('annotations', 'id'),
        ('annotations', 'area'),
        ('annotations', 'bbox'),
        ('categories', 'name'),
    ],
)
def test_entry_that_lacks_a_key_is_named(content, section, key):
    del content[section][1][key]
    assert f'train.json: {section}[1] should have the keys' in refusal(content)
    assert f"but lacks ['{key}']" in refusal(content)


def test_entry_that_is_no_object_is_named(content):
    content['categories'] = list(CLASSES)
    assert "categories[0] should have the keys ['id', 'name'], but lacks" in refusal(content)


def test_file_without_images_is_an_error(content):
    for unlabelled in (False, True):
        message = refusal({**content, 'images': []}, unlabelled=unlabelled)
        assert message.startswith('train.json should list images, but its list "images" is empty')


def test_class_that_is_no_category_is_named_with_those_there_are(content):
    message = refusal(content, ('cat', 'bird', 'car'))
    assert "but ['bird'] are not: they are ['cat', 'dog', 'car']" in message


@pytest.mark.parametrize('classes', [('dog', 'cat', 'car'), ('car', 'dog')])
def test_classes_in_another_order_than_the_file_would_misname_labels(content, classes):
    assert 'once each and in this order, but its categories have [' in refusal(content, classes)


def test_class_named_twice_is_an_error(content):
    assert "names ['cat'] twice: name each class once" in refusal(content, ('cat', 'cat'))


def test_category_that_is_there_twice_is_an_error(content):
    content['categories'].append(dict(id=99, name='cat'))
    assert "have ['cat', 'dog', 'car', 'cat']" in refusal(content)


def test_string_of_one_class_is_a_type_error(content):
    assert "for one class write ('cat',)" in refusal(content, 'cat', TypeError)


def test_annotations_of_other_classes_only_are_an_error(content):
    content['annotations'] = [ann for ann in content['annotations'] if ann['category_id'] != 1]
    message = refusal(content, ('cat',))
    assert "has one of the classes ('cat',); their categories are ['car', 'dog']" in message
    assert 'none of its 0 annotations' in refusal({**content, 'annotations': []})


def test_category_id_without_a_name_is_told_by_its_number(content):
    for annotation in content['annotations']:
        annotation['category_id'] = 77
    assert "their categories are ['77']" in refusal(content)


def test_annotations_may_be_absent_or_none_only_where_it_is_allowed(content):
    for unlabelled in ({**content, 'annotations': []}, copy.copy(content)):
        if unlabelled['annotations']:
            del unlabelled['annotations']
        check_coco_content(unlabelled, 'test.json', CLASSES, unlabelled=True)
        refusal(unlabelled)


def test_annotations_that_are_there_are_checked_all_the_same(content):
    del content['annotations'][0]['bbox']
    assert "lacks ['bbox']" in refusal(content, unlabelled=True)


def test_missing_image_is_named_and_the_folder_listed_once(root, content, monkeypatch):
    for index in (1, 3):
        (root / f'train2017/train_{index:05d}.jpg').unlink()
    listed = []
    scandir = os.scandir
    monkeypatch.setattr(os, 'scandir', lambda path: listed.append(path) or scandir(path))
    images = str(root / 'train2017')
    message = refusal(content, kind=FileNotFoundError, images=images)
    assert message.startswith(
        f'{images}/train_00001.jpg: listed in train.json, but missing (with 1 more). The layout'
    )
    assert listed == [images]
    check_coco_content(content, 'train.json', CLASSES)


def test_images_may_lie_in_sub_folders(root, content):
    folder = root / 'train2017'
    for index, image in enumerate(content['images']):
        name = f'part{index % 2}/{image["file_name"]}'
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / image['file_name']).rename(folder / name)
        image['file_name'] = name
    check_coco_content(content, 'train.json', CLASSES, images=str(folder))
    (folder / 'part1/train_00003.jpg').unlink()
    message = refusal(content, kind=FileNotFoundError, images=str(folder))
    assert message.startswith(f'{folder}/part1/train_00003.jpg: ')
