"""Take the interpolator out of the checkpoint of a training, to ship it by name."""

import hashlib
import io
import json
import re
from pathlib import Path

import torch
from mmengine.config import Config
from mmengine.registry import MODELS
from torch import Tensor

from ..checkpoint import load_from_local
from ..files import AtomicBackend
from ..interpolators import Interpolator
from ..interpolators.base import MODEL_PREFIX
from . import registry
from .provenance import describe_training, trained_interpolator

NAME = re.compile(r'[a-z0-9]+([._-][a-z0-9]+)*')


def export_interpolator(
    checkpoint: str | Path,
    name: str,
    *,
    config: Config,
    result: dict | None = None,
    folder: str | Path | None = None,
) -> Path:
    """Write the weights of a trained interpolator, and beside them where they come from.

    Both files appear whole, the description last: without it the name is unknown. Those of an
    earlier export by this name are replaced.

    Args:
        checkpoint: file of a training of any model of ours.
        name: what follows ``mmdownsize://``: lower case letters, digits, and single dots, dashes
            or underscores between them.
        config: of that training, as it was run; a work folder holds it.
        result: what its test gave, see `describe_training`.
        folder: where to write; the package's own if None.

    Returns:
        The file of the weights.

    Raises:
        FileNotFoundError: there is no such checkpoint.
        ValueError: the name cannot be one, the checkpoint has no interpolator, it is not that of
            the config, its weights are not finite, or the result is not of this training.
    """
    if not NAME.fullmatch(name):
        raise ValueError(
            f'a name has lower case letters and digits, and single . _ - between, got {name!r}'
        )
    loaded = load_from_local(checkpoint, 'cpu')
    meta = loaded.get('meta', {})
    options = _options_of(config)
    _check_trained_with(options, trained_interpolator(meta), checkpoint)
    net = _build(options, config)
    _load(net, _take(loaded.get('state_dict', loaded), checkpoint), checkpoint)
    data = _serialize(net)
    description = dict(interpolator=options, **describe_training(config, meta, result))
    description['sha256'] = hashlib.sha256(data).hexdigest()
    path = Path(folder or registry.FOLDER, f'{name}.pth')
    AtomicBackend().put(data, path)
    text = json.dumps(description, indent=2, ensure_ascii=False)
    AtomicBackend().put(f'{text}\n'.encode(), path.with_suffix('.json'))
    return path


def _options_of(config: Config) -> dict:
    """Read the interpolator out of a config, without the weights that it may have started from."""
    options = config.get('model', {}).get('data_preprocessor', {}).get('interpolator')
    if options is None:
        raise ValueError(
            f'{_named(config)} has no interpolator: its model.data_preprocessor should be a '
            'DownsizePreprocessor'
        )
    options = options.to_dict()
    options.pop('init_cfg', None)
    return options


def _check_trained_with(options: dict, trained: dict | None, checkpoint: str | Path) -> None:
    """Compare as JSON has them, where tuples and lists are one."""
    if trained is not None and json.dumps(options, sort_keys=True) != json.dumps(
        trained, sort_keys=True
    ):
        raise ValueError(
            f'the interpolator of {checkpoint} was trained as {trained}, that of the config is '
            f'{options}: name the config that its work folder holds'
        )


def _build(options: dict, config: Config) -> Interpolator:
    try:
        net = MODELS.build(dict(options))
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(
            f'the interpolator of {_named(config)} cannot be built: {error}'
        ) from error
    if not isinstance(net, Interpolator):
        raise ValueError(f'{_named(config)} has a {type(net).__name__} for an interpolator')
    return net.eval()


def _take(weights: dict[str, Tensor], checkpoint: str | Path) -> dict[str, Tensor]:
    start = f'{MODEL_PREFIX}.'
    ours = {key[len(start) :]: weights[key] for key in weights if key.startswith(start)}
    if not ours:
        raise ValueError(
            f'{checkpoint} holds no weights of an interpolator, which would begin with {start}; '
            f'its weights begin with {sorted({key.split(".")[0] for key in weights})}'
        )
    return ours


def _load(net: Interpolator, weights: dict[str, Tensor], checkpoint: str | Path) -> None:
    try:
        net.load_state_dict(weights)
    except RuntimeError as error:
        raise ValueError(
            f'the interpolator of {checkpoint} is not that of the config, {net}: {error}'
        ) from None
    # A DownsizeNet loads weights that do not say what they mean; shipped ones have to.
    if missing := sorted(net.state_dict().keys() - weights.keys()):
        raise ValueError(f'the interpolator of {checkpoint} lacks {", ".join(missing)}')
    wrong = [key for key, value in net.state_dict().items() if not value.isfinite().all()]
    if wrong:
        raise ValueError(f'{checkpoint} holds values that are not finite: {", ".join(wrong)}')


def _serialize(net: Interpolator) -> bytes:
    buffer = io.BytesIO()
    torch.save(dict(net.state_dict()), buffer)
    return buffer.getvalue()


def _named(config: Config) -> str:
    return str(config.filename or 'the config')
