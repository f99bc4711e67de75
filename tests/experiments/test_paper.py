"""The paper's experiments: every run that they name can be built, and is what it says."""

import copy
from pathlib import Path

import pytest

from mmdownsize.config import interpolator_names, load_config
from mmdownsize.experiments.metrics import metric_of
from mmdownsize.experiments.mixture_tables import KINDS, TOLD
from mmdownsize.experiments.paper import EXPERIMENTS
from mmdownsize.experiments.paper_tables import ALL, AVERAGING, FIXED, LEARNING_RATE
from mmdownsize.experiments.run import FREEZE

TABLES = [
    (f'{name}-{size}-{table.name}', table)
    for name, experiment in EXPERIMENTS.items()
    for size in ('mini', 'full')
    for table in experiment.tables(size)
]
BY_NAME = {table.name: table for _, table in TABLES}
DETECTOR = 'refinedet_mixture_backbone_from_fcn_mixture_seg'
pytestmark = pytest.mark.usefixtures('root')


def test_names_of_tables_are_folders_of_their_own():
    names = [table.name for _, table in TABLES]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize('table', [table for _, table in TABLES], ids=[name for name, _ in TABLES])
def test_runs_of_a_table_can_be_built_and_differ(table):
    runs = table.runs([0])
    assert len({run.name for run in runs}) == len(runs)
    assert list(dict.fromkeys(run.interpolator for run in runs))[:3] == list(FIXED)
    assert {metric_of(run.load()) for run in runs} == {metric_of(runs[0].load())}
    for run in runs:
        loop = run.load().train_cfg
        end = loop.get('max_epochs') or loop.max_iters
        assert run.load().param_scheduler[-1].end == end
    for run in {run.interpolator: run for run in runs}.values():
        run.check()


@pytest.mark.parametrize('size', ['mini', 'full'])
def test_transfers_freeze_in_the_schedule_of_their_baselines(size):
    for table in EXPERIMENTS['table3'].tables(size):
        bilinear, *others = table.runs([0])
        assert bilinear.interpolator == 'bilinear'
        bilinear = bilinear.load()
        for run in others:
            config = run.load()
            assert config.param_scheduler == bilinear.param_scheduler
            assert config.train_cfg.max_epochs == bilinear.train_cfg.max_epochs
            hooks = [hook['type'] for hook in config.get('custom_hooks', [])]
            frozen = run.source is not None and run.interpolator not in (*FIXED, 'nearest')
            assert hooks == [FREEZE] * frozen


@pytest.mark.parametrize('size', ['mini', 'full'])
def test_sources_are_trained_for_one_to_two_to_three(size):
    table = EXPERIMENTS['table3'].tables(size)[0]
    sources = [run.source for run in table.runs([0]) if run.interpolator == 'dsnet']
    lengths = [source.load().train_cfg.max_epochs for source in sources]
    assert [length / lengths[0] for length in lengths] == [1, 2, 3]
    for source in sources:
        config = source.load()
        assert config.param_scheduler[-1].end == config.train_cfg.max_epochs
        assert config.model.data_preprocessor.interpolator.type == 'DownsizeNet'


def test_half_the_scale_is_the_same_task_but_for_it():
    tables = {table.name: table for _, table in TABLES}
    halves = [name for name in tables if name.endswith('_half')]
    assert halves == ['lighthead_bccd_half', 'refinedet_bccd_half']
    for name in halves:
        usual = tables[name.removesuffix('_half')].runs([0])
        for whole, half in zip(usual, tables[name].runs([0]), strict=True):
            config = copy.deepcopy(half.load())
            assert config.model.data_preprocessor.scale_factor == 0.15
            config.model.data_preprocessor.scale_factor *= 2
            assert config.to_dict() == whole.load().to_dict()


