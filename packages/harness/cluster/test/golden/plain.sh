#!/bin/bash
# ranks: 5 runs, one a task. Written by petl-bench.
# Submit again with: sbatch '/data/ranks/jobs/ranks-1.sh'
# A run that is done ends at once; one that was interrupted goes on from its saved state.
#SBATCH --job-name=ranks
#SBATCH --array=1,5,7-9
#SBATCH --output=/data/ranks/logs/%A_%a.log
#SBATCH --open-mode=append
#SBATCH --requeue
#SBATCH --signal=B:USR2@90

set -euo pipefail

# The bench takes the shell's place, to which Slurm sends its signal
exec '/usr/bin/node' '/opt/petl-bench/main.js' work '/data/ranks' --run "$SLURM_ARRAY_TASK_ID"
