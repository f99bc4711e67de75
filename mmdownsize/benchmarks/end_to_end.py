"""Inference of a whole model behind each interpolator, as its user sees it."""

from collections.abc import Callable, Sequence
from pathlib import Path

import torch
from mmengine.model import BaseModel

from .alone import Setting
from .contestants import Contestant
from .flops import count_model
from .models import build_random_model, downsize_to, random_batch
from .passes import DTYPES
from .size_spec import SizeSpec
from .timing import Measure, interleave, stopwatch, summarize


def measure_model(
    path: str | Path, contestants: Sequence[Contestant], size: SizeSpec, setting: Setting
) -> dict:
    """Measure the inference of a model behind each interpolator in turn.

    The model has random weights, and all interpolators stand before the same ones. With another
    dtype than fp32 it runs under autocast, as mixed precision does in OpenMMLab.

    Args:
        path: config of the model.
        contestants: what `read_contestants` gives.
        size: of the images; without a target, the config's own is taken.
        setting: how it is measured.

    Returns:
        The name of the ``config``, ``source``, ``target``; by interpolator, ``predict`` from the
        batch to the predictions, ``network`` the same without post-processing (see `summarize`);
        ``flops`` of one image, of ``interpolator``, ``rest`` and ``total``.

    Raises:
        FileNotFoundError: there is no such config.
        ValueError: it has no `DownsizePreprocessor`, its images would be too small, or it does
            not run in that dtype.
    """
    config, model = build_random_model(path, device=setting.device)
    target = downsize_to(model, config, size.source, size.rule)
    nets = {one.name: one.build().to(setting.device).eval() for one in contestants}
    batch = random_batch(setting.batch, size.source)
    result = dict(config=Path(path).stem, source=list(size.source), target=list(target))
    for kind, run in (('predict', _predict), ('network', _network)):
        measures = {
            name: _measure(model, net, lambda run=run: run(model, batch), setting)
            for name, net in nets.items()
        }
        result[kind] = summarize(interleave(measures, setting.rounds))
    single = random_batch(1, size.source)
    result['flops'] = {}
    for name, net in nets.items():
        model.data_preprocessor.interpolator = net
        costs = count_model(model, single)
        result['flops'][name] = {part: cost.flops for part, cost in costs.items()}
    return result


def _predict(model: BaseModel, batch: dict) -> object:
    return model.test_step(batch)


def _network(model: BaseModel, batch: dict) -> object:
    return model(**model.data_preprocessor(batch), mode='tensor')


def _measure(
    model: BaseModel, net: torch.nn.Module, run: Callable[[], object], setting: Setting
) -> Measure:
    """Measure a run behind one interpolator, which takes its place before the clock starts."""
    dtype = DTYPES[setting.dtype]
    device = torch.device(setting.device)

    @torch.no_grad()
    def step() -> None:
        with torch.autocast(device.type, dtype, enabled=dtype != torch.float32):
            run()

    watch = stopwatch(step, device)

    def measure() -> float:
        model.data_preprocessor.interpolator = net
        try:
            return watch()
        except RuntimeError as error:
            if dtype == torch.float32:
                raise
            raise ValueError(
                f'the model does not run in {setting.dtype} on {device}: {error}'
            ) from error

    return measure
