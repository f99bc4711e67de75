"""RefineDet (VGG16) on COCO 2017, 300x300 to 100x100: DownsizeNet, 2x2 neighbours.

python tools/train.py configs/refinedet_dsnet_coco.py

109 epochs, 400 thousand iterations of 32 images. The paper does not report it.
"""

_base_ = ['_base_/pipelines/refinedet_coco.py', '_base_/interpolators/dsnet.py']
model = dict(data_preprocessor=dict(interpolator=_base_.interpolator))
