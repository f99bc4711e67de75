import os
import subprocess
import sys
import threading
import time

import pytest

from mmdownsize.experiments.child import ChildFailed, Children, locked, progress

PYTHON = [sys.executable, '-c']


def run(children, code, log, tell=print):
    children.run([*PYTHON, code], log, dict(os.environ), tell, [])


@pytest.mark.parametrize(
    'line, told',
    [
        (
            'INFO - Epoch(train)  [1][20/91]  base_lr: 4e-04 lr: 4e-04  eta: 0:05:29  time: 0.2  '
            'loss: 4.0617  decode.loss_ce: 2.2',
            'epoch 1, step 20/91, loss 4.0617, 0:05:29 left',
        ),
        (
            'Iter(train) [  50/1000]  lr: 1e-3  eta: 1 day, 0:25:45  time: 1.6  loss: 2.6762',
            'step 50/1000, loss 2.6762, 1 day, 0:25:45 left',
        ),
        ('Epoch(val) [10][101/101]    aAcc: 87.19  mIoU: 43.99', None),
        ('Saving checkpoint at 2 epochs', None),
    ],
)
def test_progress_is_read_off_the_log(line, told):
    assert progress(line) == told


def test_output_is_added_to_the_log(tmp_path):
    log, children = tmp_path / 'log', Children()
    run(children, 'print(1)', log)
    run(children, 'import sys; sys.stderr.write("two")', log)
    assert log.read_text() == '1\ntwo'


def test_failure_names_the_log(tmp_path):
    with pytest.raises(ChildFailed, match=r'exit status 3; see the end of .*log'):
        run(Children(), 'raise SystemExit(3)', tmp_path / 'log')


def test_stop_ends_what_runs_and_lets_nothing_begin(tmp_path):
    children, failures, started = Children(), [], threading.Event()
    code = (
        'print("Iter(train) [1/2] eta: 0:01:00 loss: 1", flush=True); import time; time.sleep(60)'
    )

    def work():
        try:
            run(children, code, tmp_path / 'log', tell=lambda _: started.set())
        except ChildFailed as error:
            failures.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    assert started.wait(30)
    children.stop()
    thread.join(30)
    assert not thread.is_alive() and len(failures) == 1
    with pytest.raises(ChildFailed, match='stopped before it began'):
        run(children, 'print(1)', tmp_path / 'log')


def test_locked_folder_waits_for_a_child_that_outlives_its_parent(tmp_path):
    told = []
    with locked(tmp_path / 'new', told.append, Children()) as lock:
        orphan = subprocess.Popen([*PYTHON, 'input()'], stdin=-1, pass_fds=[lock.fileno()])
    assert not told
    opened = threading.Event()

    def wait():
        with locked(tmp_path / 'new', told.append, Children()):
            opened.set()

    thread = threading.Thread(target=wait)
    thread.start()
    time.sleep(0.3)
    assert not opened.is_set() and 'another process works in' in told[0]
    orphan.communicate(b'\n')
    assert opened.wait(30)
    thread.join()


def test_stop_ends_the_wait_for_a_folder(tmp_path):
    children, waiting = Children(), threading.Event()
    failures = []

    def wait():
        try:
            with locked(tmp_path, lambda _: waiting.set(), children):
                pass
        except ChildFailed as error:
            failures.append(str(error))

    with locked(tmp_path, print, Children()):
        thread = threading.Thread(target=wait)
        thread.start()
        assert waiting.wait(30)
        children.stop()
        thread.join(30)
        assert failures == ['stopped while it waited']


def test_output_that_is_no_text_is_kept_as_well_as_it_can_be(tmp_path):
    log = tmp_path / 'log'
    run(Children(), 'import sys; sys.stdout.buffer.write(bytes([97, 255, 98]))', log)
    assert log.read_text(encoding='utf-8') == 'a\ufffdb'
