"""FCN (ResNet-101) on Cityscapes, crops of 512x1024 to 0.3x: DownsizeNet, 2x2 neighbours.

python tools/train.py configs/fcn_dsnet_cityscapes.py

215 epochs, batches of 8. MMSegmentation reports 75.13 mIoU without downsizing. The paper reports
its mIoU in a table that is lost; there DownsizeNet gains 0.5 to 0.9 on bilinear.
"""

_base_ = ['_base_/pipelines/fcn_cityscapes.py', '_base_/interpolators/dsnet.py']
model = dict(data_preprocessor=dict(interpolator=_base_.interpolator))
