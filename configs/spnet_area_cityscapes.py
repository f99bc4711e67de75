"""SPNet (ResNet-101) on Cityscapes, crops of 768x768 to 0.3x: area interpolation.

python tools/train.py configs/spnet_area_cityscapes.py

180 epochs, batches of 8. Its authors report 81.9 mIoU (validation) without downsizing. The paper
reports its mIoU in a table that is lost; there DownsizeNet gains 0.5 to 0.9 on bilinear.
"""

_base_ = ['_base_/pipelines/spnet_cityscapes.py', '_base_/interpolators/area.py']
model = dict(data_preprocessor=dict(interpolator=_base_.interpolator))
