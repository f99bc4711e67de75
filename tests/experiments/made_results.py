"""Results that no run has made."""

from mmdownsize.experiments.results import Result


def result(interpolator, seed, score, *, metric='mIoU', **varied):
    varied = {key.replace('__', '.'): value for key, value in varied.items()}
    return Result(
        name=f'{interpolator}-{varied}-{seed}',
        config='configs/mini/fcn_bilinear_camvid.py',
        interpolator=interpolator,
        seed=seed,
        varied=varied,
        metric=metric,
        score=score,
        scores=dict(mIoU=score),
        commands=['python tools/train.py'],
        fingerprint='0',
        seconds=1.0,
        run=dict(date='2026-01-01', torch='2.6'),
    )
