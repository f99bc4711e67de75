"""The configs of the project, and what their names mean."""

import re
from pathlib import Path

from mmengine.config import Config

CONFIGS = Path(__file__).parents[1] / 'configs'
NAMES = sorted(
    str(path.relative_to(CONFIGS)) for path in CONFIGS.rglob('*.py') if '_base_' not in path.parts
)
SMALL = ('texture', 'texture_seg', 'mixture', 'mixture_seg', 'bccd', 'camvid', 'camvid_det')
PATTERN = re.compile(
    r'(?:mini/|transfer/)?([a-z0-9]+)_(\w+?)_'
    rf'(voc|coco|voc12|cityscapes|{"|".join(SMALL)})(?:(?:_backbone|_model)?_from_\w+)?'
)


def parts(name: str) -> tuple[str, str, str]:
    """The model, the interpolator and the data set that the name of a config promises."""
    model, interpolator, data = PATTERN.fullmatch(name.removesuffix('.py')).groups()
    return f'mini/{model}' if data in SMALL else model, interpolator, data


def load(name: str) -> Config:
    """A config, without weights to download."""
    config = Config.fromfile(CONFIGS / name)
    if 'Pretrained' in str(config.model.backbone.get('init_cfg')):
        config.model.backbone.init_cfg = None
    return config