def test_larger_images_have_the_detail_of_their_own_scale_or_of_the_usual_one():
    tables = [table for _, table in TABLES if table.name.endswith('_scale')]
    assert [table.name for table in tables] == ['fcn_camvid_scale', 'refinedet_bccd_scale']
    for table in tables:
        *usual, larger, enlarged = (run.load().model.data_preprocessor for run in table.runs([0]))
        for small in usual:
            assert enlarged.scale_factor == larger.scale_factor == 2 * small.scale_factor
            assert enlarged.scale_factor * enlarged.interpolator.through == small.scale_factor
        assert larger.interpolator == usual[0].interpolator


def test_a_kind_of_texture_alone_is_the_same_task_but_for_the_other_kind():
    both = BY_NAME[DETECTOR]
    alone = [BY_NAME[f'{DETECTOR}_{kind}'] for kind in ('fine', 'grainy')]
    all_names = both.runs([0])[0].load().val_dataloader.dataset.metainfo.classes
    assert [name for kind in KINDS.values() for name in kind] == list(all_names)
    usual = {(run.interpolator, run.source.fingerprint): run for run in both.runs([0])}
    assert len(usual) == len(both.runs([0]))
    for table, names in zip(alone, KINDS.values(), strict=True):
        for run in table.runs([0]):
            config = copy.deepcopy(run.load())
            assert config.model.bbox_head.num_classes == len(names)
            config.model.bbox_head.num_classes = len(all_names)
            for split in ('train', 'val', 'test'):
                metainfo = config[f'{split}_dataloader'].dataset.metainfo
                assert metainfo.classes == names
                metainfo.classes = all_names
            same = usual[run.interpolator, run.source.fingerprint].load()
            assert config.to_dict() == same.to_dict()


def test_detector_of_the_mixture_learns_twice_as_long_and_no_more_differs():
    usual = {run.source.fingerprint: run for run in BY_NAME[DETECTOR].runs([0])}
    runs = BY_NAME[f'{DETECTOR}_twice_as_long'].runs([0])
    assert len(runs) > 5
    for run in runs:
        config, same = (copy.deepcopy(each.load()) for each in (run, usual[run.source.fingerprint]))
        scheduler = config.param_scheduler[1]
        assert config.train_cfg.max_epochs == scheduler.end == 8
        assert same.train_cfg.max_epochs == same.param_scheduler[1].end == 4
        config.train_cfg.max_epochs = scheduler.end = 4
        assert config.to_dict() == same.to_dict()


def test_detector_of_the_texture_set_differs_by_what_its_source_has_learned():
    """The mixture, or the very images that it learns itself; for as many steps as with these.

    These are varied in training, and measured on more images.
    """
    table = 'refinedet_texture_backbone_from_fcn'
    own, carried = (
        {
            run.interpolator: run
            for run in BY_NAME[f'{table}_{source}'].runs([0])
            if run.source.varied.get(LEARNING_RATE) != 0
        }
        for source in ('texture_seg', 'mixture_seg')
    )
    assert len(own) == 7
    for name, run in own.items():
        config, same = (copy.deepcopy(each.load()) for each in (run, carried[name]))
        for each, theirs in ((config, run), (same, carried[name])):
            for place in ('work_dir', 'checkpoint', *theirs.checkpoints()):
                each.merge_from_dict({place: 'source'})
        varied = config.train_dataloader.dataset.pipeline
        assert varied == config.pop('varied_pipeline') != same.train_dataloader.dataset.pipeline
        same.train_dataloader.dataset.pipeline = varied
        for phase in ('val', 'test'):
            assert same[f'{phase}_dataloader'].dataset.data_root == 'data/texture/'
            same[f'{phase}_dataloader'].dataset.data_root = 'data/texture_large/'
        assert config.to_dict() == same.to_dict()
        source, other = run.source.load(), carried[name].source.load()
        for key in ('train_cfg', 'optim_wrapper', 'param_scheduler'):
            assert source[key] == other[key]
        for phase in ('train', 'val', 'test'):
            loader = f'{phase}_dataloader'
            for learns in (source, config):
                assert learns[loader].dataset.data_root == 'data/texture_large/'


