"""Print a config as it is once its bases and overrides are merged."""

import argparse

from mmengine.config import DictAction

from mmdownsize.config import load_config

EPILOG = """example:
  python tools/print_config.py configs/lighthead_dsnet_voc.py \\
      --cfg-options model.data_preprocessor.scale_factor=0.5
"""


def main() -> None:
    """Read the command line, and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument('config', help='config file')
    parser.add_argument(
        '--cfg-options',
        nargs='+',
        action=DictAction,
        metavar='KEY=VALUE',
        help='settings to override, by dotted keys',
    )
    args = parser.parse_args()
    print(load_config(args.config, options=args.cfg_options).pretty_text)


if __name__ == '__main__':
    main()
