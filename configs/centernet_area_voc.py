"""CenterNet (ResNet-18) on VOC 2007 at 0.3x: area interpolation.

python tools/train.py configs/centernet_area_voc.py

70 epochs of batches of 32. The paper reports its mAP in a table that is lost; there DownsizeNet
gains 0.2 to 0.9 on bilinear.
"""

_base_ = ['_base_/pipelines/centernet_voc.py', '_base_/interpolators/area.py']
model = dict(data_preprocessor=dict(interpolator=_base_.interpolator))
