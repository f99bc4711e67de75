import pytest

from mmdownsize.benchmarks.size_spec import SizeSpec


@pytest.mark.parametrize(
    'text, source, target, written',
    [
        ('300x300:100x100', (300, 300), (100, 100), '300x300:100x100'),
        ('375x500:0.3', (375, 500), (113, 150), '375x500:113x150'),
        ('10x20:.5', (10, 20), (5, 10), '10x20:5x10'),
        ('10x20:2', (10, 20), (20, 40), '10x20:20x40'),
        ('10x10:0.01', (10, 10), (1, 1), '10x10:1x1'),
    ],
)
def test_sizes_are_read_height_first(text, source, target, written):
    size = SizeSpec.parse(text)
    assert (size.source, size.target, str(size)) == (source, target, written)


def test_target_may_be_left_out():
    size = SizeSpec.parse('300x400')
    assert size.source == (300, 400) and size.rule is None and str(size) == '300x400'
    with pytest.raises(ValueError, match='300x400 names no target: write 300x400:hxw'):
        _ = size.target


@pytest.mark.parametrize(
    'text',
    ['', '300', '300x', 'x300', '0x300:0.3', '300x300:', '300x300:0', '300x300:0x9', '300x300:-1']
    + ['300x300:0.3:0.4', '300X300:0.3', '300x300x3:0.3', '300x300:inf', ' 300x300:0.3'],
)
def test_what_is_no_size_is_refused(text):
    with pytest.raises(ValueError, match=f'HxW:ratio or HxW, .*got {text!r}'):
        SizeSpec.parse(text)
