import math

import pytest
import torch
from test_contestants import FOLDER

from mmdownsize.benchmarks.agreement import path_difference
from mmdownsize.benchmarks.alone import Setting, leave_out_unable, measure_size
from mmdownsize.benchmarks.contestants import Contestant, read_contestants
from mmdownsize.benchmarks.end_to_end import measure_model
from mmdownsize.benchmarks.passes import forward_step, random_image, training_step
from mmdownsize.benchmarks.scaling import draw_scaling, measure_scaling
from mmdownsize.benchmarks.size_spec import SizeSpec
from mmdownsize.benchmarks.tables import benchmark_tables
from mmdownsize.reports import describe_run

SIZE = SizeSpec.parse('24x30:0.3')
SETTING = Setting(batch=2, rounds=2)


def times_are_sound(summary):
    for values in summary.values():
        assert all(0 < value < math.inf for value in values.values())
        assert values['lower_ms'] <= values['median_ms'] <= values['upper_ms']


@pytest.mark.parametrize('source, target', [((41, 37), (12, 11)), ((60, 50), (20, 17))])
def test_fast_path_is_the_plain_one_up_to_rounding(source, target):
    for contestant in read_contestants(FOLDER):
        if contestant.is_downsize_net:
            difference = path_difference(contestant, source, target, batch=2)
            assert 0 <= difference['forward'] < 1e-4 and 0 <= difference['gradient'] < 1e-2


def test_difference_sees_a_path_that_is_wrong(monkeypatch):
    contestant = read_contestants(FOLDER, ['dsnet'])[1]
    right = path_difference(contestant, (41, 37), (12, 11))
    plain = 'mmdownsize.benchmarks.agreement.PlainPath.interpolate'
    monkeypatch.setattr(plain, lambda self, image, size: 1.01 * self.net.interpolate(image, size))
    wrong = path_difference(contestant, (41, 37), (12, 11))
    assert right['forward'] < 1e-4 < 0.009 < wrong['forward'] < 0.011
    assert 0.009 < wrong['gradient'] < 0.011


def test_steps_set_the_mode_and_leave_the_gradients_of_one_step():
    net = read_contestants(FOLDER, ['dsnet'])[1].build(init='random')
    image = random_image(1, (20, 20))
    forward_step(net, image, (6, 6))()
    assert not net.training and all(p.grad is None for p in net.parameters())
    step = training_step(net, image, (6, 6))
    assert net.training
    step()
    once = [p.grad.clone() for p in net.parameters()]
    step()
    for first, second in zip(once, net.parameters(), strict=True):
        torch.testing.assert_close(first, second.grad)


def test_contestants_that_torch_cannot_compute_are_left_out(monkeypatch):
    contestants = read_contestants(FOLDER, ['area'])

    def build(self, **changes):
        net = torch.nn.Identity()
        net.forward = lambda image, size: image
        if self.name == 'area':
            net.forward = lambda image, size: (_ for _ in ()).throw(RuntimeError('no Half\nat all'))
        return net

    monkeypatch.setattr(Contestant, 'build', build)
    able, left_out = leave_out_unable(contestants, SETTING)
    assert [one.name for one in able] == ['bilinear'] and left_out == dict(area='no Half')


def test_size_is_measured_in_all_parts():
    contestants = read_contestants(FOLDER, ['dsnet', 'dsnet_plain'])
    result = measure_size(contestants, SIZE, SETTING)
    assert result['source'] == [24, 30] and result['target'] == [7, 9]
    names = {'bilinear', 'dsnet', 'dsnet_plain'}
    for kind in ('forward', 'training'):
        assert set(result[kind]) == names and result[kind]['bilinear']['ratio'] == 1
        times_are_sound(result[kind])
    assert set(result['memory_bytes']) == set(result['flops']) == names
    assert all(0 <= memory < 2**30 for memory in result['memory_bytes'].values())
    assert result['flops']['bilinear'] == 0 < result['flops']['dsnet']
    assert set(result['difference']) == {'dsnet'}
    assert result['speed_up'] == {}


