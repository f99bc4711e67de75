import cv2
import numpy as np
import pytest
from numpy.random import RandomState

from mmdownsize.datasets.polygons import CORNERS
from mmdownsize.datasets.texture_kinds import PERIODS
from mmdownsize.datasets.texture_scene import (
    CLASSES,
    MIXTURE_CLASSES,
    SIDES,
    draw_labels,
    draw_scene,
)
from mmdownsize.datasets.voc_writer import JPEG

TEXTURES = ('horizontal', 'vertical', 'checks')
NYQUIST = 2 / 0.3  # shortest period, in source pixels, that 0.3x sampling can carry


def middles(classes):
    """Class, period and the middle of every object of 100 scenes, after JPEG coding."""
    found = []
    for index in range(100):
        image, objects = draw_scene(300, RandomState([7, index]), classes=classes)
        image = cv2.imdecode(cv2.imencode('.jpg', image, JPEG)[1], cv2.IMREAD_COLOR)
        for item in objects:
            x1, y1, x2, y2 = item.box
            x, y = 0.3 * (x2 - x1 + 1), 0.3 * (y2 - y1 + 1)
            middle = image[int(y1 + y) : int(y2 - y) + 1, int(x1 + x) : int(x2 - x) + 1]
            found.append((item.name, item.period, middle.astype(np.float64)))
    return found


@pytest.fixture(scope='module')
def crops():
    return middles(CLASSES)


@pytest.fixture(scope='module')
def mixture():
    """By kind of texture: directions and middles, those large enough to hold some stripes."""
    found = [item for item in middles(MIXTURE_CLASSES) if min(item[2].shape[:2]) > 24]
    return {
        kind: (
            np.array([name.endswith('vertical') for name, _, _ in found if name.startswith(kind)]),
            [middle for name, _, middle in found if name.startswith(kind)],
        )
        for kind in ('fine', 'grainy')
    }


def centroid_accuracy(features, labels):
    """Accuracy, on the second half, of the nearest class centre of the first half."""
    features = (features - features.mean(0)) / features.std(0)
    half = len(labels) // 2
    centres = np.stack([features[:half][labels[:half] == k].mean(0) for k in set(labels)])
    distance = ((features[half:, None] - centres) ** 2).sum(2)
    return (distance.argmin(1) == labels[half:]).mean()


