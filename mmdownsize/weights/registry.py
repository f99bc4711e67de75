"""Trained interpolators, by name.

``mmdownsize://NAME`` stands wherever the checkpoint of a training may stand, with the same prefix
as there: what it loads is a checkpoint of a model of which only the interpolator is left.

Beside the weights of each, ``NAME.pth``, lies where they come from, ``NAME.json``; both are made by
``tools/export_interpolator.py``.
"""

import hashlib
import json
from pathlib import Path

from mmengine.registry import MODELS
from mmengine.runner import CheckpointLoader
from torch import Tensor

from ..checkpoint import load_from_local
from ..interpolators import Interpolator
from ..interpolators.base import MODEL_PREFIX

SCHEME = 'mmdownsize://'
FOLDER = Path(__file__).parent


def available_weights() -> list[str]:
    """List the names of the trained interpolators.

    Example:
        >>> all(describe_weights(name)['interpolator'] for name in available_weights())
        True
    """
    names = sorted(path.stem for path in FOLDER.glob('*.json'))
    return [name for name in names if (FOLDER / f'{name}.pth').is_file()]


def describe_weights(name: str) -> dict:
    """Tell where the weights of a trained interpolator come from.

    Args:
        name: one of `available_weights`.

    Returns:
        The ``interpolator`` to build, as in a config; the ``config``, ``commands``, ``data`` and
        ``seed`` of its training; the ``score`` of the model that it was trained in, by ``metric``;
        the ``date``; the ``commit`` if it is known; and the ``sha256`` of the file.

    Raises:
        ValueError: the name is unknown; the message lists the known ones.

    Example:
        >>> describe_weights('nowhere')  # doctest: +ELLIPSIS
        Traceback (most recent call last):
        ValueError: 'nowhere' is none of the trained interpolators of mmdownsize, which are: ...
    """
    known = available_weights()
    if name not in known:
        raise ValueError(
            f'{name!r} is none of the trained interpolators of mmdownsize, which are: '
            f'{", ".join(known) or "none yet"}'
        )
    return json.loads((FOLDER / f'{name}.json').read_text(encoding='utf-8'))


def load_weights(name: str, map_location: str | None = None) -> dict[str, Tensor]:
    """Load the state dict of a trained interpolator, without running code.

    Args:
        name: one of `available_weights`.
        map_location: as in ``torch.load``.

    Raises:
        ValueError: the name is unknown, or the file is not the one that was described.
    """
    expected = describe_weights(name).get('sha256')
    path = FOLDER / f'{name}.pth'
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != expected:
        raise ValueError(
            f'{path} was not loaded: its sha256 is {found}, {name}.json expects {expected}. '
            'Install mmdownsize again, or export the interpolator again'
        )
    return load_from_local(path, map_location)


def build_pretrained(name: str) -> Interpolator:
    """Build a trained interpolator with the options it was trained with, in evaluation mode.

    Args:
        name: one of `available_weights`.

    Raises:
        ValueError: the name is unknown, or the file is not the one that was described.

    Example:
        >>> any(build_pretrained(name).training for name in available_weights())
        False
    """
    interpolator = MODELS.build(describe_weights(name)['interpolator'])
    interpolator.load_state_dict(load_weights(name, 'cpu'))
    return interpolator.eval()


@CheckpointLoader.register_scheme(SCHEME)
def load_from_mmdownsize(filename: str, map_location: str | None = None) -> dict:
    """Load ``mmdownsize://NAME`` as if it were the checkpoint of the training.

    It is called by mmengine, which logs what follows the ``load_from_`` of the name.

    Args:
        filename: the scheme and a name.
        map_location: as in ``torch.load``.

    Returns:
        ``meta`` and ``state_dict``, its keys under ``data_preprocessor.interpolator``.

    Raises:
        ValueError: the name is unknown, or the file is not the one that was described.
    """
    name = filename.removeprefix(SCHEME)
    weights = load_weights(name, map_location)
    return dict(
        meta=dict(experiment_name=describe_weights(name).get('config')),
        state_dict={f'{MODEL_PREFIX}.{key}': value for key, value in weights.items()},
    )