def test_speed_up_is_that_of_downsize_nets_over_other_learned_ones(monkeypatch):
    contestants = read_contestants(FOLDER, ['area', 'dsnet'])
    rival = Contestant('rival', dict(contestants[-1].config, type='Rival'))
    monkeypatch.setattr(Contestant, 'build', _build_rival(Contestant.build))
    times = dict(area=[1.0, 1.0], bilinear=[1.0, 1.0], dsnet=[2.0, 4.0], rival=[6.0, 12.0])
    monkeypatch.setattr(
        'mmdownsize.benchmarks.alone.time_passes',
        lambda *_, **__: dict(forward=times, training=times),
    )
    result = measure_size([*contestants, rival], SIZE, SETTING, parts=['time'])
    assert result['speed_up'] == dict(dsnet=dict(rival=dict(forward=3, training=3)))
    assert set(result) == {'source', 'target', 'forward', 'training', 'speed_up'}
    tables = benchmark_tables(
        dict(run=describe_run(['benchmark.py']), setting=SETTING.__dict__, sizes=[result])
    )
    assert '| dsnet | 3.00x, 3.00x |' in tables


def _build_rival(build):
    def build_known(self, **changes):
        known = Contestant(self.name, dict(self.config, type='DownsizeNet'))
        return build(known if self.name == 'rival' else self, **changes)

    return build_known


def test_size_without_a_target_is_refused():
    with pytest.raises(ValueError, match='names no target'):
        measure_size(read_contestants(FOLDER, []), SizeSpec.parse('24x30'), SETTING)


def test_scaling_is_measured_and_drawn():
    contestants = read_contestants(FOLDER, ['area', 'dsnet'])
    scaling = measure_scaling(contestants, SETTING, edges=(16, 32), target=8)
    assert scaling['target'] == 8 and list(scaling['forward']) == ['16', '32']
    for summary in scaling['forward'].values():
        assert list(summary) == ['bilinear', 'area', 'dsnet']
        times_are_sound(summary)
    (axes,) = draw_scaling(scaling).axes
    assert [line.get_label() for line in axes.lines] == ['bilinear', 'area', 'dsnet']
    drawn = axes.lines[2].get_xydata().tolist()
    assert drawn == [[int(e), row['dsnet']['median_ms']] for e, row in scaling['forward'].items()]
    with pytest.raises(ValueError, match='at least 1 pixel'):
        measure_scaling(contestants, SETTING, edges=(0,))


@pytest.mark.parametrize('size, target', [('160x160', [48, 48]), ('160x160:40x64', [40, 64])])
def test_model_is_measured_behind_each_interpolator(size, target, monkeypatch):
    import mmdownsize.benchmarks.end_to_end as end_to_end

    seen = []
    built = end_to_end.build_random_model

    def build(*args, **kwargs):
        config, model = built(*args, **kwargs)
        model.backbone.register_forward_pre_hook(
            lambda *_: seen.append(model.data_preprocessor.interpolator)
        )
        return config, model

    monkeypatch.setattr(end_to_end, 'build_random_model', build)
    contestants = read_contestants(FOLDER, ['area', 'dsnet'])
    path = FOLDER.parents[1] / 'mini/fcn_dsnet_camvid.py'
    result = measure_model(path, contestants, SizeSpec.parse(size), Setting(rounds=2))
    assert result['target'] == target
    names = [type(net).__name__ for net in seen]
    in_turn = ['FixedInterpolator', 'FixedInterpolator', 'DownsizeNet']
    assert names == in_turn * (3 + 3 + 1)
    for kind in ('predict', 'network'):
        times_are_sound(result[kind])
    flops = result['flops']
    assert flops['bilinear']['interpolator'] == 0 < flops['dsnet']['interpolator']
    assert len({parts['rest'] for parts in flops.values()}) == 1