def test_told_of_the_grain_is_the_nearest_pixel_on_another_set():
    def longest(run):
        return (run.source or run).load().train_cfg.max_epochs == 8

    found = 0
    for _, table in TABLES:
        runs = table.runs([0])
        for told in (run for run in runs if TOLD in run.varied.values()):
            usual, last = (run for run in runs if run.interpolator == 'nearest' and longest(run))
            assert last is told
            pairs = [(told, usual)] + ([(told.source, usual.source)] if told.source else [])
            for ours, theirs in pairs:
                ours, theirs = (copy.deepcopy(each.load()) for each in (ours, theirs))
                for split in ('train', 'val', 'test'):
                    name = f'{split}_dataloader'
                    assert ours[name].dataset.data_root == TOLD
                    ours[name].dataset.data_root = theirs[name].dataset.data_root
                assert ours.to_dict() == theirs.to_dict()
            found += 1
    assert found == 4
    (segmentor,) = (table for _, table in TABLES if table.name == 'fcn_mixture_seg')
    names = [run.identity for run in segmentor.runs([0])]
    assert told.source.identity in names, 'its source is trained once, for both tables'


def test_names_stand_for_files():
    assert {name.partition(':')[0] for name in ALL} <= set(interpolator_names())
    for _, table in TABLES:
        for grid in table.grids:
            assert Path(grid.config).is_file() and load_config(grid.config)


@pytest.mark.parametrize('name', ['fcn_mixture_seg', 'fcn_texture_seg'])
def test_untrained_interpolators_are_frozen_and_nothing_else_differs(name):
    runs = BY_NAME[name].runs([0])
    untrained = [run for run in runs if run.varied.get(LEARNING_RATE) == 0]
    assert {run.interpolator for run in untrained} == set(AVERAGING)
    for run in untrained:
        (trained,) = (
            other
            for other in runs
            if other.interpolator == run.interpolator
            and {**other.varied, LEARNING_RATE: 0} == run.varied
            and other != run
        )
        config, same = (copy.deepcopy(each.load()) for each in (run, trained))
        assert config.pop('custom_hooks') == [dict(type=FREEZE)]
        for each in (config, same):
            each.optim_wrapper.paramwise_cfg.custom_keys.interpolator.pop('lr_mult')
            each.work_dir = None
        assert config.to_dict() == same.to_dict()


def test_slow_rows_differ_by_their_rate_alone():
    runs = [run for run in BY_NAME['lighthead_camvid_det'].runs([0]) if 'support' in run.name]
    rates = [run.varied.get(LEARNING_RATE) for run in runs]
    assert rates == [None, 0.01]
    usual, slow = (copy.deepcopy(run.load()) for run in runs)
    assert slow.optim_wrapper.paramwise_cfg.custom_keys.interpolator.pop('lr_mult') == 0.01
    assert usual.optim_wrapper.paramwise_cfg.custom_keys.interpolator.pop('lr_mult') == 0.1
    for each in (usual, slow):
        each.work_dir = None
    assert slow.to_dict() == usual.to_dict()


@pytest.mark.parametrize('name', [name for name in BY_NAME if name.endswith('_finetuned')])
def test_rows_that_are_finetuned_start_from_one_network_and_learn_alike(name):
    bilinear, *others = BY_NAME[name].runs([0])
    assert bilinear.source.interpolator == bilinear.interpolator == 'bilinear'
    assert bilinear.load().load_from and bilinear.load().train_cfg.max_epochs < (
        bilinear.source.load().train_cfg.max_epochs
    )
    for run in others:
        assert run.source.identity == bilinear.source.identity
        config, same = (copy.deepcopy(each.load()) for each in (run, bilinear))
        assert config.model.data_preprocessor.pop('interpolator')
        assert same.model.data_preprocessor.pop('interpolator') == dict(type='FixedInterpolator')
        for each in (config, same):
            each.optim_wrapper.paramwise_cfg.custom_keys.interpolator.pop('lr_mult')
        assert config.to_dict() == same.to_dict()
