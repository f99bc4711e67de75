"""The usual way to downsize: cv2 does it in the data loader, not the model."""

from collections.abc import Sequence

from ..preprocessing import TargetSize

# Transforms that give the same on a downsized image: it is downsized before them, which is cheaper.
_COMMUTE = ('RandomFlip', 'PhotoMetricDistortion')


def usual_pipeline(transforms: Sequence[dict], rule: TargetSize) -> list[dict]:
    """Let a pipeline downsize its images itself.

    Args:
        transforms: of a training whose model downsizes.
        rule: by which it does.

    Returns:
        The transforms with a ``Resize`` by that rule before the last ones, which only mirror,
        change colours or pack; a ``Resize`` of scale 1 is left out.

    Example:
        >>> transforms = [dict(type='LoadImageFromFile'), dict(type='RandomFlip', prob=0.5),
        ...               dict(type='PackDetInputs')]
        >>> usual_pipeline(transforms, TargetSize(0.3))[1]
        {'type': 'Resize', 'scale_factor': 0.3}
    """
    kept = [one for one in transforms if not _does_nothing(one)]
    last = len(kept)
    while last and _commutes(kept[last - 1]):
        last -= 1
    return [*kept[:last], _resize(rule), *kept[last:]]


def downsize_in_loader(dataset: dict, rule: TargetSize) -> dict:
    """Change the config of a data set, or of one made of others, by `usual_pipeline`."""
    changed = dict(dataset)
    if 'pipeline' in dataset:
        changed['pipeline'] = usual_pipeline(dataset['pipeline'], rule)
    if 'dataset' in dataset:
        changed['dataset'] = downsize_in_loader(dataset['dataset'], rule)
    if 'datasets' in dataset:
        changed['datasets'] = [downsize_in_loader(one, rule) for one in dataset['datasets']]
    return changed


def _commutes(transform: dict) -> bool:
    kind = transform['type'].rpartition('.')[2]  # another library's is named with its scope
    return kind in _COMMUTE or kind.startswith('Pack')


def _does_nothing(transform: dict) -> bool:
    return transform['type'] == 'Resize' and transform.get('scale_factor') == 1


def _resize(rule: TargetSize) -> dict:
    if rule.size is None:
        return dict(type='Resize', scale_factor=rule.scale_factor)
    height, width = rule.size
    return dict(type='Resize', scale=(width, height), keep_ratio=rule.keep_ratio)
