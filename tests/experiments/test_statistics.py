import math

import numpy as np
import pytest
from scipy import stats

from mmdownsize.experiments.statistics import estimate, paired_difference

OURS = {0: 50.1, 1: 47.3, 2: 52.9, 5: 49.0}
THEIRS = {0: 49.2, 1: 47.9, 2: 50.0, 3: 10.0}


def test_interval_is_that_of_a_one_sample_t_test():
    values = list(OURS.values())
    found = estimate(values)
    expected = stats.ttest_1samp(values, 0).confidence_interval(0.95)
    assert found.mean == pytest.approx(np.mean(values)) and found.count == 4
    assert found.deviation == pytest.approx(np.std(values, ddof=1))
    assert found.interval == pytest.approx((expected.low, expected.high))


def test_difference_is_that_of_a_paired_t_test_over_common_seeds():
    found = paired_difference(OURS, THEIRS)
    seeds = [0, 1, 2]
    test = stats.ttest_rel([OURS[seed] for seed in seeds], [THEIRS[seed] for seed in seeds])
    expected = test.confidence_interval(0.95)
    assert found.count == 3
    assert found.interval == pytest.approx((expected.low, expected.high))


def test_one_seed_has_no_interval():
    found = paired_difference({0: 2.0}, {0: 1.5})
    assert found.mean == 0.5 and found.count == 1
    assert found.deviation is found.margin is found.interval is None


def test_no_common_seed_is_no_difference():
    assert paired_difference({0: 1.0}, {1: 1.0}) is None


def test_interval_covers_the_mean_as_often_as_it_says():
    draws = np.random.RandomState(0).normal(3.0, 2.0, (2000, 3))
    covered = [low <= 3.0 <= high for low, high in (estimate(list(d)).interval for d in draws)]
    assert math.isclose(np.mean(covered), 0.95, abs_tol=0.015)


def test_no_value_is_refused():
    with pytest.raises(ValueError, match='at least one value'):
        estimate([])
