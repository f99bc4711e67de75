"""RefineDet (VGG16) on VOC 2007, 300x300 to 100x100: DownsizeNet, 2x2 neighbours.

python tools/train.py configs/refinedet_dsnet_voc.py

764 epochs, 120 thousand iterations of 32 images. The paper reports 59.4 mAP, and 58.9 for area.
"""

_base_ = ['_base_/pipelines/refinedet_voc.py', '_base_/interpolators/dsnet.py']
model = dict(data_preprocessor=dict(interpolator=_base_.interpolator))
