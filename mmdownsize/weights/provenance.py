"""Where trained weights come from: what their config, checkpoint and result tell."""

import ast
from pathlib import Path

from mmengine.config import Config

from ..config import read_interpolator

NEEDED = ('config', 'seed', 'commands', 'metric', 'score')


def describe_training(config: Config, meta: dict, result: dict | None) -> dict:
    """Collect where the weights of a training come from.

    Args:
        config: of the training.
        meta: of its checkpoint, as mmengine writes it.
        result: what its test gave, as read from its JSON file: ``config``, ``seed``, ``commands``,
            ``metric`` and ``score``, and, if known, ``interpolator``, ``data``, and in ``run`` the
            ``date`` and ``commit``. Without one, commands and score stay unknown.

    Returns:
        ``config``, ``commands``, ``data``, ``seed``, ``metric``, ``score``, ``date`` and, if it
        is known, ``commit``. What is not known is None.

    Raises:
        ValueError: the result lacks something, or was measured with another seed, config or
            interpolator.

    Example:
        >>> describe_training(Config(), dict(seed=3), None)['seed']
        3
    """
    if result is None:
        result = dict(config=config.filename, seed=meta.get('seed'), commands=[])
    elif missing := [key for key in NEEDED if key not in result]:
        raise ValueError(f'the result lacks {", ".join(missing)}; it has {", ".join(result)}')
    else:
        _check_same_training(config, meta, result)
    run = result.get('run', {})
    description = dict(
        config=result['config'],
        commands=result['commands'],
        data=result.get('data', _data_of(config)),
        seed=result['seed'],
        metric=result.get('metric'),
        score=result.get('score'),
        date=run.get('date', meta.get('time')),
    )
    return description | ({'commit': run['commit']} if run.get('commit') else {})


def _check_same_training(config: Config, meta: dict, result: dict) -> None:
    told = {
        'seed': (result['seed'], meta.get('seed', result['seed'])),
        'config': (Path(result['config']).stem, Path(config.filename or result['config']).stem),
    }
    if 'interpolator' in result:
        ours = config.model.data_preprocessor.interpolator.to_dict()
        ours.pop('init_cfg', None)
        told['interpolator'] = (read_interpolator(result['interpolator']), ours)
    for what, (theirs, ours) in told.items():
        if theirs != ours:
            raise ValueError(
                f'the {what} of the result is {theirs}, that of the training {ours}: name the '
                'result of this training'
            )


def trained_interpolator(meta: dict) -> dict | None:
    """Read the config of the interpolator out of a checkpoint, without running it.

    mmengine writes the config of a training into its checkpoints, as Python source.

    Args:
        meta: of the checkpoint.

    Returns:
        What the model's interpolator was built with, without its ``init_cfg``; None where the
        checkpoint does not tell.

    Example:
        >>> trained_interpolator(dict(cfg='''model = dict(data_preprocessor=dict(
        ...     interpolator=dict(type='DownsizeNet', taps=4)))'''))
        {'type': 'DownsizeNet', 'taps': 4}
    """
    try:
        lines = ast.parse(meta.get('cfg', '')).body
        assigned = {
            line.targets[0].id: line.value for line in lines if isinstance(line, ast.Assign)
        }
        node = _fields(_fields(assigned['model'])['data_preprocessor'])['interpolator']
        return {
            key: ast.literal_eval(value)
            for key, value in _fields(node).items()
            if key != 'init_cfg'
        }
    except (SyntaxError, AttributeError, KeyError, TypeError, ValueError):
        return None


def _fields(node: ast.expr) -> dict[str, ast.expr]:
    """Take the source of a ``dict(key=value)`` apart."""
    if not isinstance(node, ast.Call) or node.args or ast.unparse(node.func) != 'dict':
        raise ValueError(f'no dict(key=value): {ast.unparse(node)}')
    return {keyword.arg: keyword.value for keyword in node.keywords}


def _data_of(config: Config) -> str | None:
    dataset = config.get('train_dataloader', {}).get('dataset')
    while dataset and 'dataset' in dataset:  # of a wrapper that repeats or mixes
        dataset = dataset['dataset']
    if not dataset:
        return None
    root = dataset.get('data_root')
    return f'{dataset["type"]} at {root}' if root else str(dataset['type'])
