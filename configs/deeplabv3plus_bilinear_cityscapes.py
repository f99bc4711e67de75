"""DeepLabv3+ (ResNet-101) on Cityscapes, crops of 512x1024 to 0.3x: bilinear interpolation.

python tools/train.py configs/deeplabv3plus_bilinear_cityscapes.py

215 epochs, batches of 8. MMSegmentation reports 80.97 mIoU without downsizing. The paper reports
its mIoU in a table that is lost; there DownsizeNet gains 0.5 to 0.9 on bilinear.
"""

_base_ = ['_base_/pipelines/deeplabv3plus_cityscapes.py', '_base_/interpolators/bilinear.py']
model = dict(data_preprocessor=dict(interpolator=_base_.interpolator))
