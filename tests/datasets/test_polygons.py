import numpy as np

from mmdownsize.datasets.polygons import coverage


def test_coverage_of_a_turned_square_is_its_area_in_each_pixel():
    cover = coverage(np.array([[50.0, 20.0], [80.0, 50.0], [50.0, 80.0], [20.0, 50.0]]), 100)
    # Pixel centres lie at whole numbers: sub-pixel k of 10 has its centre at (k + 0.5) / 10 - 0.5.
    rows, columns = (np.mgrid[:1000, :1000] + 0.5) / 10 - 0.5
    inside = np.abs(rows - 50) + np.abs(columns - 50) <= 30
    expected = inside.reshape(100, 10, 100, 10).mean((1, 3))
    assert np.abs(cover - expected).mean() < 1e-3
    # An edge by its distance alone is off by a tenth at most; a corner, where two meet, by more.
    assert np.sort(np.abs(cover - expected), axis=None)[-5] < 0.11
    assert cover[50, 50] == 1 and cover[25, 25] == 0
