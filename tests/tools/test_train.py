"""The command line, run as a user runs it, on a texture set of a few images."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import cv2
import pytest
import torch
from mmengine.config import Config
from mmengine.registry import MODELS, init_default_scope

from mmdownsize.checkpoint import load_from_local
from mmdownsize.config import check_start, load_config
from mmdownsize.datasets import make_texture_set
from mmdownsize.experiments.child import progress

ROOT = Path(__file__).parents[2]
# Sums over threads are rounded by their number, so that bits agree only between equal ones.
PROCESS = dict(cwd=ROOT, env=os.environ | dict(OMP_NUM_THREADS='1'))
CONFIG = 'configs/mini/lighthead_dsnet_texture.py'


@pytest.fixture(scope='module')
def texture(tmp_path_factory) -> Path:
    data = tmp_path_factory.mktemp('data') / 'texture'
    make_texture_set(data, seed=1, train=6, val=2, size=160)
    return data


def command(tool: str, *arguments: object, options: dict | None = None) -> list[str]:
    small = {
        'model.backbone.base_channels': 8,
        'model.neck.in_channels': 64,
        'model.rpn_head.in_channels': 32,
        'train_dataloader.batch_size': 2,
        'train_dataloader.num_workers': 1,
        'default_hooks.logger.interval': 1,
    } | (options or {})
    options = [f'{key}={value}' for key, value in small.items()]
    return [sys.executable, f'tools/{tool}', *map(str, arguments), '--cfg-options', *options]


def data_options(data: Path, **options: object) -> dict:
    roots = {
        f'{split}_dataloader.dataset.data_root': f'{data}/' for split in ('train', 'val', 'test')
    }
    return roots | {key.replace('__', '.'): value for key, value in options.items()}


def run(line: list[str]) -> subprocess.CompletedProcess:
    return subprocess.run(line, text=True, capture_output=True, **PROCESS)


def train(data: Path, work_dir: Path, *arguments: str, **options: object) -> str:
    schedule = dict(train_cfg__max_epochs=3, train_cfg__val_interval=3)
    options = data_options(data, **schedule | options)
    done = run(command('train.py', CONFIG, '--work-dir', work_dir, *arguments, options=options))
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_killed_training_resumes_to_the_same_bits(texture, tmp_path):
    whole = train(texture, tmp_path / 'whole')
    assert 'pascal_voc/mAP' in whole
    told = [found for line in whole.splitlines() if (found := progress(line))]
    assert [line.split(',')[0] for line in told] == [f'epoch {n}' for n in '111222333']
    options = data_options(texture, train_cfg__max_epochs=3, train_cfg__val_interval=3)
    line = command('train.py', CONFIG, '--work-dir', tmp_path / 'killed', options=options)
    with subprocess.Popen(
        line, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **PROCESS
    ) as killed:
        for printed in killed.stdout:
            if re.search(r'Epoch\(train\)\s+\[2\]\[2/3\]', printed):
                killed.send_signal(signal.SIGKILL)
                break
    assert killed.returncode == -signal.SIGKILL
    assert not (tmp_path / 'killed' / 'epoch_2.pth').exists()
    resumed = train(texture, tmp_path / 'killed', '--resume')
    assert 'resuming from' in resumed and 'epoch_1.pth' in resumed
    ours, theirs = (
        load_from_local(tmp_path / name / 'epoch_3.pth')['state_dict']
        for name in ('killed', 'whole')
    )
    assert ours.keys() == theirs.keys()
    for name, weight in theirs.items():
        assert torch.equal(ours[name], weight), name


@pytest.fixture(scope='module')
def trained(texture, tmp_path_factory) -> Path:
    work_dir = tmp_path_factory.mktemp('trained')
    train(texture, work_dir, train_cfg__max_epochs=1, train_cfg__val_interval=2)
    return work_dir / 'epoch_1.pth'


def test_tests_with_and_without_augmentation_and_draws(texture, trained, tmp_path):
    options = data_options(texture)
    drawn = tmp_path / 'drawn'
    relative = os.path.relpath(drawn, ROOT)
    for arguments in ([], ['--tta'], ['--show-dir', relative]):
        line = command(
            'test.py', CONFIG, trained, '--work-dir', tmp_path, *arguments, options=options
        )
        done = run(line)
        assert done.returncode == 0, done.stderr
        assert 'pascal_voc/mAP' in done.stdout
    assert sorted(path.name for path in drawn.iterdir()) == ['val_00000.jpg', 'val_00001.jpg']


def test_draws_what_a_segmentor_predicts(tmp_path):
    config = 'configs/mini/fcn_dsnet_mixture_seg.py'
    make_texture_set(tmp_path / 'data', train=1, val=2, size=160, mixture=True)
    init_default_scope('mmseg')
    model = MODELS.build(load_config(config).model)
    torch.save(dict(state_dict=model.state_dict()), tmp_path / 'untrained.pth')
    line = [sys.executable, 'tools/test.py', config, tmp_path / 'untrained.pth']
    line += ['--work-dir', tmp_path / 'work', '--show-dir', os.path.relpath(tmp_path, ROOT)]
    line += ['--cfg-options', f'test_dataloader.dataset.data_root={tmp_path}/data/']
    done = run([str(word) for word in line])
    assert done.returncode == 0, done.stderr
    drawn = sorted((tmp_path / 'vis_data/vis_image').iterdir())
    # The truth beside the prediction, at the size of the original image.
    assert [cv2.imread(str(path)).shape for path in drawn] == [(160, 320, 3)] * 2


def test_resume_without_a_checkpoint_starts_from_the_beginning(texture, tmp_path):
    options = dict(train_cfg__max_epochs=1, train_cfg__val_interval=2)
    printed = train(texture, tmp_path, '--resume', **options)
    assert 'resuming from nothing: there is no checkpoint yet' in printed
    assert (tmp_path / 'epoch_1.pth').is_file()


def test_resume_without_a_checkpoint_keeps_the_weights_to_start_from(texture, trained, tmp_path):
    options = dict(train_cfg__max_epochs=1, train_cfg__val_interval=2, load_from=trained)
    printed = train(texture, tmp_path, '--resume', **options)
    assert 'resuming from nothing: there is no checkpoint yet' in printed
    assert f'Load checkpoint from {trained}' in printed
    again = train(texture, tmp_path, '--resume', **options | dict(train_cfg__max_epochs=2))
    assert f'resuming from {tmp_path / "epoch_1.pth"}' in again
    assert f'Load checkpoint from {trained}' not in again and '[2][3/3]' in again


def test_missing_data_says_where_it_belongs(tmp_path):
    options = data_options(tmp_path / 'nowhere')
    done = run(command('train.py', CONFIG, '--work-dir', tmp_path, options=options))
    assert done.returncode != 0
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith('train.py: ') and 'nowhere' in last and 'JPEGImages' in last
    assert 'Traceback' not in done.stderr


def test_named_command_without_voc_says_what_to_do(tmp_path):
    if Path('data/VOCdevkit').exists():
        pytest.skip('Pascal VOC is here')
    line = [sys.executable, 'tools/train.py', 'configs/lighthead_dsnet_voc.py']
    done = run([*line, '--work-dir', str(tmp_path)])
    assert done.returncode != 0
    assert 'data/VOCdevkit/VOC2007' in done.stderr.strip().splitlines()[-1]


def test_corrupt_image_names_its_file(texture, tmp_path):
    """mmdet's convention: training stops and names the file."""
    import shutil

    broken = tmp_path / 'broken'
    shutil.copytree(texture, broken)
    image = sorted((broken / 'VOC2007' / 'JPEGImages').iterdir())[0]
    image.write_bytes(image.read_bytes()[:200])
    done = run(command('train.py', CONFIG, '--work-dir', tmp_path, options=data_options(broken)))
    assert done.returncode != 0 and image.name in done.stderr


