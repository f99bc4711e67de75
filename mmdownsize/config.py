"""A config, completed by the command line, and the runner that it asks for."""

import ast
import re
from argparse import SUPPRESS, ArgumentParser, Namespace
from collections.abc import Iterator
from contextlib import suppress
from functools import reduce
from pathlib import Path

import torch
from mmengine.config import Config, DictAction
from mmengine.registry import MODELS, RUNNERS, init_default_scope
from mmengine.runner import FlexibleRunner, Runner

from .checkpoint import check_checkpoint

INTERPOLATORS = 'configs/_base_/interpolators'


def add_run_arguments(parser: ArgumentParser) -> None:
    """Add the options that every run of a config takes to a command line."""
    parser.add_argument('--work-dir', help='folder of logs and checkpoints (default: work_dirs/*)')
    add_config_options(parser)
    parser.add_argument(
        '--launcher',
        choices=['none', 'pytorch', 'slurm', 'mpi'],
        default='none',
        help='job launcher',
    )
    # torch.distributed.launch passes it; mmengine reads the environment.
    parser.add_argument('--local_rank', '--local-rank', type=int, default=0, help=SUPPRESS)


def add_config_options(parser: ArgumentParser) -> None:
    """Add ``--cfg-options`` to a command line."""
    parser.add_argument(
        '--cfg-options',
        nargs='+',
        action=_ReadOptions,
        metavar='KEY=VALUE',
        help='settings of the config to override, by dotted keys',
    )


class _ReadOptions(DictAction):
    """mmengine's, which says what it cannot read."""

    def __call__(
        self, parser: ArgumentParser, namespace: Namespace, values: list[str], option: str
    ) -> None:
        try:
            for word in values:
                keep_spaces(word)
            super().__call__(parser, namespace, values, option)
        except (AssertionError, ValueError) as error:
            parser.error(f'{option} takes KEY=VALUE, got {" ".join(values)} ({error})')


def keep_spaces(word: str) -> None:
    """Refuse a setting of the command line with a space that mmengine would take out of it.

    Spaces after commas and brackets mean nothing, and may be there.

    Raises:
        ValueError: a value has a space inside.

    Example:
        >>> keep_spaces('model.data_preprocessor.size=(90, 120)')
        >>> keep_spaces('data_root=my data/voc')
        Traceback (most recent call last):
        ValueError: the space of data_root=my data/voc would be lost: write it into a config
    """
    if re.search(r'[^\s,([{]\s+[^\s,)\]}]', word.partition('=')[2].strip()):
        raise ValueError(f'the space of {word} would be lost: write it into a config')


def load_config(path: str, *, work_dir: str | None = None, options: dict | None = None) -> Config:
    """Read a config.

    Args:
        path: config file.
        work_dir: where the run writes; default ``work_dirs/`` and the name of the config.
        options: overrides, by dotted keys.

    Raises:
        FileNotFoundError: there is no such config.
        ValueError: it is no Python, or names what its bases do not have.
    """
    if not Path(path).is_file():
        raise FileNotFoundError(f'there is no config at {path}; see configs/ and configs/mini/')
    try:
        config = Config.fromfile(path)
    except (AttributeError, NameError, SyntaxError) as error:
        raise ValueError(f'{path} cannot be read: {type(error).__name__}, {error}') from error
    if options:
        config.merge_from_dict(options)
    config.work_dir = work_dir or config.get('work_dir') or f'work_dirs/{Path(path).stem}'
    return config


def check_start(config: Config) -> None:
    """Find a checkpoint that a training starts from and that is not there.

    One that goes on from a checkpoint of its own has its interpolator from there.

    Raises:
        FileNotFoundError: there is none at ``load_from``, the checkpoint of a hook or that of an
            ``init_cfg`` of the model.
    """
    hooks = [] if config.get('resume') else config.get('custom_hooks', [])
    for checkpoint in (config.get('load_from'), *_checkpoints([hooks, config.model])):
        if checkpoint is not None:
            check_checkpoint(checkpoint)


def _checkpoints(node: object) -> Iterator[str]:
    """Find what stands as a checkpoint anywhere in a part of a config."""
    if isinstance(node, dict):
        if isinstance(checkpoint := node.get('checkpoint'), str):
            yield checkpoint
        node = node.values()
    elif not isinstance(node, (list, tuple)):
        return
    for part in node:
        yield from _checkpoints(part)


def check_preprocessor(config: Config) -> None:
    """Find a setting of the preprocessor and its interpolator that does not work.

    The runner would find it, too, but among the errors that are no mistakes of a user.

    Raises:
        KeyError, TypeError, ValueError: it cannot be built.
    """
    init_default_scope(config.get('default_scope', 'mmengine'))
    if preprocessor := config.model.get('data_preprocessor'):
        MODELS.build(preprocessor)