def direction_energy(crop):
    """Shares of the spectrum in waves along x, along y, and along the diagonals."""
    grey = crop.mean(2)
    grey = (grey - grey.mean()) * np.outer(*(np.hanning(n + 2)[1:-1] for n in grey.shape))
    power = np.abs(np.fft.fft2(grey, (64, 64))) ** 2
    rows, columns = np.fft.fftfreq(64)[:, None], np.fft.fftfreq(64)[None]
    angle = np.rad2deg(np.arctan2(rows, columns)) % 180
    sectors = ((angle + 22.5) % 180 // 45).astype(int)
    power = power * (np.hypot(rows, columns) > 0.1)
    along_x, falling, along_y, rising = (power[sectors == k].sum() for k in range(4))
    return np.array([along_x, along_y, falling + rising]) / power.sum()


def colour_statistics(crop):
    return np.concatenate([crop.mean((0, 1)), crop.std((0, 1))])


def test_class_is_not_readable_from_mean_and_deviation_of_colour(crops):
    features = np.stack([colour_statistics(crop) for _, _, crop in crops])
    labels = np.array([CLASSES.index(name) for name, _, _ in crops])
    textures = np.array([TEXTURES.index(name.split('_')[1]) for name, _, _ in crops])
    assert centroid_accuracy(features, labels) < 1 / 6 + 0.1
    assert centroid_accuracy(features, textures) < 1 / 3 + 0.1


def test_texture_is_readable_at_full_resolution(crops):
    features = np.stack([direction_energy(crop) for _, _, crop in crops])
    textures = np.array([TEXTURES.index(name.split('_')[1]) for name, _, _ in crops])
    assert centroid_accuracy(features, textures) > 0.97


def test_fine_textures_are_lost_and_coarse_ones_kept_by_area_downsizing(crops):
    def accuracy(low, high):
        chosen = [item for item in crops if low <= item[1] < high]
        small = [
            cv2.resize(crop, None, fx=0.3, fy=0.3, interpolation=cv2.INTER_AREA)
            for _, _, crop in chosen
        ]
        features = np.stack([direction_energy(crop) for crop in small])
        labels = [TEXTURES.index(name.split('_')[1]) for name, _, _ in chosen]
        return centroid_accuracy(features, np.array(labels))

    assert accuracy(PERIODS[0], NYQUIST / 2) < 0.6
    assert accuracy(NYQUIST, PERIODS[1]) > 0.85


def test_neither_shape_nor_texture_names_the_class():
    pairs = [name.split('_') for name in CLASSES]
    for kind in (0, 1):
        values = [pair[kind] for pair in pairs]
        assert {values.count(value) for value in values} == {2}
    assert len(set(CLASSES)) == 6


def test_scene_repeats_with_the_seed_and_differs_without():
    image, objects = draw_scene(200, RandomState([0, 1]))
    again, same = draw_scene(200, RandomState([0, 1]))
    other, _ = draw_scene(200, RandomState([0, 2]))
    assert np.array_equal(image, again) and objects == same
    assert not np.array_equal(image, other)


@pytest.mark.parametrize('name', CLASSES)
def test_box_is_tight(name):
    """Against the pixels that change when the object is drawn into the same background."""
    for seed in range(3):
        rng = RandomState([11, seed])
        image, (item,) = draw_scene(200, rng, names=(name,))
        empty, _ = draw_scene(200, RandomState([11, seed]), names=())
        # The noise of the two differs by a few grey levels, an object by far more; a row counts
        # from half a pixel of cover on, so that the drawn extent may exceed the box by one pixel.
        changed = np.abs(image.astype(float) - empty).max(2) > 30
        rows, columns = np.nonzero(changed)
        extent = (columns.min(), rows.min(), columns.max(), rows.max())
        assert np.abs(np.subtract(extent, item.box)).max() <= 2
        longer = max(item.box[2] - item.box[0], item.box[3] - item.box[1]) + 1
        assert SIDES[0] - 2 <= longer <= SIDES[1] + 2


def test_objects_do_not_cover_each_other():
    for seed in range(10):
        _, objects = draw_scene(300, RandomState([5, seed]), names=('bar_checks',) * 5)
        assert objects
        centres = [((a.box[0] + a.box[2]) / 2, (a.box[1] + a.box[3]) / 2) for a in objects]
        for index, (x, y) in enumerate(centres):
            for other in objects[index + 1 :]:
                assert not (other.box[0] < x < other.box[2] and other.box[1] < y < other.box[3])


def test_textures_are_not_locked_to_the_pixel_grid(crops):
    periods = np.array([period for _, period, _ in crops])
    assert len(set(periods)) == len(periods)
    assert np.abs(periods * 0.3 - np.round(periods * 0.3)).min() > 0
    assert 0.4 < (np.log(periods / PERIODS[0]) / np.log(PERIODS[1] / PERIODS[0])).mean() < 0.6


@pytest.mark.parametrize(
    'arguments',
    [
        {'size': 100},
        {'size': 200, 'names': ('cat',)},
        {'size': 200, 'average_grain': 0},
        {'size': 200, 'average_grain': 3.3},
    ],
)
def test_wrong_arguments_are_named(arguments):
    with pytest.raises(ValueError, match='should be'):
        draw_scene(rng=RandomState(0), **arguments)


@pytest.mark.parametrize('kind', ['fine', 'grainy'])
def test_direction_in_the_mixture_is_readable_from_texture_alone(mixture, kind):
    labels, crops = mixture[kind]
    assert centroid_accuracy(np.stack([colour_statistics(crop) for crop in crops]), labels) < 0.65
    # The stripes beneath grain are far longer than it.
    smooth = crops if kind == 'fine' else [cv2.GaussianBlur(crop, (0, 0), 3) for crop in crops]
    steps = np.array([[np.diff(c.mean(2), axis=k).std() for k in (0, 1)] for c in smooth])
    assert centroid_accuracy(np.log(steps[:, :1] / steps[:, 1:]), labels) > 0.95


def test_what_keeps_fine_texture_keeps_grain_and_what_blurs_one_blurs_both(mixture):
    for kind, least in (('fine', 1.7), ('grainy', 2.5)):
        nearest, area = (
            [cv2.resize(crop, None, fx=0.3, fy=0.3, interpolation=way) for crop in mixture[kind][1]]
            for way in (cv2.INTER_NEAREST, cv2.INTER_AREA)
        )
        ratios = [
            a.std((0, 1)).mean() / b.std((0, 1)).mean() for a, b in zip(nearest, area, strict=True)
        ]
        assert np.median(ratios) > least, kind


def test_shape_names_no_class_of_the_mixture():
    """Each class is drawn as each of the shapes: by the share of its box that it covers."""
    for name in MIXTURE_CLASSES:
        shares = []
        for seed in range(12):
            options = dict(classes=MIXTURE_CLASSES)
            image, (item,) = draw_scene(200, RandomState([3, seed]), names=(name,), **options)
            empty, _ = draw_scene(200, RandomState([3, seed]), names=(), **options)
            x1, y1, x2, y2 = item.box
            changed = np.abs(image.astype(float) - empty).max(2) > 30
            shares.append(changed[y1 : y2 + 1, x1 : x2 + 1].mean())
        assert np.ptp(shares) > 0.2, (name, sorted(CORNERS), shares)


@pytest.mark.parametrize('name', MIXTURE_CLASSES)
def test_mixture_repeats_with_the_seed(name):
    scenes = [
        draw_scene(200, RandomState([0, 1]), classes=MIXTURE_CLASSES, names=(name,)) for _ in '12'
    ]
    assert np.array_equal(scenes[0][0], scenes[1][0]) and scenes[0][1] == scenes[1][1]
    with pytest.raises(ValueError, match='should be among'):
        draw_scene(200, RandomState(0), names=(name,))


@pytest.mark.parametrize('scale', [0.3, 1 / 3, 0.5, 1])
def test_grain_is_averaged_as_an_output_pixel_would_and_all_else_stays(scale):
    reach, side = 3, 1 / scale
    edges = np.arange(-reach, reach + 2) - 0.5  # of the pixels around one
    shares = np.diff(np.clip(edges, -side / 2, side / 2)) / side
    compared = dict(fine=0, grainy=0)
    for seed in (0, 3):
        options = dict(classes=MIXTURE_CLASSES)
        image, objects = draw_scene(200, RandomState([6, seed]), **options)
        told, same = draw_scene(200, RandomState([6, seed]), **options, average_grain=scale)
        assert same == objects
        labels = draw_labels(200, objects, MIXTURE_CLASSES)
        for label, name in enumerate(MIXTURE_CLASSES, 1):
            inside = cv2.erode(np.uint8(labels == label), np.ones((5, 5), np.uint8))
            for y, x in np.argwhere(inside[reach:-reach, reach:-reach])[::50] + reach:
                around = image[y - reach : y + reach + 1, x - reach : x + reach + 1]
                average = np.einsum('y,x,yxc->c', shares, shares, around.astype(np.float64))
                expected = average if name.startswith('grainy') else image[y, x]
                assert np.abs(told[y, x] - expected).max() <= 0.5 + 1e-9
                compared[name.split('_')[0]] += 1
    assert min(compared.values()) > 50, compared


def test_grain_of_the_background_is_averaged_too():
    for seed in range(6):
        image, told = (
            draw_scene(200, RandomState(seed), classes=MIXTURE_CLASSES, names=(), **options)[0]
            for options in ({}, dict(average_grain=0.3))
        )
        changed = np.abs(image.astype(float) - told).max(2) > 10
        assert 0.01 < changed.mean() < 0.5
        assert told[changed].std() < 0.6 * image[changed].std()


@pytest.mark.parametrize('classes', [CLASSES, MIXTURE_CLASSES])
def test_labels_are_the_objects_within_their_boxes(classes):
    for seed in range(5):
        _, objects = draw_scene(200, RandomState([4, seed]), classes=classes)
        labels = draw_labels(200, objects, classes)
        assert set(np.unique(labels)) == {0} | {1 + classes.index(item.name) for item in objects}
        for item in objects:
            (alone,) = [draw_labels(200, [item], classes)]
            rows, columns = np.nonzero(alone)
            assert (columns.min(), rows.min(), columns.max(), rows.max()) == item.box
            assert np.array_equal(labels[rows, columns], alone[rows, columns])
        assert (labels > 0).sum() == sum(
            (draw_labels(200, [o], classes) > 0).sum() for o in objects
        )
