#!/bin/bash
# ranks: 5 runs, one a task. Written by petl-bench.
# Submit again with: sbatch '/data/ranks/jobs/ranks-1.sh'
# A run that is done ends at once; one that was interrupted goes on from its saved state.
#SBATCH --job-name=ranks
#SBATCH --array=1,5,7-9%4
#SBATCH --output=/data/ranks/logs/%A_%a.log
#SBATCH --open-mode=append
#SBATCH --requeue
#SBATCH --signal=B:USR2@300
#SBATCH --partition=gpu
#SBATCH --account="lab 7"
#SBATCH --gres=gpu:a100:1
#SBATCH --constraint="[rack1|rack2]"
#SBATCH --time=1-00:30:00
#SBATCH --exclusive

set -eo pipefail

# Set-up, as given
module load cuda/12.4
export HF_HOME="$SCRATCH/hub"

set -u # not before: many set-ups read unset variables

# The bench takes the shell's place, to which Slurm sends its signal
exec '/usr/bin/node' '/opt/petl-bench/main.js' work '/data/ranks' --run "$SLURM_ARRAY_TASK_ID" '--threads' '8'
