"""How pytest finds the tests."""

import subprocess
import sys
from pathlib import Path

TESTS = Path(__file__).parent


def test_folders_that_share_fixtures_of_their_own_are_collected_together():
    folders = sorted(str(path.parent) for path in TESTS.glob('*/conftest.py'))
    assert len(folders) > 1
    command = [sys.executable, '-m', 'pytest', '--collect-only', '--quiet', *folders]
    done = subprocess.run(command, cwd=TESTS.parent, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-2000:]
