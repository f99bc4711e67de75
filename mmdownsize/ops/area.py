"""Area averaging for any ratio: each pixel counts by how much of it is covered."""

import torch
import torch.nn.functional as F
from torch import Tensor


def area_average(image: Tensor, size: tuple[int, int]) -> Tensor:
    """Average what each output pixel covers of the image, as cv2's INTER_AREA does.

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


def _average(image: Tensor, target: int, *, dim: int) -> Tensor:
    """Average along one axis. Lengths are counted in shares of 1/target of an input pixel."""
    source = image.shape[dim]
    begin = torch.arange(target, device=image.device) * source
    first = begin // target
    total = torch.zeros((), dtype=image.dtype, device=image.device)
    for tap in range(-(-source // target) + 1):
        pixel = first + tap
        end = torch.minimum((pixel + 1) * target, begin + source)
        covered = (end - torch.maximum(pixel * target, begin)).clamp(min=0)
        weight = (covered.to(image.dtype) / source).view(-1, *[1] * (3 - dim))
        total = total + weight * image.index_select(dim, pixel.clamp(max=source - 1))
    return total
