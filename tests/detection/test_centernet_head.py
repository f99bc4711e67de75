import pytest
import torch
from mmdet.models import CenterNetHead
from mmengine.config import ConfigDict
from mmengine.registry import DefaultScope
from mmengine.structures import InstanceData

from mmdownsize.detection import StableCenterNetHead

META = dict(batch_input_shape=(32, 48), img_shape=(32, 48), border=(0, 32, 0, 48))
TRUTH = InstanceData(
    bboxes=torch.tensor([[4.0, 6.0, 20.0, 26.0], [30.0, 2.0, 46.0, 20.0]]),
    labels=torch.tensor([0, 2]),
)


@pytest.fixture(autouse=True)
def mmdet_scope():
    with DefaultScope.overwrite_default_scope('mmdet'):
        yield


def build(kind: type) -> CenterNetHead:
    test_cfg = ConfigDict(topk=20, local_maximum_kernel=3, max_per_img=20)
    torch.manual_seed(0)
    head = kind(4, 4, 3, test_cfg=test_cfg)
    head.init_weights()
    return head


def test_is_mmdets_head_in_full_precision():
    ours, theirs = build(StableCenterNetHead), build(CenterNetHead)
    for head in (ours, theirs):
        torch.nn.init.constant_(head.wh_head[-1].bias, 5.0)  # sizes above 0
    features = (torch.randn(1, 4, 8, 12),)
    for mine, their in zip(ours(features), theirs(features), strict=True):
        assert torch.equal(mine[0], their[0])
    mine, their = (head.loss_by_feat(*head(features), [TRUTH], [META]) for head in (ours, theirs))
    assert mine == their
    mine, their = (
        head.predict_by_feat(*head(features), batch_img_metas=[META], rescale=False)[0]
        for head in (ours, theirs)
    )
    assert torch.equal(mine.bboxes, their.bboxes) and torch.equal(mine.scores, their.scores)


@pytest.mark.parametrize('logit', [-20.0, 9.0, 20.0])
def test_loss_of_a_sure_model_is_finite_in_half_precision(logit):
    head = build(StableCenterNetHead)
    torch.nn.init.constant_(head.heatmap_head[-1].bias, logit)
    features = (torch.randn(1, 4, 8, 12, requires_grad=True),)
    with torch.autocast('cpu', torch.float16):
        losses = head.loss_by_feat(*head(features), [TRUTH], [META])
    sum(losses.values()).backward()
    assert all(torch.isfinite(loss) for loss in losses.values())
    assert torch.isfinite(features[0].grad).all()
    exact = head.loss_by_feat(*head(features), [TRUTH], [META])
    for name, loss in losses.items():
        torch.testing.assert_close(loss, exact[name], rtol=1e-2, atol=1e-2)


def test_no_box_is_turned_inside_out():
    head = build(StableCenterNetHead)
    torch.nn.init.constant_(head.wh_head[-1].bias, -3.0)
    (found,) = head.predict_by_feat(
        *head((torch.randn(1, 4, 8, 12),)), batch_img_metas=[META], rescale=False
    )
    assert len(found) == 20
    assert (found.bboxes[:, 2:] >= found.bboxes[:, :2]).all()
