"""Light-Head R-CNN on VOC 2007 at 0.3x: DownsizeNet over its whole support.

python tools/train.py configs/lighthead_dsnet_support_voc.py
"""

_base_ = ['_base_/pipelines/lighthead_voc.py', '_base_/interpolators/dsnet_support.py']
model = dict(data_preprocessor=dict(interpolator=_base_.interpolator))
