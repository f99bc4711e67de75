"""Print a config as it is once its bases and overrides are merged."""

import argparse

from mmdownsize.config import add_config_options, load_config
from mmdownsize.mistakes import told_in_a_line

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
    add_config_options(parser)
    args = parser.parse_args()
    with told_in_a_line('print_config.py'):
        config = load_config(args.config, options=args.cfg_options)
    print(config.pretty_text)


if __name__ == '__main__':
    main()
