from pathlib import Path

import pytest
import torch

from mmdownsize import DownsizeNet, FixedInterpolator
from mmdownsize.benchmarks.contestants import VARIANTS, PlainPath, read_contestants

FOLDER = Path(__file__).parents[2] / 'configs/_base_/interpolators'
NAMES = sorted(path.stem for path in FOLDER.glob('*.py'))


def test_default_is_every_file_and_the_variants():
    contestants = read_contestants(FOLDER)
    assert [one.name for one in contestants] == [*NAMES, *VARIANTS]
    assert {'bilinear', 'area', 'dsnet', 'dsnet_support'} <= set(NAMES)


def test_new_files_show_up(tmp_path):
    (tmp_path / 'bilinear.py').write_text("interpolator = dict(type='FixedInterpolator')")
    (tmp_path / 'nearest.py').write_text(
        "interpolator = dict(type='FixedInterpolator', mode='nearest')"
    )
    nearest = read_contestants(tmp_path, ['nearest'])[1].build()
    assert isinstance(nearest, FixedInterpolator) and nearest.mode == 'nearest'


def test_options_override_the_file():
    text = 'dsnet:num_convs=4,coef_groups=3,normalizer=softmax,init=random,mean=0.5'
    net = read_contestants(FOLDER, [text])[1].build()
    assert len(net.convs) == 4 and net.head.groups == 3 and net.normalizer == 'softmax'
    assert net.mean.tolist() == [0.5] * 3


def test_bilinear_comes_along_and_nothing_comes_twice():
    named = [one.name for one in read_contestants(FOLDER, ['area', 'dsnet', 'area'])]
    assert named == ['bilinear', 'area', 'dsnet']
    named = [one.name for one in read_contestants(FOLDER, ['area', 'bilinear'])]
    assert named == ['area', 'bilinear']


def test_weights_are_the_same_every_time_and_no_random_number_is_used_up():
    contestant = read_contestants(FOLDER, ['dsnet'])[1]
    state = torch.get_rng_state()
    first, second = contestant.build(init='random'), contestant.build(init='random')
    assert torch.equal(torch.get_rng_state(), state)
    for ours, theirs in zip(first.parameters(), second.parameters(), strict=True):
        assert torch.equal(ours, theirs)


@pytest.mark.parametrize('name', ['dsnet', 'dsnet4', 'dsnet_support'])
def test_plain_path_is_a_downsize_net_with_the_same_result(name):
    contestant = read_contestants(FOLDER, [f'{name}_plain'])[1]
    net = contestant.build(init='random')
    assert isinstance(net, PlainPath) and isinstance(net.net, DownsizeNet)
    assert contestant.plain and not contestant.is_downsize_net
    image = 255 * torch.rand(2, 3, 20, 30)
    torch.testing.assert_close(net(image, (7, 9)), net.net(image, (7, 9)), rtol=1e-4, atol=1e-3)


@pytest.mark.parametrize(
    'spec, message',
    [
        ('nothing', "no interpolator is called 'nothing'; known: .*bilinear"),
        ('nothing_plain', "no interpolator is called 'nothing'"),
        ('area_plain', 'only a DownsizeNet has a plain path, area is a FixedInterpolator'),
        ('dsnet:num_convs', 'name:option=value'),
        ('dsnet:num_convs=0', 'dsnet:num_convs=0 cannot be built: num_convs is'),
        ('dsnet:colour=3', 'dsnet:colour=3 cannot be built: .*colour'),
    ],
)
def test_what_cannot_be_built_is_named(spec, message):
    with pytest.raises(ValueError, match=message):
        read_contestants(FOLDER, [spec])


def test_folder_without_the_reference_is_refused(tmp_path):
    with pytest.raises(ValueError, match='no bilinear.py'):
        read_contestants(tmp_path)
