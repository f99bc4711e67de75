"""Data sets that a program makes: written aside, moved to their place when complete, then kept."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from pathlib import Path

from .seg_files import check_folders, check_list, check_pairs
from .voc_files import check_voc_files

__all__ = ['make_once']


def make_once(
    out: str | Path,
    parameters: dict,
    write: Callable[[Path], dict],
    *,
    kind: str,
    stamp: str,
    label_maps: bool = False,
    overwrite: bool = False,
) -> dict:
    """Make a set in VOC layout, or keep the one that is there if it was made with the same values.

    The set is written beside its place and moved there when it is complete; an interrupted run
    leaves nothing. A set that has lost files since is made again.

    Args:
        out: folder that will hold `VOC2007/`, with the lists `train` and `val`, and the stamp.
        parameters: values that the set depends on, as JSON gives them back.
        write: makes the set in the folder that it is given, and returns what the stamp should
            hold besides `parameters`.
        kind: what the set is called in messages.
        stamp: name of the JSON file that tells a set of this kind from other folders.
        label_maps: whether it has a label map of each image, in `VOC2007/SegmentationClass/`.
        overwrite: replace a set that was made with other values.

    Returns:
        What the stamp holds, and `kept`: whether the set was there already.

    Raises:
        FileExistsError: if the folder holds other things, or a set made with other values.
    """
    out = Path(out).resolve()
    content = _read_stamp(out, parameters, kind, stamp, label_maps, overwrite)
    if content is not None:
        return {**content, 'kept': True}
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f'.{out.name}-', dir=out.parent) as workshop:
        made = Path(workshop, 'set')
        content = {'parameters': parameters, **write(made)}
        (made / stamp).write_text(json.dumps(content, indent=2) + '\n', encoding='utf-8')
        if (out / stamp).exists():
            out.rename(Path(workshop, 'replaced'))
        made.rename(out)
    return {**content, 'kept': False}


def _read_stamp(
    out: Path, parameters: dict, kind: str, stamp: str, label_maps: bool, overwrite: bool
) -> dict | None:
    """The stamp of the set to keep, or None if the place is free or to be overwritten."""
    if not out.exists() or (out.is_dir() and not any(out.iterdir())):
        return None
    if not (out / stamp).is_file():
        raise FileExistsError(
            f'{out} exists and is no {kind}, as it has no {stamp}; choose another folder or '
            'remove it'
        )
    try:
        content = json.loads((out / stamp).read_text(encoding='utf-8'))
        parameters_then = content['parameters']
    except (ValueError, KeyError, TypeError):
        raise FileExistsError(
            f'{out} is no {kind}: its {stamp} is damaged; choose another folder or remove it'
        ) from None
    if parameters_then == parameters:
        try:
            for split in ('train', 'val'):
                names = str(out / f'VOC2007/ImageSets/Main/{split}.txt')
                check_voc_files(names, f'{out}/VOC2007')
                if label_maps:
                    _check_label_maps(out / 'VOC2007', names)
            return content
        except (FileNotFoundError, ValueError):
            pass  # files were removed since: the same set is written again
    elif not overwrite:
        raise FileExistsError(
            f'{out} holds a {kind} made with {parameters_then}, but {parameters} are asked '
            'for; choose another folder, or pass overwrite=True (--overwrite)'
        )
    return None


def _check_label_maps(folder: Path, names: str) -> None:
    images, labels = str(folder / 'JPEGImages'), str(folder / 'SegmentationClass')
    check_folders(images, labels)
    listed = check_list(names, images, '.jpg')
    check_pairs(images, labels, listed, img_suffix='.jpg', seg_map_suffix='.png')
