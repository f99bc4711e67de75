import os

import pytest
from mmengine.fileio import LocalBackend, get_file_backend

from mmdownsize.config import latest_checkpoint


def test_atomic_backend_keeps_the_old_file_when_writing_fails(tmp_path, monkeypatch):
    path = tmp_path / 'folder' / 'epoch_1.pth'
    backend = get_file_backend(backend_args=dict(backend='atomic'))
    backend.put(b'old', path)
    assert path.read_bytes() == b'old'

    def fail_half_way(self, obj, filepath):
        with open(filepath, 'wb') as file:
            file.write(obj[:1])
        raise OSError('No space left on device')

    monkeypatch.setattr(LocalBackend, 'put', fail_half_way)
    with pytest.raises(OSError, match='No space left'):
        backend.put(b'new', path)
    assert path.read_bytes() == b'old'
    assert list(path.parent.iterdir()) == [path]


def test_latest_checkpoint_is_the_one_saved_last(tmp_path):
    assert latest_checkpoint(tmp_path) is None
    for age, name in enumerate(('epoch_10.pth', 'iter_9.pth', 'epoch_2.pth')):
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (1000 - age, 1000 - age))
    (tmp_path / 'best_mAP_epoch_3.pth').touch()
    (tmp_path / 'last_checkpoint').touch()
    assert latest_checkpoint(tmp_path).name == 'epoch_10.pth'