def test_model_of_other_classes_than_its_data_is_refused(mistake, texture, tmp_path):
    """Objects of the last class would be background, without a word."""
    options = data_options(texture) | {'model.roi_head.bbox_head.num_classes': 5}
    typed = [f'{key}={value}' for key, value in options.items()]
    printed = mistake('train', CONFIG, '--work-dir', tmp_path, '--cfg-options', *typed)
    message = 'train.py: the model has 5 classes, its training set 6: set num_classes of its '
    assert printed.splitlines()[-1].startswith(f'{message}roi_head.bbox_head to 6')


def test_amp_without_a_gpu_says_so(mistake, tmp_path):
    assert '--amp needs a GPU' in mistake('train', CONFIG, '--work-dir', tmp_path, '--amp')


@pytest.mark.parametrize('tool', ['train', 'test', 'print_config'])
def test_missing_config_is_named(mistake, tool):
    arguments = ['configs/nothing.py', 'nothing.pth'][: 2 if tool == 'test' else 1]
    printed = mistake(tool, *arguments)
    assert printed.startswith(f'{tool}.py: there is no config at configs/nothing.py')


@pytest.mark.parametrize('arguments', [['test', CONFIG], ['train', CONFIG, '--resume']])
def test_missing_checkpoint_is_named(mistake, arguments):
    tool, *_ = arguments
    printed = mistake(*arguments, 'nowhere/epoch_1.pth')
    assert printed == f'{tool}.py: there is no checkpoint at nowhere/epoch_1.pth\n'