def check_classes(runner: Runner | FlexibleRunner) -> None:
    """Find a model that has fewer or more classes than its training set.

    Of a detector with fewer, objects of the last classes would count as background.

    Raises:
        ValueError: they differ.
    """
    model = getattr(runner.model, 'module', runner.model)
    classes = runner.train_dataloader.dataset.metainfo.get('classes', ())
    for name in ('bbox_head', 'roi_head.bbox_head', 'decode_head'):
        head = reduce(lambda part, key: getattr(part, key, None), name.split('.'), model)
        number = getattr(head, 'num_classes', None)
        if number is not None and classes and number != len(classes):
            raise ValueError(
                f'the model has {number} classes, its training set {len(classes)}: set '
                f'num_classes of its {name} to {len(classes)}, or metainfo=dict(classes=...) of '
                'the data sets to those of the model'
            )


def interpolator_names(folder: str | Path = INTERPOLATORS) -> list[str]:
    """List the interpolators of a folder of configs: the names of its files."""
    return sorted(path.stem for path in Path(folder).glob('*.py'))


def read_interpolator(spec: str, folder: str | Path = INTERPOLATORS) -> dict[str, object]:
    """Read the config of an interpolator by the name of its file, with options overridden.

    Args:
        spec: ``name`` or ``name:option=value,option=value``.
        folder: of files that set ``interpolator``.

    Raises:
        ValueError: there is no such file, or the options are written otherwise.

    Example:
        >>> read_interpolator('dsnet:num_convs=3,init=random')
        {'type': 'DownsizeNet', 'num_convs': 3, 'init': 'random'}
    """
    name, _, options = spec.partition(':')
    if not Path(folder).is_dir():
        raise ValueError(f'there is no {folder} here: run from the folder of configs/ and tools/')
    if name not in interpolator_names(folder):
        known = ', '.join(interpolator_names(folder))
        raise ValueError(f'no interpolator is called {name!r}; known: {known}')
    config = Config.fromfile(Path(folder) / f'{name}.py').interpolator.to_dict()
    for option in filter(None, re.split(r',(?=\w+=)', options)):  # values may hold commas
        key, equals, value = option.partition('=')
        if not equals or not key.isidentifier():
            raise ValueError(f'options are written name:option=value,option=value; got {spec!r}')
        config[key] = parse_value(value)
    return config


def parse_value(text: str) -> object:
    """Read a Python literal, or a word.

    Example:
        >>> parse_value('0.5'), parse_value('None'), parse_value('softmax')
        (0.5, None, 'softmax')
    """
    try:
        return ast.literal_eval(text)
    except (SyntaxError, ValueError):
        return text


def build_runner(config: Config, *, launcher: str = 'none') -> Runner | FlexibleRunner:
    """Build the runner of a config, in this process or, with a launcher, as one of several.

    Processes without a GPU talk by gloo, which mmengine's launcher leaves to its caller.

    Args:
        config: of a training or a test. ``runner_type`` names another runner than mmengine's
            `Runner`, as sharded training needs (configs/_base_/fsdp.py).
        launcher: 'none', 'pytorch', 'slurm' or 'mpi', as in mmengine.
    """
    config.launcher = launcher
    if launcher == 'pytorch' and not torch.cuda.is_available():
        if not torch.distributed.is_initialized():
            torch.distributed.init_process_group('gloo')
        if config.get('model_wrapper_cfg') is None:  # mmengine's default names a GPU
            config.model_wrapper_cfg = dict(
                type='MMDistributedDataParallel',
                device_ids=None,
                broadcast_buffers=False,
                find_unused_parameters=config.get('find_unused_parameters', False),
            )
    if 'runner_type' in config:
        return RUNNERS.build(config)
    return Runner.from_cfg(config)


def leave_processes() -> None:
    """End a run of several processes: wait for all of them, then close their connections.

    A process that ends with its connections open may abort on the way out, after all is done, and
    its launcher would report a failure. A run of one process has nothing to close.
    """
    if torch.distributed.is_available() and torch.distributed.is_initialized():
        # One that is through closes its connections, which may reach another before the last word
        # of the barrier does. One that failed has told its launcher. Either way, it is gone.
        with suppress(RuntimeError):
            torch.distributed.barrier()
        torch.distributed.destroy_process_group()


def latest_checkpoint(work_dir: str) -> Path | None:
    """Find the checkpoint that was saved last in a work folder; None if there is none.

    mmengine notes the name of the last one in a file of its own, which a run that is killed at
    the wrong moment leaves empty; this looks at the checkpoints, which are moved into place whole.
    """
    saved = [*Path(work_dir).glob('epoch_*.pth'), *Path(work_dir).glob('iter_*.pth')]
    return max(saved, key=lambda path: path.stat().st_mtime_ns, default=None)
