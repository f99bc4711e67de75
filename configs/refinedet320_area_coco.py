"""RefineDet (VGG16) on COCO 2017, images of any size to 320x320: area interpolation.

python tools/train.py configs/refinedet320_area_coco.py

109 epochs, 400 thousand iterations of 32 images. Its authors report 29.4 AP on COCO test-dev.
"""

_base_ = ['_base_/pipelines/refinedet320_coco.py', '_base_/interpolators/area.py']
model = dict(data_preprocessor=dict(interpolator=_base_.interpolator))
