import argparse
from dataclasses import replace

import pytest

from mmdownsize import DownsizeNet
from mmdownsize.config import add_config_options, load_config
from mmdownsize.experiments.commands import Launcher, train_command
from mmdownsize.experiments.run import INTERPOLATOR, Run, expand

CONFIG = 'configs/mini/fcn_area_camvid.py'
SPEC = 'dsnet_support:coef_groups=3,sharpness=0.3'
pytestmark = pytest.mark.usefixtures('root')


def typed(command):
    """The config that a typed command trains."""
    parser = argparse.ArgumentParser()
    for name in ('python', 'tool', 'config'):
        parser.add_argument(name)
    parser.add_argument('--resume', action='store_true')
    parser.add_argument('--deterministic', action='store_true')
    parser.add_argument('--work-dir')
    add_config_options(parser)
    args = parser.parse_args(command)
    return load_config(args.config, options=args.cfg_options)


@pytest.mark.parametrize('spec', ['bilinear', SPEC, 'dsnet:mean=[1.5,2,3],normalizer=softmax'])
def test_command_trains_what_the_run_says(tmp_path, spec):
    run = Run(CONFIG, spec, 3, {'model.data_preprocessor.scale_factor': 0.5})
    config = typed(train_command(run, tmp_path, Launcher(), None))
    assert config.train_cfg.pop('val_begin') > config.train_cfg.max_epochs
    assert config.to_dict() == run.load().to_dict()
    assert config.randomness.seed == 3
    assert config.model.data_preprocessor.scale_factor == 0.5


def test_interpolator_of_the_config_leaves_nothing_behind():
    preprocessor = Run(CONFIG, SPEC, 0).load().model.data_preprocessor
    expected = dict(type='DownsizeNet', taps='support', distance='antialiased')
    assert preprocessor.interpolator == expected | dict(coef_groups=3, sharpness=0.3)
    assert Run(CONFIG, 'bilinear', 0).load().model.data_preprocessor.interpolator == dict(
        type='FixedInterpolator'
    )


def test_no_two_runs_share_a_name_or_a_fingerprint():
    vary = {'model.data_preprocessor.scale_factor': [0.3, 0.5]}
    runs = expand(CONFIG, interpolators=['bilinear', 'dsnet', SPEC], seeds=[0, 1], vary=vary)
    assert len(runs) == len({run.name for run in runs}) == 12
    assert len({run.fingerprint for run in runs}) == 12
    assert [run.seed for run in runs] == [0] * 6 + [1] * 6


def test_fingerprint_knows_options_and_source():
    run = Run(CONFIG, 'dsnet', 0)
    assert run.fingerprint == Run(CONFIG, 'dsnet', 0).fingerprint
    changed = [
        replace(run, options={'train_cfg.max_epochs': 3}),
        replace(run, source=Run(CONFIG, 'dsnet', 0)),
        replace(run, source=Run(CONFIG, 'dsnet', 0, options={'train_cfg.max_epochs': 3})),
    ]
    prints = [one.fingerprint for one in (run, *changed)]
    assert len(set(prints)) == 4
    assert len({one.identity for one in (run, *changed)}) == 4


def test_fingerprint_of_a_transfer_takes_the_source_for_the_checkpoint_that_the_config_names():
    config = 'configs/transfer/refinedet_dsnet_mixture_backbone_from_fcn_mixture_seg.py'
    model = 'configs/transfer/fcn_dsnet_camvid_model_from_fcn_bilinear_camvid.py'
    assert list(Run(model, 'dsnet', 0).checkpoints()) == ['load_from']
    places = 'checkpoint', 'custom_hooks.0.checkpoint', 'model.backbone.init_cfg.checkpoint'
    run = Run(config, 'dsnet', 0)
    assert list(run.checkpoints()) == list(places[1:])
    renamed = replace(run, options=dict.fromkeys(places, 'work_dirs/other/epoch_9.pth'))
    assert run.fingerprint != renamed.fingerprint
    source = Run('configs/mini/fcn_bilinear_mixture_seg.py', 'dsnet', 0)
    run, renamed = (replace(each, source=source) for each in (run, renamed))
    assert run.fingerprint == renamed.fingerprint
    longer = replace(source, options={'train_cfg.max_epochs': 9})
    assert run.fingerprint != replace(run, source=longer).fingerprint


