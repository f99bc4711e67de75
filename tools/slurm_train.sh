#!/usr/bin/env bash
# Trains under Slurm:
#   GPUS=8 tools/slurm_train.sh PARTITION JOB_NAME CONFIG [options of train.py]
# GPUS is the number in all, GPUS_PER_NODE and CPUS_PER_TASK as the cluster has them; SRUN_ARGS goes
# to srun as it is.
set -euo pipefail
[ $# -ge 3 ] || { echo "usage: $0 PARTITION JOB_NAME CONFIG [options of train.py]" >&2; exit 2; }
partition=$1 job=$2 config=$3
gpus=${GPUS:-8} gpus_per_node=${GPUS_PER_NODE:-8}
[ "$gpus_per_node" -le "$gpus" ] || gpus_per_node=$gpus
# shellcheck disable=SC2086  # SRUN_ARGS is several words
exec srun -p "$partition" --job-name="$job" --gres="gpu:$gpus_per_node" --ntasks="$gpus" \
    --ntasks-per-node="$gpus_per_node" --cpus-per-task="${CPUS_PER_TASK:-5}" --kill-on-bad-exit=1 \
    ${SRUN_ARGS:-} \
    "${PYTHON:-python}" -u "$(dirname "$0")/train.py" "$config" --launcher slurm "${@:4}"
