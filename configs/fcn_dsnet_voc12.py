"""FCN (ResNet-101) on VOC 2012, crops of 512x512 to 0.3x: DownsizeNet, 2x2 neighbours.

python tools/train.py configs/fcn_dsnet_voc12.py

60 epochs, batches of 16. MMSegmentation reports 69.91 mIoU without downsizing. The paper reports
its mIoU in a table that is lost; there DownsizeNet gains 0.5 to 0.9 on bilinear.
"""

_base_ = ['_base_/pipelines/fcn_voc12.py', '_base_/interpolators/dsnet.py']
model = dict(data_preprocessor=dict(interpolator=_base_.interpolator))
