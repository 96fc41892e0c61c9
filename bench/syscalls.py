"""System calls per session, counted by strace."""

import signal
import subprocess

from bench import generator
from bench.groups import result
from bench.process import Unavailable, eventually
from bench.tables import number, table
from bench.targets import ENGINES, engine, floor

NAME = "syscalls"
FLOORS = ("epoll floor", "uring floor", "threads floor")


def counts(summary):
    """{system call: calls} of what `strace -c` prints."""
    found = {}
    for line in summary.splitlines():
        words = line.split()
        # % time, seconds, usecs/call, calls, [errors,] name
        if len(words) in (5, 6) and words[3].isdigit() and words[-1] != "total":
            found[words[-1]] = int(words[3])
    return found


def turn(run, target, concurrency, sessions):
    flags = ["--concurrency", concurrency, "--hold", "0s"]
    summary = run.folder / "strace"
    with target.start(run.folder) as server:
        generator.run(target, server.port, *flags, "--sessions", 100)
        tracer = subprocess.Popen(
            ["strace", "-f", "-c", "-U", "time-percent,total-time,avg-time,calls,errors,name",
             "-o", summary, "-p", str(server.pid)], stderr=subprocess.DEVNULL)
        try:
            eventually("strace is attached", lambda: traced(server.pid))
            generator.run(target, server.port, *flags, "--sessions", sessions)
        finally:
            tracer.send_signal(signal.SIGINT)
            tracer.wait()
    return {name: calls / sessions for name, calls in counts(summary.read_text()).items()}


def traced(pid):
    with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as status:
        return not any(line.split() == ["TracerPid:", "0"] for line in status)


def measure(run):
    samples, skipped = {}, {}
    sessions = 1000 if run.quick else 10_000
    targets = [*(engine(name) for name in ENGINES), *(floor(name) for name in FLOORS)]
    for target in targets:
        for concurrency in (1, 64):
            run.say(f"  {concurrency} at once: {target.name}")
            try:
                samples[f"{target.name}, {concurrency} at once"] = turn(
                    run, target, concurrency, sessions)
            except (Unavailable, OSError) as reason:
                skipped[target.name] = str(reason)
    return result(NAME, run, sessions=sessions, samples=samples, skipped=skipped)


def section(figures):
    rows = []
    for name, calls in figures["samples"].items():
        often = sorted(calls, key=calls.get, reverse=True)
        rows.append([name, number(sum(calls.values()), 2),
                     ", ".join(f"{each} {calls[each]:.2f}" for each in often
                               if calls[each] >= 0.005)])
    return [
        "## System calls per session",
        f"`strace -f -c` over {figures['sessions']:,} sessions, hold 0. Being traced slows a "
        "server down, so that with 64 at once more wait for it than else and a batch is larger; "
        "with 1 at once there is nothing to batch.",
        table(["", "a session", "which"], rows, "lrl"),
    ]


def plots(_):
    return {}
