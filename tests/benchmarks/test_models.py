import pytest
import torch
from config_files import CONFIGS

from mmdownsize import FixedInterpolator
from mmdownsize.benchmarks.models import build_random_model, downsize_to, random_batch
from mmdownsize.preprocessing import TargetSize

REFINEDET = CONFIGS / 'mini/refinedet_area_bccd.py'


def test_weights_are_the_same_every_time():
    (_, first), (_, second) = (build_random_model(REFINEDET) for _ in range(2))
    for ours, theirs in zip(first.parameters(), second.parameters(), strict=True):
        assert torch.equal(ours, theirs)
    assert not first.training
    assert isinstance(first.data_preprocessor.interpolator, FixedInterpolator)


def test_pretrained_weights_are_not_looked_for():
    checkpoint = dict(type='Pretrained', checkpoint='nowhere.pth')
    options = {'model.backbone.init_cfg': checkpoint}
    assert build_random_model(REFINEDET, options=options)[1].backbone.init_cfg == checkpoint


@pytest.mark.parametrize('name', ['lighthead', 'refinedet', 'centernet', 'detr'])
def test_detectors_predict_on_random_images(name):
    config, model = build_random_model(CONFIGS / f'mini/{name}_dsnet_bccd.py')
    assert downsize_to(model, config, (200, 240), None) == (60, 72)
    with torch.no_grad():
        predictions = model.test_step(random_batch(2, (200, 240)))
    assert [sample.ori_shape for sample in predictions] == [(200, 240)] * 2
    assert all(sample.pred_instances.bboxes.shape[1] == 4 for sample in predictions)


@pytest.mark.parametrize('name', ['fcn', 'deeplabv3plus', 'spnet'])
def test_segmentors_predict_on_random_images(name):
    config, model = build_random_model(CONFIGS / f'mini/{name}_dsnet_camvid.py')
    assert downsize_to(model, config, (200, 240), TargetSize(size=(64, 80))) == (64, 80)
    with torch.no_grad():
        (prediction,) = model.test_step(random_batch(1, (200, 240)))
    assert prediction.pred_sem_seg.data.shape == (1, 200, 240)


def test_config_without_a_downsizer_is_named(tmp_path):
    path = tmp_path / 'plain.py'
    path.write_text("model = dict(type='A', data_preprocessor=dict(type='ImgDataPreprocessor'))")
    with pytest.raises(ValueError, match='plain.py has no DownsizePreprocessor, but ImgData'):
        build_random_model(path)
    path.write_text('a = 1')
    with pytest.raises(ValueError, match='but None as its model.data_preprocessor: wrap it'):
        build_random_model(path)


def test_images_too_small_for_the_network_are_named():
    config, model = build_random_model(REFINEDET)
    with pytest.raises(ValueError, match='of 100x120 are downsized to 30x36, but .* by 32: take'):
        downsize_to(model, config, (100, 120), None)
    assert downsize_to(model, config, (100, 120), TargetSize(0.5)) == (50, 60)
    config, model = build_random_model(CONFIGS / 'mini/fcn_dsnet_camvid.py')
    with pytest.raises(ValueError, match='by 8'):  # InputSizeHook knows
        downsize_to(model, config, (20, 120), None)
