"""DETR (ResNet-50) on VOC 2007 at 165x165: DownsizeNet, 2x2 neighbours.

python tools/train.py configs/detr_dsnet_voc.py

150 epochs of batches of 16, 8 GPUs x 2. The paper reports its mAP in a table that is lost; there
DownsizeNet gains 0.2 to 0.9 on bilinear.
"""

_base_ = ['_base_/pipelines/detr_voc.py', '_base_/interpolators/dsnet.py']
model = dict(data_preprocessor=dict(interpolator=_base_.interpolator))
