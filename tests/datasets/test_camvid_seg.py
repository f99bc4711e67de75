from pathlib import Path

import numpy as np
import pytest
import torch
from config_files import load
from mmseg.models.losses import CrossEntropyLoss
from PIL import Image

LABELS = Path(__file__).parents[2] / 'data/camvid/ann_dir/train'


@pytest.mark.skipif(not LABELS.exists(), reason='data/camvid is not there')
def test_weights_of_the_classes_are_those_of_their_shares():
    weights = load('mini/fcn_area_camvid.py').model.decode_head.loss_decode.class_weight
    counts = sum(
        np.bincount(np.asarray(Image.open(path)).ravel(), minlength=256)[:11]
        for path in LABELS.iterdir()
    )
    shares = counts / counts.sum()
    expected = 1 / np.log(1.02 + shares)
    np.testing.assert_allclose(weights, expected / (shares * expected).sum(), atol=0.005)


def test_loss_weighs_classes_and_passes_over_ignored_pixels():
    config = dict(load('mini/fcn_area_camvid.py').model.decode_head.loss_decode)
    config.pop('type')
    logits, labels = torch.randn(2, 11, 3, 4), torch.randint(11, (2, 3, 4))
    labels[0, 0] = 255
    loss = CrossEntropyLoss(**config)(logits, labels, ignore_index=255).mean()
    expected = 0.0
    for image, row, column in np.ndindex(2, 3, 4):
        label = int(labels[image, row, column])
        if label != 255:
            log_probability = logits[image, :, row, column].double().log_softmax(0)[label]
            expected -= config['class_weight'][label] * float(log_probability)
    assert loss.item() == pytest.approx(expected / labels.numel(), rel=1e-5)
