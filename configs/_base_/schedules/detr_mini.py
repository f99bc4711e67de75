"""From scratch on a laptop: AdamW, 24 epochs, for a transformer a quarter of the rate."""

_base_ = './centernet_mini.py'

optim_wrapper = dict(optimizer=dict(lr=0.0005))
