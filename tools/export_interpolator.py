"""Take a trained interpolator out of a checkpoint, to load it elsewhere as mmdownsize://NAME."""

import argparse
import json
from pathlib import Path

from mmdownsize.config import add_config_options, load_config
from mmdownsize.mistakes import told_in_a_line
from mmdownsize.weights.export import export_interpolator

EPILOG = """examples:
  python tools/export_interpolator.py work_dirs/fcn_dsnet_camvid/epoch_30.pth dsnet-camvid \\
      --config work_dirs/fcn_dsnet_camvid/fcn_dsnet_camvid.py
  python tools/export_interpolator.py CHECKPOINT NAME --config CONFIG --result RESULT.json

CONFIG is that of the training, as it was run: the work folder holds it, with all that the command
line has overridden. NAME.pth and NAME.json are written, those of an earlier export replaced. A
RESULT.json holds config, seed, commands, metric and score, and may hold data, and in run the date
and commit; all of them go into NAME.json as they are.
"""


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument('checkpoint', help='checkpoint of a training')
    parser.add_argument('name', help='what follows mmdownsize://')
    parser.add_argument('--config', required=True, help='config of that training')
    parser.add_argument('--result', help='what its test gave, a JSON file')
    parser.add_argument(
        '--folder', help="where to write (default: mmdownsize/weights, the package's own)"
    )
    add_config_options(parser)
    return parser.parse_args()


def read_result(path: str | None) -> dict | None:
    """Read the JSON file of a result, if there is one."""
    if path is None:
        return None
    try:
        result = json.loads(Path(path).read_text(encoding='utf-8'))
    except ValueError as error:
        raise ValueError(f'{path} is no JSON file: {error}') from None
    if not isinstance(result, dict):
        raise ValueError(f'{path} should hold one result, got a {type(result).__name__}')
    return result


def main() -> None:
    """Export, and say where to."""
    args = parse_args()
    with told_in_a_line('export_interpolator.py'):
        path = export_interpolator(
            args.checkpoint,
            args.name,
            config=load_config(args.config, options=args.cfg_options),
            result=read_result(args.result),
            folder=args.folder,
        )
    print(f'wrote {path} ({path.stat().st_size:,} bytes) and {path.with_suffix(".json").name}')


if __name__ == '__main__':
    main()
