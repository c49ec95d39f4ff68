"""Whole processes side by side on a real torch environment: gpu-preflight check, pip check, collect_env.

usage: processes.py GPU_PREFLIGHT ENVIRONMENT

ENVIRONMENT is made with pip (torch and what it requires, several GB) when it isn't there. Runs alternate, so that all
programs see the same machine; medians of wall time and the peak memory are printed. Nothing here passes or fails.
"""

import os
import statistics
import subprocess
import sys
import time

ROUNDS = 15
SLOW_ROUNDS = 5  # of collect_env, which takes seconds


def make_environment(prefix):
    if os.path.exists(os.path.join(prefix, "bin", "python")):
        return
    print(f"making {prefix} with torch; this downloads several GB", file=sys.stderr)
    subprocess.run([sys.executable, "-m", "venv", prefix], check=True)
    subprocess.run([os.path.join(prefix, "bin", "pip"), "install", "--quiet", "torch", "numpy"], check=True)


def run_once(command, environment):
    """Wall seconds, CPU seconds and peak memory in MiB of one run."""
    start = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
    _, _, usage = os.wait4(process.pid, 0)
    return time.monotonic() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def compare(commands, environment):
    """Runs the commands in turn and prints medians; the first command is the one that the others are held to."""
    results = {name: [] for name in commands}
    most = max(rounds for _, rounds in commands.values())
    for round_number in range(-1, most):  # the first round warms the caches and isn't counted
        for name, (command, rounds) in commands.items():
            if round_number < rounds:
                result = run_once(command, environment)
                if round_number >= 0:
                    results[name].append(result)
    ours = statistics.median(wall for wall, _, _ in results[next(iter(commands))])
    print(f"{'program':<28}{'wall ms':>10}{'cpu ms':>10}{'peak MiB':>10}{'times ours':>12}")
    for name, runs in results.items():
        wall = statistics.median(run[0] for run in runs)
        cpu = statistics.median(run[1] for run in runs)
        peak = max(run[2] for run in runs)
        print(f"{name:<28}{wall * 1000:>10.1f}{cpu * 1000:>10.1f}{peak:>10.1f}{wall / ours:>11.0f}x")


def main():
    program, prefix = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    make_environment(prefix)
    python = os.path.join(prefix, "bin", "python")
    environment = dict(os.environ, PATH=os.path.join(prefix, "bin") + ":" + os.environ["PATH"], VIRTUAL_ENV=prefix)
    commands = {
        "gpu-preflight check": ([program, "check", "--env", prefix], ROUNDS),
        "pip check": ([python, "-m", "pip", "check"], ROUNDS),
        "collect_env": ([python, "-m", "torch.utils.collect_env"], SLOW_ROUNDS),
    }
    compare(commands, environment)


if __name__ == "__main__":
    main()
