"""Workshops whose runs are no trainings but short scripts."""

import json
from dataclasses import dataclass, replace

import pytest

from mmdownsize.experiments import execute
from mmdownsize.experiments.commands import Launcher, environment
from mmdownsize.experiments.execute import Workshop
from mmdownsize.experiments.results import Results
from mmdownsize.experiments.run import Run, expand

CONFIG = 'configs/mini/fcn_area_camvid.py'
TRANSFER = 'configs/transfer/lighthead_dsnet_camvid_det_from_deeplabv3plus_camvid.py'
pytestmark = pytest.mark.usefixtures('root')
# Fails where the name of the work folder tells it to; notes what it was called with.
SCRIPT = """
import json, pathlib, sys, time
tool, arguments = sys.argv[1], sys.argv[2:]
folder = pathlib.Path(arguments[arguments.index('--work-dir') + 1])
folder = folder.parent if tool == 'test' else folder
for epochs in (8, 30):
    folder.joinpath(f'epoch_{epochs}.pth').touch()
with folder.parent.joinpath('order').open('a') as order:
    print(tool, folder.name, file=order)
if 'bicubic' in folder.name:
    sys.exit('no')
if tool == 'test':
    path = arguments[arguments.index('--json') + 1]
    scores = {'mIoU': 50.0 + len(folder.name), 'pascal_voc/mAP': 0.25}
    pathlib.Path(path).write_text(json.dumps(dict(scores=scores, run=dict(threads=1))))
"""


@dataclass(frozen=True)
class Script(Launcher):
    def command(self, tool, run, arguments):
        return ['python', '-c', SCRIPT, tool, *arguments]


@pytest.fixture
def workshop(tmp_path):
    said = []
    made = Workshop(
        Results(tmp_path / 'results'), tmp_path / 'work', launcher=Script(), say=said.append
    )
    object.__setattr__(made, 'said', said)
    return made


def order(workshop):
    return (workshop.work_dir / 'order').read_text().split('\n')[:-1]


def test_each_run_is_trained_then_tested_and_its_result_saved(workshop):
    runs = expand(CONFIG, interpolators=['bilinear', 'dsnet'], seeds=[0])
    assert workshop.execute(runs) == {}
    names = [run.identity for run in runs]
    assert order(workshop) == [f'{tool} {name}' for name in names for tool in ('train', 'test')]
    result = workshop.results.find(runs[1])
    assert result.score == 50 + len(names[1]) and result.metric == 'mIoU'
    written = json.loads((workshop.folder(runs[1]) / 'scores.json').read_text())
    assert result.scores == written['scores'] and result.run.items() >= written['run'].items()
    assert 'epoch_30.pth' in result.commands[1]
    assert workshop.said[-1] == f'[2/2] {runs[1].name}: mIoU {result.score:.2f}'


def test_every_commit_that_trained_is_named(workshop, monkeypatch):
    (run,) = expand(CONFIG, interpolators=['dsnet'], seeds=[0])
    for commit in ('abc', 'abc', 'def'):  # as of two attempts that were interrupted
        monkeypatch.setattr(execute, 'commit_of_the_code', lambda commit=commit: commit)
        workshop.results.path(run).unlink(missing_ok=True)
        workshop.execute([run])
    assert workshop.results.find(run).run == dict(threads=1, commit='abc, def')


def test_what_has_a_result_is_not_run_again(workshop):
    runs = expand(CONFIG, interpolators=['bilinear', 'dsnet'], seeds=[0])
    workshop.execute(runs[:1])
    assert workshop.missing(runs) == runs[1:]
    workshop.execute(runs)
    assert len(order(workshop)) == 4


def test_failure_of_one_leaves_the_others(workshop):
    runs = expand(CONFIG, interpolators=['bicubic', 'dsnet'], seeds=[0])
    failed = replace(workshop, jobs=2).execute(runs)
    assert list(failed) == [runs[0].identity] and 'exit status 1' in failed[runs[0].identity]
    assert workshop.results.find(runs[0]) is None and workshop.results.find(runs[1])
    told = f'[1/2] {runs[0].name}: failed, {failed[runs[0].identity]}'
    assert told in workshop.said


def test_sources_come_first_and_once_and_their_checkpoint_is_frozen(workshop):
    source = Run('configs/mini/deeplabv3plus_dsnet_camvid.py', 'dsnet', 0)
    runs = [replace(Run(TRANSFER, 'dsnet', seed), source=source) for seed in (0, 1)]
    assert workshop.execute(runs) == {}
    assert [line.split()[1] for line in order(workshop)][::2] == [
        source.identity,
        runs[0].identity,
        runs[1].identity,
    ]
    (train, _) = workshop.results.find(runs[0]).commands
    checkpoint = workshop.folder(source) / 'epoch_30.pth'
    assert f'custom_hooks.0.checkpoint={checkpoint}' in train
    assert workshop.results.find(runs[0]).score == 25.0


def test_runs_of_a_failed_source_are_not_started(workshop):
    source = Run('configs/mini/deeplabv3plus_dsnet_camvid.py', 'bicubic', 0)
    run = replace(Run(TRANSFER, 'bicubic', 0), source=source)
    failed = workshop.execute([run])
    assert f'its source {source.name} failed' == failed[run.identity]
    assert [line.split()[1] for line in order(workshop)] == [source.identity]


