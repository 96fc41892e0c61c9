"""Growth: what a session costs as ever more are held."""

import time

from bench import generator, machine
from bench.figures import interleaved, spread_of
from bench.fleet import Fleet
from bench.groups import result
from bench.process import Unavailable
from bench.tables import lines, number, table
from bench.targets import Target

NAME = "growth"
RATE = 8000  # the same for every point, so that only the number of the held differs
PROCESSES = 8  # 100,000 held and a process's 20,000 descriptors, spread by the kernel's hash
POINTS = {"epoll": (1000, 3000, 10_000, 30_000, 100_000),
          "uring": (1000, 3000, 10_000, 30_000, 100_000),
          "threads": (1000, 3000, 10_000)}


def turn(run, engine_name, held):
    hold_ms = held * 1000 // RATE
    sessions = held + RATE * (1 if run.quick else 4)
    target = Target(engine_name, None)
    with Fleet(engine_name, PROCESSES, hold_ms, run.folder) as fleet:
        flags = ["--hold", f"{hold_ms}ms"]
        generator.run(target, fleet.port, "--concurrency", 640, "--sessions", 640, *flags)
        memory, descriptors, cpu = fleet.user_memory(), fleet.descriptors(), fleet.cpu_ns()
        load_flags = ["--rate", RATE, "--sessions", sessions, *flags]
        with generator.started(target, fleet.port, load_flags) as load:
            time.sleep(hold_ms / 1000 + (0.2 if run.quick else 2))  # as many as ever
            held_now = max(fleet.descriptors() - descriptors, 1)
            bytes_each = (fleet.user_memory() - memory) / held_now
            report = generator.finish(load)
        cpu_us = (fleet.cpu_ns() - cpu) / 1000 / report["sessions"]
    return {"cpu_us": cpu_us, "bytes": bytes_each, "held": held_now,
            "p99": report["lateness_ms"]["p99"]}


@machine.ahead_of_others()
def measure(run):
    samples, skipped = {}, {}
    points = [(name, held) for name, all_held in POINTS.items() for held in all_held
              if not run.quick or held <= 10_000]
    for _, (name, held) in interleaved(run.rounds(3), points):
        if name in skipped:
            continue
        run.say(f"  {held} held: {name}")
        try:
            figures = turn(run, name, held)
            samples.setdefault(f"{name} {held}", []).append(figures)
        except Unavailable as reason:
            skipped[name] = str(reason)
            run.say(f"  {name} is left out: {reason}")
    return result(NAME, run, rounds=run.rounds(3), samples=samples, skipped=skipped)


def curve(figures, name, figure):
    """[(held, median)] of an engine."""
    found = []
    for key in figures["samples"]:
        engine_name, held = key.rsplit(" ", 1)
        if engine_name == name:
            found.append((int(held), spread_of(figures["samples"], key, figure).median))
    return sorted(found)


def growth_of(figures, name, figure):
    """The last point ÷ the first; None without two."""
    points = curve(figures, name, figure)
    return points[-1][1] / points[0][1] if len(points) > 1 and points[0][1] else None


def section(figures):
    rows = []
    for key, each in figures["samples"].items():
        name, held = key.rsplit(" ", 1)
        cpu = spread_of(figures["samples"], key, "cpu_us")
        rows.append([f"{name}, {int(held):,} held", number(cpu.median),
                     f"{number(cpu.least)} to {number(cpu.most)}",
                     number(spread_of(figures["samples"], key, "bytes").median, 0),
                     number(spread_of(figures["samples"], key, "p99").median, 2),
                     f"{each[0]['held']:,}"])
    return [
        "## Growth",
        f"Always {RATE:,} arrivals/s, and a hold so long that so many are held at once; by "
        f"{PROCESSES} server processes on one port and one `shm:` slot, all on one core. Threads "
        "end at 10,000: the machine allows 32,768 processes and threads in all.",
        table(["", "µs a session", "least to most", "user bytes a held session",
               "lateness p99, ms", "held when looked at"], rows),
        *(["![Growth](benchmarks/growth.svg)"] if rows else []),
    ]


def plots(figures):
    series = {name: curve(figures, name, "cpu_us") for name in POINTS}
    measured = {name: points for name, points in series.items() if points}
    if not measured:
        return {}
    return {"growth": lines("Processor time per session, by sessions held", "held", "µs", measured,
                            "x")}
