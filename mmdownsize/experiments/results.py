"""The results of runs: one JSON file each, written when the run is finished."""

import json
from dataclasses import dataclass, replace
from pathlib import Path

from ..files import AtomicBackend
from .run import LONGEST_NAME, Run


@dataclass(frozen=True)
class Result:
    """What a run gave.

    Attributes:
        name: of the run.
        config: its path.
        interpolator: as `Run.interpolator`.
        seed: as `Run.seed`.
        varied: as `Run.all_varied`.
        metric: title of the score.
        score: in points, 0 to 100.
        scores: all that the evaluator measured.
        commands: of the training and the test, in order.
        fingerprint: see `Run.fingerprint`.
        seconds: that the training and the test took, by the last attempt.
        run: machine, date and versions of the test, see `mmdownsize.reports.describe_machine`.
    """

    name: str
    config: str
    interpolator: str
    seed: int
    varied: dict
    metric: str
    score: float
    scores: dict
    commands: list[str]
    fingerprint: str
    seconds: float
    run: dict


class Results:
    """A folder of results, of any number of experiments: what two of them share is there once.

    Args:
        folder: may be missing as long as nothing is saved.
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)

    def path(self, run: Run) -> Path:
        """Where the result of a run is, or will be. With other settings it is elsewhere."""
        return self.folder / f'{run.identity}.json'

    def find(self, run: Run) -> Result | None:
        """Load the result of a run; None if it has none.

        It may be the result of a run that another experiment has under another name, with the same
        config and interpolator, and the same settings to the last.

        Raises:
            ValueError: the file is damaged.
        """
        # Most runs of most tables have none: that is seen without reading their configs.
        if not any(self.folder.glob(f'{run.family[:LONGEST_NAME]}-*.json')):
            return None
        same = [self.path(run), *sorted(self.folder.glob(f'*-{run.short_fingerprint}.json'))]
        for path in filter(Path.is_file, same):
            result = read_result(path)
            if result.fingerprint == run.fingerprint:
                return replace(result, name=run.name, varied=run.all_varied())
        return None

    def seeds(self) -> list[int]:
        """List the seeds of all results, whatever their experiments."""
        return sorted({read_result(path).seed for path in self.folder.glob('*.json')})

    def save(self, run: Run, result: Result) -> None:
        """Write the result of a run, whole or not at all."""
        self.folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps(vars(result), indent=2)
        AtomicBackend().put(f'{text}\n'.encode(), self.path(run))


def read_result(path: Path) -> Result:
    """Read the file of a result.

    Raises:
        ValueError: it is damaged.
    """
    try:
        result = Result(**json.loads(path.read_text()))
    except (ValueError, TypeError) as error:
        raise ValueError(f'{path} is no result of a run: move it away ({error})') from None
    if not isinstance(result.score, (int, float)):
        raise ValueError(f'{path} has no score, but {result.score!r}: move it away')
    return result