@pytest.mark.parametrize(
    ('kind', 'places'),
    [
        ('bilinear', ['model.backbone.init_cfg.checkpoint']),
        ('dsnet', ['custom_hooks.0.checkpoint', 'model.backbone.init_cfg.checkpoint']),
    ],
)
def test_checkpoint_of_the_source_is_where_the_config_names_one(workshop, kind, places):
    source = Run('configs/mini/fcn_bilinear_mixture_seg.py', kind, 0)
    config = f'configs/transfer/refinedet_{kind}_mixture_backbone_from_fcn_mixture_seg.py'
    for command in workshop.commands(Run(config, kind, 0, source=source)):
        checkpoint = workshop.folder(source) / 'epoch_8.pth'
        assert [word for word in command if str(source.identity) in word] == [
            f'{place}={checkpoint}' for place in places
        ]


def test_source_needs_a_place_in_the_config(workshop):
    run = replace(Run(CONFIG, 'dsnet', 0), source=Run(CONFIG, 'dsnet', 0))
    with pytest.raises(ValueError, match='neither a FreezeInterpolatorHook .* configs/transfer'):
        workshop.commands(run)


@pytest.mark.parametrize(
    ('config', 'gpus'),
    [
        ('mini/fcn_area_camvid', 1),
        ('lighthead_dsnet_voc', 8),
        ('refinedet320_dsnet_coco', 1),
        ('centernet_dsnet_coco', 8),
        ('detr_dsnet_voc', 8),
        ('fcn_dsnet_voc12', 4),
        ('spnet_dsnet_cityscapes', 4),
    ],
)
def test_slurm_gets_its_scripts_and_the_gpus_that_a_config_is_for(config, gpus):
    run = Run(f'configs/{config}.py', 'dsnet', 0)
    for launcher, expected in (
        (Launcher('slurm', 'gpu'), gpus),
        (Launcher('slurm', 'gpu', gpus=2), 2),
    ):
        assert launcher.command('train', run, ['x.py']) == [
            'env',
            f'GPUS={expected}',
            'tools/slurm_train.sh',
            'gpu',
            run.name,
            'x.py',
        ]


def test_options_of_slurm_need_slurm():
    with pytest.raises(ValueError, match='--partition'):
        Launcher('slurm')
    for options in (dict(partition='gpu'), dict(gpus=8)):
        with pytest.raises(ValueError, match='--launcher slurm'):
            Launcher(**options)


def test_source_of_a_source_is_needed_too(workshop):
    first = Run('configs/mini/deeplabv3plus_dsnet_camvid.py', 'dsnet', 0)
    second = Run(TRANSFER, 'dsnet', 0, source=first)
    third = Run(TRANSFER, 'dsnet', 1, source=second)
    assert workshop.missing([third]) == [first, second, third]
    assert workshop.execute([third]) == {}
    workshop.checkpoint(first).unlink()  # what is behind a source that is there is not needed
    workshop.results.path(third).unlink()
    assert workshop.missing([third]) == [third]


def test_source_whose_checkpoint_is_gone_is_trained_again(workshop):
    source = Run('configs/mini/deeplabv3plus_dsnet_camvid.py', 'dsnet', 0)
    run = replace(Run(TRANSFER, 'dsnet', 0), source=source)
    workshop.execute([source])
    assert workshop.missing([run]) == [run]
    workshop.checkpoint(source).unlink()
    assert workshop.missing([run]) == [source, run]
    assert workshop.missing([source]) == []
    assert workshop.execute([run]) == {}
    assert workshop.missing([run]) == [] and workshop.checkpoint(source).is_file()


def test_what_two_names_stand_for_is_trained_once(workshop):
    source = Run('configs/mini/deeplabv3plus_dsnet_camvid.py', 'dsnet', 0)
    named = replace(source, varied={'train_cfg.max_epochs': 30})  # as it is without
    run = Run(TRANSFER, 'dsnet', 0, source=named)
    assert named.identity != source.identity and named.fingerprint == source.fingerprint
    assert workshop.missing([source, run]) == [source, run]
    assert workshop.execute([source, run]) == {}
    assert [line.split()[1] for line in order(workshop)][::2] == [source.identity, run.identity]
    assert workshop.folder(named) == workshop.folder(source)
    assert workshop.missing([named, run]) == []
    workshop.results.path(run).unlink()
    assert workshop.missing([run]) == [run]
    workshop.checkpoint(source).unlink()
    assert workshop.missing([run]) == [named, run]


def test_other_settings_work_in_another_folder(workshop):
    run = Run(CONFIG, 'dsnet', 0)
    changed = replace(run, options={'train_cfg.max_epochs': 2})
    assert run.name == changed.name
    assert workshop.folder(run) != workshop.folder(changed)
    workshop.execute([run])
    assert workshop.missing([run, changed]) == [changed]


def test_gpus_are_taken_in_turn_of_those_that_are_seen(monkeypatch):
    monkeypatch.delenv('CUDA_VISIBLE_DEVICES', raising=False)
    assert environment(2, 5, 4) == dict(OMP_NUM_THREADS='2', CUDA_VISIBLE_DEVICES='1')
    monkeypatch.setenv('CUDA_VISIBLE_DEVICES', '6,7')
    assert environment(1, 3, 2)['CUDA_VISIBLE_DEVICES'] == '7'
    assert environment(1, 3, 1) == dict(OMP_NUM_THREADS='1')