@pytest.mark.parametrize(
    ('config', 'place'),
    [
        ('transfer/refinedet_dsnet_bccd_model_from_refinedet_bilinear_bccd', 'load_from'),
        (
            'transfer/lighthead_dsnet_camvid_det_from_deeplabv3plus_camvid',
            'custom_hooks.0.checkpoint',
        ),
        (
            'transfer/refinedet_bilinear_mixture_backbone_from_fcn_mixture_seg',
            'model.backbone.init_cfg.checkpoint',
        ),
    ],
)
def test_source_that_was_not_trained_is_told_before_anything_is_built(mistake, config, place):
    options = '--cfg-options', f'{place}=nowhere/epoch_1.pth'
    printed = mistake('train', f'configs/{config}.py', *options)
    assert printed == 'train.py: there is no checkpoint at nowhere/epoch_1.pth\n'


def test_resumed_training_has_its_interpolator_from_its_own_checkpoint(tmp_path):
    checkpoint = tmp_path / 'epoch_1.pth'
    checkpoint.touch()
    hook = dict(type='FreezeInterpolatorHook', checkpoint='nowhere.pth')
    config = Config(dict(model={}, custom_hooks=[hook], load_from=str(checkpoint), resume=True))
    check_start(config)
    config.resume = False
    with pytest.raises(FileNotFoundError, match='nowhere.pth'):
        check_start(config)
    hook['checkpoint'] = 'mmdownsize://nothing'  # found, or not, on loading
    check_start(Config(dict(model=dict(init_cfg=hook), custom_hooks=[hook])))


@pytest.mark.parametrize('tool', ['train', 'test'])
@pytest.mark.parametrize(
    ('option', 'message'),
    [('interpolator.num_convs=0', 'got 0'), ('scale_factor=-1.0', 'got -1.0')],
)
def test_setting_out_of_range_is_told_in_a_line(mistake, tmp_path, tool, option, message):
    arguments = [CONFIG, tmp_path / 'epoch_1.pth'][: 2 if tool == 'test' else 1]
    (tmp_path / 'epoch_1.pth').touch()
    printed = mistake(tool, *arguments, '--cfg-options', f'model.data_preprocessor.{option}')
    assert printed.startswith(f'{tool}.py: ') and message in printed
    assert printed.count('\n') == 1


@pytest.mark.parametrize(
    ('text', 'message'),
    [
        ('model = (', 'SyntaxError, '),
        ("_base_ = ['{base}']\nx = _base_.nothing", 'AttributeError, '),
    ],
)
def test_config_that_cannot_be_read_is_named(mistake, root, tmp_path, text, message):
    path = tmp_path / 'broken.py'
    path.write_text(text.format(base=root / 'configs/_base_/runtime.py'))
    printed = mistake('print_config', path)
    assert printed.startswith(f'print_config.py: {path} cannot be read: {message}')
    assert printed.count('\n') == 1


@pytest.mark.parametrize(
    ('option', 'message'),
    [
        ('foo', 'got foo ('),
        ('a=(1,2', 'got a=(1,2 (Imbalanced'),
        ('a=my data', 'got a=my data (the space of a=my data would be lost'),
    ],
)
def test_option_of_the_config_that_cannot_be_read_is_told(mistake, option, message):
    printed = mistake('print_config', CONFIG, '--cfg-options', option)
    assert f'error: --cfg-options takes KEY=VALUE, {message}' in printed


def test_print_config_shows_what_is_merged():
    done = run(
        [
            sys.executable,
            'tools/print_config.py',
            'configs/lighthead_dsnet_voc.py',
            '--cfg-options',
            'model.data_preprocessor.scale_factor=0.5',
        ]
    )
    assert done.returncode == 0 and "type='DownsizeNet'" in done.stdout
    assert 'scale_factor=0.5' in done.stdout


@pytest.mark.parametrize('script', ['dist_train.sh', 'dist_test.sh', 'slurm_train.sh'])
def test_scripts_say_how_they_are_called(script):
    done = run([f'tools/{script}'])
    assert done.returncode == 2 and 'usage:' in done.stderr


def test_dist_train_trains_on_two_processes(texture, tmp_path):
    options = data_options(texture, train_cfg__max_epochs=1, train_cfg__val_interval=2)
    line = command('train.py', '--work-dir', tmp_path, options=options)[2:]
    environment = PROCESS['env'] | dict(PYTHON=sys.executable, MASTER_PORT='29611')
    done = subprocess.run(
        ['tools/dist_train.sh', CONFIG, '2', *line],
        text=True,
        capture_output=True,
        env=environment,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / 'epoch_1.pth').is_file()
