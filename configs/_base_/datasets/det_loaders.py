"""How the images of any detection set are loaded; a child names the set, a pipeline the transforms.

LoadImageFromFile stays at MMDetection's own settings: an image that cannot be decoded stops the
training, instead of being replaced by another one at random.
"""

# Workers are started anew in each epoch: seed_worker gives them other random numbers every time,
# and the same ones to a run that is resumed at that epoch.
train_dataloader = dict(
    batch_size=4,
    num_workers=2,
    persistent_workers=False,
    worker_init_fn=dict(type='seed_worker'),
    sampler=dict(type='DefaultSampler', shuffle=True),
    # A box of no extent is ignored: its regression target, a logarithm, would be infinite.
    dataset=dict(filter_cfg=dict(filter_empty_gt=True, min_size=32, bbox_min_size=1)),
)
val_dataloader = dict(
    batch_size=1,
    num_workers=2,
    persistent_workers=False,
    drop_last=False,
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(test_mode=True),
)
test_dataloader = val_dataloader
