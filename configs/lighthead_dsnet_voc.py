"""Light-Head R-CNN on VOC 2007 at 0.3x: DownsizeNet, 2x2 neighbours.

python tools/train.py configs/lighthead_dsnet_voc.py
"""

_base_ = ['_base_/pipelines/lighthead_voc.py', '_base_/interpolators/dsnet.py']
model = dict(data_preprocessor=dict(interpolator=_base_.interpolator))
