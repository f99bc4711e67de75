"""Checkpoints are loaded without running code.

Importing this module replaces mmengine's loaders of local files and URLs, through which go
``load_from``, ``--resume``, ``init_cfg`` and `FreezeInterpolatorHook` alike. They unpickle tensors
and plain containers only (``torch.load(weights_only=True)``), and of mmengine's own classes those
that its checkpoints hold. Anything else is refused. mmengine logs what follows the ``load_from_``
of a loader's name.
"""

import hashlib
import os
import pickle
import re
import struct
from collections.abc import Callable
from pathlib import Path
from urllib.error import URLError

import numpy as np
import torch
from mmengine.config import ConfigDict
from mmengine.dist import barrier, get_rank
from mmengine.logging import HistoryBuffer
from mmengine.optim import OneCycleParamScheduler
from mmengine.runner import checkpoint as mmengine_checkpoint
from mmengine.runner.checkpoint import CheckpointLoader

# How torch names what it does not unpickle.
_REFUSED = re.compile(r"GLOBAL ([\w.]+)|getattr of .*|got <class '([\w.]+)'>")
# What checkpoints name by their class: a buffer its statistics, a scheduler how it goes down.
_NAMED = {
    HistoryBuffer: ('min', 'max', 'current', 'mean'),
    OneCycleParamScheduler: ('_annealing_cos', '_annealing_linear'),
}


def load_from_local(filename: str | os.PathLike, map_location: str | None = None) -> dict:
    """Load a checkpoint from a file, without running code that it may hold.

    Args:
        filename: path of the file.
        map_location: as in ``torch.load``.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is no checkpoint, is cut off, holds more than data, or tensors of a device
            that is not here.

    Example:
        >>> load_from_local('nowhere.pth')
        Traceback (most recent call last):
        FileNotFoundError: there is no checkpoint at nowhere.pth
    """
    path = _existing(filename)
    try:
        with torch.serialization.safe_globals(_harmless_globals()):
            checkpoint = torch.load(path, map_location=map_location, weights_only=True)
    except pickle.UnpicklingError as error:
        refused = _REFUSED.search(str(error))
        if refused is None:
            raise ValueError(
                f'{filename} was not loaded: it is no checkpoint as torch.save writes it. An error '
                'page or a pointer of Git LFS may lie in its place: look into the file, and '
                'download it again'
            ) from None
        raise ValueError(
            f'{filename} was not loaded: besides weights it holds objects that may run code when '
            'they are loaded. If you trust where it comes from, save its state_dict alone and '
            f'load that. (refused: {refused[1] or refused[2] or refused[0]})'
        ) from None
    except (
        *(RuntimeError, EOFError, OSError),
        # of files as torch wrote them before version 1.6, cut off or damaged
        *(AssertionError, LookupError, UnicodeDecodeError, struct.error),
    ) as error:
        if isinstance(error, PermissionError):
            raise
        if str(error).startswith('Attempting to deserialize object on'):
            raise ValueError(
                f'{filename} was not loaded: its tensors are of a device that is not here. '
                "Load it with map_location='cpu'"
            ) from None
        raise ValueError(
            f'{filename} was not loaded: it is no checkpoint, or cut off ({_first_line(error)})'
        ) from None
    if isinstance(checkpoint, dict) and isinstance(checkpoint.get('meta'), dict):
        # Old checkpoints hold their config as Python source, which mmengine runs on --resume.
        checkpoint['meta'].pop('config', None)
    return checkpoint


def load_from_http(filename: str, map_location: str | None = None) -> dict:
    """Download a checkpoint once, and load it without running code that it may hold.

    Raises:
        ConnectionError: the download failed; the message says how to do without.
    """
    cached = cached_path(filename)
    try:
        # One process of each machine: their disks may be their own, or one that they share.
        first = int(os.environ.get('LOCAL_RANK', get_rank())) == 0
        if first and not cached.is_file():
            cached.parent.mkdir(parents=True, exist_ok=True)
            torch.hub.download_url_to_file(filename, str(cached))
    except (URLError, OSError) as error:
        raise ConnectionError(
            f'the weights {filename} could not be downloaded ({error}). Download them elsewhere '
            f'and put them at {cached}; or name another file, for a backbone with --cfg-options '
            'model.backbone.init_cfg.checkpoint=FILE; or train from scratch with '
            'model.backbone.init_cfg=None'
        ) from error
    barrier()
    return load_from_local(cached, map_location)


def cached_path(url: str) -> Path:
    """Name the file that a download is kept in: that of the URL, and of no other.

    Names of model zoos end in a digest of what they hold; another name gets one of the URL.

    Example:
        >>> cached_path('https://there.org/resnet18-f37072fd.pth').name
        'resnet18-f37072fd.pth'
        >>> cached_path('https://there.org/mine/epoch_8.pth').name
        'epoch_8-dad7f3c1.pth'
    """
    name = Path(url.rsplit('/', 1)[-1])
    if not re.search('-[0-9a-f]{8,}$', name.stem):
        digest = hashlib.sha256(url.encode()).hexdigest()[:8]
        name = name.with_stem(f'{name.stem}-{digest}')
    return Path(torch.hub.get_dir()) / 'checkpoints' / name


def check_checkpoint(filename: str) -> None:
    """Raise a FileNotFoundError if a checkpoint is named by its path and is not there.

    What is named by a scheme, as ``https://...`` or ``mmdownsize://...``, is found on loading.

    Example:
        >>> check_checkpoint('nowhere.pth')
        Traceback (most recent call last):
        FileNotFoundError: there is no checkpoint at nowhere.pth
    """
    if '://' not in filename:
        _existing(filename)


def _existing(filename: str | os.PathLike) -> Path:
    path = Path(filename).expanduser()
    if not path.is_file():
        raise FileNotFoundError(f'there is no checkpoint at {filename}')
    return path


def _harmless_globals() -> list[type | Callable | tuple[Callable, str]]:
    """List what a checkpoint of mmengine holds beyond what torch allows by itself."""
    reconstruct, scalar = np.zeros(1).__reduce__()[0], np.float64(0).__reduce__()[0]
    modules = ('numpy.core.multiarray', 'numpy._core.multiarray')  # of numpy 1 and 2
    return [
        *_NAMED,
        ConfigDict,
        (_named, 'builtins.getattr'),
        np.ndarray,
        np.dtype,
        *{type(np.dtype(kind)) for kind in 'bBhHiIlLqQefd?'},
        *((reconstruct, f'{module}._reconstruct') for module in modules),
        *((scalar, f'{module}.scalar') for module in modules),
    ]


def _named(owner: type, name: str) -> Callable:
    """Stand in for ``getattr``, by which a pickle names the functions of a class."""
    if any(owner is known and name in names for known, names in _NAMED.items()):
        return getattr(owner, name)
    raise pickle.UnpicklingError(f'getattr of {name!r} is not allowed')


def _first_line(error: Exception) -> str:
    return str(error).strip().split('\n')[0] or type(error).__name__


CheckpointLoader.register_scheme(prefixes='', loader=load_from_local, force=True)
CheckpointLoader.register_scheme(
    prefixes=('http://', 'https://'), loader=load_from_http, force=True
)
# The names of model zoos end in a URL, which mmengine loads by this function of its own.
mmengine_checkpoint.load_from_http = load_from_http
