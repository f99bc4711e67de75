#!/usr/bin/env bash
# Tests on several GPUs of one machine, or of several (see dist_train.sh):
#   tools/dist_test.sh CONFIG CHECKPOINT GPUS [options of test.py]
set -euo pipefail
[ $# -ge 3 ] || { echo "usage: $0 CONFIG CHECKPOINT GPUS [options of test.py]" >&2; exit 2; }
config=$1 checkpoint=$2 gpus=$3
exec "${PYTHON:-python}" -m torch.distributed.run \
    --nnodes="${NNODES:-1}" --node_rank="${NODE_RANK:-0}" --nproc_per_node="$gpus" \
    --master_addr="${MASTER_ADDR:-127.0.0.1}" --master_port="${MASTER_PORT:-29500}" \
    "$(dirname "$0")/test.py" "$config" "$checkpoint" --launcher pytorch "${@:4}"
