"""RefineDet512 with VGG16 on COCO 2017, its images brought to 512x512.

A child names the interpolator.
"""

_base_ = './refinedet320_coco.py'
model = dict(data_preprocessor=dict(size=(512, 512)))
