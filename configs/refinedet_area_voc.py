"""RefineDet (VGG16) on VOC 2007, 300x300 to 100x100: area interpolation.

python tools/train.py configs/refinedet_area_voc.py

764 epochs, 120 thousand iterations of 32 images. The paper reports 58.9 mAP, and 59.4 for
DownsizeNet.
"""

_base_ = ['_base_/pipelines/refinedet_voc.py', '_base_/interpolators/area.py']
model = dict(data_preprocessor=dict(interpolator=_base_.interpolator))
