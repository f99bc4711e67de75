"""Images per second of training data, downsized by the data loader or by the model."""

import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import islice
from pathlib import Path

import numpy as np
import torch
from mmengine.model import BaseModel
from mmengine.runner import Runner, set_random_seed
from mmengine.utils.dl_utils import set_multi_processing
from torch.utils.data import DataLoader

from ..interpolators import Interpolator
from ..preprocessing import DownsizePreprocessor, TargetSize
from .contestants import Contestant
from .models import build_random_model
from .timing import Measure, interleave, ratio
from .usual_pipeline import downsize_in_loader

USUAL = 'cv2 in the loader'
RAW = 'not in the loader'
Consume = Callable[[dict], object]
Preprocess = Callable[[dict], dict]


def measure_loading(
    path: str | Path,
    contestants: Sequence[Contestant],
    *,
    batches: int = 10,
    rounds: int = 5,
    workers: int | None = None,
    device: str = 'cpu',
    train: bool = False,
    options: dict | None = None,
) -> dict:
    """Measure how many images per second a config's training gets.

    Args:
        path: config whose model downsizes.
        contestants: what `read_contestants` gives.
        batches: of a round, after one that is not timed.
        rounds: how many times everything is timed.
        workers: processes that load; None for as many as the config has, 0 for none but this.
        device: where the model is.
        train: whether steps of training (forward and backward) are timed, too.
        options: overrides of the config, by dotted keys.

    Returns:
        The name of the ``config``, its ``batch`` and ``workers``; images per second (see
        `_rates`) of the ``loader`` alone, that downsizes (`USUAL`) or does not (`RAW`), and of
        ``preprocessed`` images, and with `train` of the ``training``, the usual way and with each
        interpolator.

    Raises:
        FileNotFoundError: there is no such config, or its data are missing.
        ValueError: it has no `DownsizePreprocessor`, or fewer images than are asked for.
    """
    config, model = build_random_model(path, device=device, options=options)
    set_multi_processing(**config.get('env_cfg', {}).get('mp_cfg', {}))
    settings = dict(config.train_dataloader, drop_last=True, persistent_workers=False)
    settings['num_workers'] = settings['num_workers'] if workers is None else workers
    loaders = _build_loaders(settings, model.data_preprocessor.target_size)
    if (given := len(loaders[RAW])) < batches + 1:
        raise ValueError(
            f'{path} has {given} batches, {batches + 1} are needed: take fewer or smaller ones'
        )
    interpolators = {one.name: one.build().to(device) for one in contestants}
    ways = _ways(model.data_preprocessor, interpolators)
    kinds = dict(
        loader={name: lambda batch: None for name in loaders},
        preprocessed={name: partial(_preprocess, way) for name, way in ways.items()},
    )
    if train:
        model.train()
        kinds['training'] = {name: partial(_train, model, way) for name, way in ways.items()}
    result = dict(config=Path(path).stem)
    result |= dict(batch=settings['batch_size'], workers=settings['num_workers'])
    for kind, consumers in kinds.items():
        measures = {
            name: _pass(loaders.get(name, loaders[RAW]), consume, batches, device)
            for name, consume in consumers.items()
        }
        times = interleave(measures, rounds, warm_up=0)
        result[kind] = _rates(times, batches * settings['batch_size'])
    return result


def _build_loaders(settings: dict, rule: TargetSize) -> dict[str, DataLoader]:
    usual = dict(settings, dataset=downsize_in_loader(settings['dataset'], rule))
    return {USUAL: Runner.build_dataloader(usual, 0), RAW: Runner.build_dataloader(settings, 0)}


def _ways(
    ours: DownsizePreprocessor, interpolators: Mapping[str, Interpolator]
) -> dict[str, Preprocess]:
    """Give the ways to preprocess: the usual one, and ours with each interpolator in turn."""

    def preprocess(batch: dict, interpolator: Interpolator) -> dict:
        ours.interpolator = interpolator
        return ours(batch, training=True)

    ways = {name: partial(preprocess, interpolator=net) for name, net in interpolators.items()}
    return {USUAL: lambda batch: ours.preprocessor(batch, training=True)} | ways


def _pass(loader: DataLoader, consume: Consume, batches: int, device: str) -> Measure:
    """Measure some batches, always the same ones, from the second on."""

    def measure() -> float:
        set_random_seed(0)
        iterator = iter(loader)
        consume(next(iterator))
        _wait(device)
        start = time.perf_counter()
        for batch in islice(iterator, batches):
            consume(batch)
        _wait(device)
        return time.perf_counter() - start

    return measure


@torch.no_grad()
def _preprocess(preprocess: Preprocess, batch: dict) -> None:
    preprocess(batch)


def _train(model: BaseModel, preprocess: Preprocess, batch: dict) -> None:
    model.zero_grad()
    losses = model(**preprocess(batch), mode='loss')
    model.parse_losses(losses)[0].backward()


def _rates(times: dict[str, list[float]], images: int) -> dict[str, dict[str, float]]:
    """Turn seconds into images per second: median, quartiles, and the ratio to `USUAL`."""
    rates = {}
    for name, seconds in times.items():
        lower, median, upper = np.percentile(images / np.asarray(seconds), [25, 50, 75]).tolist()
        compared = ratio(times[USUAL], seconds)
        rates[name] = dict(images_per_s=median, lower=lower, upper=upper, ratio=compared)
    return rates


def _wait(device: str) -> None:
    if torch.device(device).type == 'cuda':
        torch.cuda.synchronize(device)
