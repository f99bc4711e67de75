"""What the tests of the tools share."""

import runpy
import sys

import pytest


@pytest.fixture
def mistake(root, monkeypatch, capsys):
    """Run a tool in this process and give what it prints on stderr as it ends with an error.

    A process of its own would spend seconds on its imports.
    """

    def run(name, *arguments):
        monkeypatch.setattr(sys, 'argv', [f'tools/{name}.py', *map(str, arguments)])
        with pytest.raises(SystemExit) as exit_:
            runpy.run_path(f'tools/{name}.py', run_name='__main__')
        assert exit_.value.code not in (None, 0)
        printed = capsys.readouterr().err
        return f'{printed}{exit_.value}\n' if isinstance(exit_.value.code, str) else printed

    return run
