"""Area averaging for any ratio: each pixel counts by how much of it is covered."""

import torch
import torch.nn.functional as F
from torch import Tensor


def area_average(image: Tensor, size: tuple[int, int]) -> Tensor:
    """Average what each output pixel covers of the image, as cv2's INTER_AREA does to shrink it.

    Torch's mode 'area' does the same, and faster, where the ratio is a whole number. At others it
    averages whole pixels, those that are covered in part like the rest, and so blurs more.

    Args:
        image: float tensor of shape (N, C, H, W).
        size: height and width of the result.

    Returns:
        Shape (N, C, *size), in the dtype of the image.

    Example:
        >>> image = torch.tensor([0.0, 4.0, 8.0]).view(1, 1, 1, 3)
        >>> area_average(image, (1, 2)).flatten().tolist()  # (0 + 4/2) / 1.5, (4/2 + 8) / 1.5
        [1.3333333730697632, 6.6666669845581055]
    """
    if not (image.shape[2] % size[0] or image.shape[3] % size[1]):
        return F.interpolate(image, size, mode='area')
    # In half precision the shares of a pixel would not sum to one.
    precise = image.to(torch.promote_types(image.dtype, torch.float32))
    return _average(_average(precise, size[0], dim=2), size[1], dim=3).to(image.dtype)


def covered(pixels: Tensor, source: int, target: int) -> Tensor:
    """Tell how much the output pixels of one axis cover of some input pixels.

    Args:
        pixels: for each of `target` output pixels, some indices, int64 of shape (I, target).
        source: length of the input axis, in pixels.
        target: length of the output axis, in pixels.

    Returns:
        In shares of 1/target of an input pixel, which are whole numbers: int64 of shape
        (I, target), from 0 to the smaller of `source` and `target`.

    Example:
        >>> covered(torch.tensor([[0, 1], [1, 2]]), 3, 2)  # halves of 1.5 pixels each
        tensor([[2, 1],
                [1, 2]])
    """
    begin = torch.arange(target, device=pixels.device) * source
    end = torch.minimum((pixels + 1) * target, begin + source)
    return (end - torch.maximum(pixels * target, begin)).clamp(min=0)


def _average(image: Tensor, target: int, *, dim: int) -> Tensor:
    """Average along one axis."""
    source = image.shape[dim]
    first = torch.arange(target, device=image.device) * source // target
    pixels = first + torch.arange(-(-source // target) + 1, device=image.device)[:, None]
    weights = covered(pixels, source, target).to(image.dtype) / source
    total = torch.zeros((), dtype=image.dtype, device=image.device)
    for pixel, weight in zip(pixels.clamp(max=source - 1), weights, strict=True):
        total = total + weight.view(-1, *[1] * (3 - dim)) * image.index_select(dim, pixel)
    return total
