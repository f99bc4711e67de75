"""RefineDet (VGG16) on COCO 2017, images of any size to 512x512: area interpolation.

python tools/train.py configs/refinedet512_area_coco.py

109 epochs, 400 thousand iterations of 32 images. Its authors report 33.0 AP on COCO test-dev.
"""

_base_ = ['_base_/pipelines/refinedet512_coco.py', '_base_/interpolators/area.py']
model = dict(data_preprocessor=dict(interpolator=_base_.interpolator))