@pytest.mark.parametrize(
    'config, spec, error, message',
    [
        ('configs/none.py', 'area', FileNotFoundError, 'no config at configs/none.py'),
        ('configs/_base_/models/fcn_r101.py', 'area', ValueError, 'has no model.data_preproc'),
        (CONFIG, 'lanczos', ValueError, "no interpolator is called 'lanczos'; known: antialias"),
        (CONFIG, 'dsnet:depth=2', ValueError, 'dsnet:depth=2 cannot be built'),
        (CONFIG, 'dsnet:taps=3', ValueError, 'taps is one of 2, 4'),
    ],
)
def test_mistakes_are_named_before_anything_runs(config, spec, error, message):
    with pytest.raises(error, match=message):
        Run(config, spec, 0).check()


@pytest.mark.parametrize(
    'changes, message',
    [
        (dict(seeds=[]), 'seeds: at least one'),
        (dict(seeds=[1, 1]), 'seeds: each is named once'),
        (dict(interpolators=['area', 'area']), 'interpolators: each is named once'),
        (dict(vary={'model.x': []}), 'model.x: at least one'),
        (dict(vary={'randomness.seed': [1, 2]}), 'randomness.seed is set in two ways'),
        (dict(options={INTERPOLATOR + '.mode': 'area'}), 'interpolator.mode is set in two ways'),
        (dict(vary={'model.x': [1]}, options={'model.x': 2}), 'model.x is set in two ways'),
    ],
)
def test_expanding_refuses_empty_and_repeated_values(changes, message):
    with pytest.raises(ValueError, match=message):
        expand(CONFIG, **dict(interpolators=['area'], seeds=[0]) | changes)


def test_options_of_the_interpolator_reach_it():
    run = Run(CONFIG, SPEC, 0)
    config = run.settings()
    options = {
        key.removeprefix(f'{INTERPOLATOR}.'): value
        for key, value in config.items()
        if key.startswith(INTERPOLATOR) and not key.endswith(('_delete_', '.type'))
    }
    net = DownsizeNet(**options)
    assert net.taps == 'support' and net.head.groups == 3 and net.head.sharpness[0] == 0.3


@pytest.mark.parametrize('options', [{'param_scheduler.9.end': 3}, {'log_level.x': 1}])
def test_settings_that_the_config_has_no_place_for_are_named(options):
    with pytest.raises(ValueError, match='fcn_area_camvid.py does not take these settings'):
        Run(CONFIG, 'area', 0, options=options).check()


@pytest.mark.parametrize(
    'evaluator', [dict(type='CityscapesMetric'), [dict(type='IoUMetric')], None]
)
def test_evaluator_without_a_known_score_is_named(tmp_path, evaluator):
    path = tmp_path / 'config.py'
    base = load_config(CONFIG)
    base.test_evaluator = evaluator
    base.dump(path)
    with pytest.raises(ValueError, match='test_evaluator is one of VOCMetric, Class.*IoUM'):
        Run(str(path), 'area', 0).check()


@pytest.mark.parametrize(
    'value', [True, None, 1, 0.3, 'word', [1, 2.5], (90, 90), [(1, 2), (3, 4)], 1e-05]
)
def test_values_reach_the_config_as_they_are(tmp_path, value):
    run = Run(CONFIG, 'area', 0, options={'train_cfg.x': value})
    found = typed(train_command(run, tmp_path, Launcher(), None)).train_cfg.x
    assert found == value and type(found) is type(value)


@pytest.mark.parametrize('value', ['true', 'a,b', '0.3', 'my data/x', dict(a=1), '007', [dict()]])
def test_values_that_the_command_line_would_change_are_refused(tmp_path, value):
    run = Run(CONFIG, 'area', 0, options={'train_cfg.x': value})
    with pytest.raises(ValueError, match=r'train_cfg.x=.* cannot be given by --cfg-options'):
        train_command(run, tmp_path, Launcher(), None)
