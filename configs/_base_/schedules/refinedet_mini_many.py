"""From scratch on a laptop, thousands of images: AdamW, 4 epochs."""

_base_ = './lighthead_mini_many.py'

optim_wrapper = dict(optimizer=dict(lr=0.001))
