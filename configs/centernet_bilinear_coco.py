"""CenterNet (ResNet-18) on COCO 2017 at 0.3x: bilinear interpolation.

python tools/train.py configs/centernet_bilinear_coco.py

140 epochs of batches of 128, 8 GPUs x 16. MMDetection reports 25.9 AP without downsizing. The
paper reports its mAP in a table that is lost; there DownsizeNet gains 0.2 to 0.9 on bilinear.
"""

_base_ = ['_base_/pipelines/centernet_coco.py', '_base_/interpolators/bilinear.py']
model = dict(data_preprocessor=dict(interpolator=_base_.interpolator))
