#!/bin/bash
# two lines: 5 runs, one a task. Written by petl-bench.
# Submit again with: sbatch $'/data/a\012b.sh'
# A run that is done ends at once; one that was interrupted goes on from its saved state.
#SBATCH --job-name="two lines"
#SBATCH --array=1,5,7-9
#SBATCH --output=/dev/null
#SBATCH --open-mode=append
#SBATCH --requeue
#SBATCH --signal=B:USR2@90

set -euo pipefail

# Slurm's --output cannot name this folder
exec >>$'/data/50%\\\012#SBATCH --wrap=id/logs'"/${SLURM_ARRAY_JOB_ID}_${SLURM_ARRAY_TASK_ID}.log" 2>&1

# The bench takes the shell's place, to which Slurm sends its signal
exec '/usr/bin/node' '/opt/petl-bench/main.js' work $'/data/50%\\\012#SBATCH --wrap=id' --run "$SLURM_ARRAY_TASK_ID"
