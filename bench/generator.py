"""lastword-bench, and bench_peer for other protocols, on the core that the server leaves alone."""

import contextlib
import json
import subprocess

from bench.process import GENERATOR_CORE, Unavailable, pinned
from bench.targets import BIN

# So many source addresses that ports suffice, whoever closes first.
SOURCES = "127.0.0.1-127.0.0.64"


def command(target, port, flags):
    program = ([f"{BIN}/lastword-bench"] if target.dialogue == "lastword"
               else [f"{BIN}/bench_peer", target.dialogue])
    flags = [str(flag) for flag in flags]
    return [*program, f"127.0.0.1:{port}", "--connections-from", SOURCES, *flags, "--json"]


@contextlib.contextmanager
def started(target, port, flags):
    """A generator at work; whatever happens, it and all that it forked have ended afterwards."""
    process = subprocess.Popen(pinned(command(target, port, flags), GENERATOR_CORE),
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
            process.communicate()


def finish(process, within_s=600):
    """What the generator reports. Any wrong or missing answer makes the figure worthless."""
    try:
        out, err = process.communicate(timeout=within_s)
    except subprocess.TimeoutExpired:
        raise Unavailable(f"the generator was not done within {within_s} s") from None
    if process.returncode != 0:
        raise Unavailable(f"the generator failed: {failure(out, err, process.returncode)}")
    return summary(json.loads(out))


def failure(out, err, code):
    """The errors of the sessions, else its last words."""
    try:
        errors = json.loads(out)["errors"]["by_kind"]
        if errors:
            return json.dumps(errors)
    except (ValueError, KeyError):
        pass
    words = err.strip().splitlines()
    return words[-1] if words else f"exit code {code}"


def summary(report):
    """What the groups need of its JSON; times in ms."""
    late = report["lateness"]
    return {
        "sessions": report["sessions"]["answered"],
        "sessions_per_s": report["sessions_per_s"],
        "peak_held": report["peak_held"],
        "lateness_ms": {"p50": late["p50_ms"], "p99": late["p99_ms"], "p99.9": late["p99_9_ms"],
                        "max": late["max_ms"]},
        "memory_bytes": report["generator"]["memory_bytes"],
        "processes": report["processes"],
        "bottleneck": report["generator"]["bottleneck"],
    }


def run(target, port, *flags):
    with started(target, port, flags) as load:
        return finish(load)
