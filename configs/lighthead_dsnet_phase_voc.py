"""Light-Head R-CNN (ResNet-101) on VOC 2007, 800/1333 to 0.3x: DownsizeNet, a place a channel.

python tools/train.py configs/lighthead_dsnet_phase_voc.py

12 epochs of batches of 16. The paper reports its mAP in a table that is lost; there DownsizeNet
gains 0.2 to 0.9 on bilinear.
"""

_base_ = ['_base_/pipelines/lighthead_voc.py', '_base_/interpolators/dsnet_phase.py']
model = dict(data_preprocessor=dict(interpolator=_base_.interpolator))
