"""Holding: how late replies are under open-loop load, and the memory of a held session."""

import shlex
import time

from bench import generator, machine
from bench.figures import interleaved, ratio_of_medians, spread_of
from bench.groups import result
from bench.process import Unavailable, eventually
from bench.tables import lines, number, table
from bench.targets import ENGINES, engine, floor

NAME = "holding"
RATES = (1000, 3000, 6000, 9000)
HOLD_MS = 2000
PERCENTILES = ("p50", "p99", "p99.9", "max")
HELD = 19_000


def subjects(hold_ms):
    return [*(engine(name, hold_ms) for name in ENGINES), floor("epoll floor", hold_ms)]


def lateness_turn(run, target, rate, seconds):
    flags = ["--rate", rate, "--hold", f"{HOLD_MS}ms", "--warmup", "2s",
             "--duration", f"{seconds}s"]
    with target.start(run.folder) as server:
        generator.run(target, server.port, "--concurrency", 64, "--sessions", 64,
                      "--hold", f"{HOLD_MS}ms")
        report = generator.run(target, server.port, *flags)
        command = shlex.join(generator.command(target, server.port, flags))
    late = report["lateness_ms"]
    return {**{name: late[name] for name in PERCENTILES}, "sessions": report["sessions"],
            "generator_bottleneck": report["bottleneck"]}, command


def memory_turn(run, target, hold_ms, held):
    """User memory a session while `held` sessions are held at once, in bytes."""
    flags = ["--rate", 9000, "--sessions", held, "--hold", f"{hold_ms}ms"]
    with target.start(run.folder) as server:
        generator.run(target, server.port, "--concurrency", 1, "--sessions", 1,
                      "--hold", f"{hold_ms}ms")
        before, descriptors = server.user_memory(), server.descriptors()

        def all_held():
            time.sleep(0.05)
            return server.descriptors() - descriptors >= held
        with generator.started(target, server.port, flags) as load:
            eventually(f"{held} sessions are held at once", all_held, hold_ms / 1000)
            after = server.user_memory()
            generator.finish(load)
    return {"bytes": (after - before) / held, "held": held}


@machine.ahead_of_others()
def measure(run):
    rounds, seconds = run.rounds(3), 1 if run.quick else 4
    rates = RATES[:2] if run.quick else RATES
    held = 2000 if run.quick else HELD
    lateness, memory, commands, skipped = {}, {}, {}, {}

    def guarded(name, what, call):
        """Once it failed, a subject is left out of the same kind of turns, and of harder ones."""
        kind = what.partition(" ")[0]
        if any(left_out.startswith(f"{name}, {kind}") for left_out in skipped):
            return
        run.say(f"  {what}: {name}")
        try:
            call()
        except Unavailable as reason:
            skipped[f"{name}, {what}"] = str(reason)
            run.say(f"  {name} is left out: {reason}")

    targets = {target.name: target for target in subjects(HOLD_MS)}
    for rate in rates:
        samples = lateness.setdefault(str(rate), {})
        # The highest rate is the one with marks: its tails, of some ms, need more rounds to settle.
        for _, name in interleaved(rounds * 3 if rate == rates[-1] else rounds, targets):
            def once(name=name, rate=rate, samples=samples):
                figures, commands[name] = lateness_turn(run, targets[name], rate, seconds)
                samples.setdefault(name, []).append(figures)
            guarded(name, f"lateness at {rate}/s", once)
    memory_hold_ms = 6000
    targets = {target.name: target for target in subjects(memory_hold_ms)}
    for _, name in interleaved(rounds, targets):
        def once(name=name):
            figures = memory_turn(run, targets[name], memory_hold_ms, held)
            memory.setdefault(name, []).append(figures)
        guarded(name, f"memory of {held} held", once)
    return result(NAME, run, rounds=rounds, seconds=seconds, lateness=lateness, memory=memory,
                  commands={name: {"generator": text} for name, text in commands.items()},
                  skipped=skipped)


def section(figures):
    rows = []
    for rate, samples in figures["lateness"].items():
        for name in samples:
            ratio = ratio_of_medians(samples, "p99", name, "epoll floor")
            p99 = spread_of(samples, name, "p99")
            rows.append([f"{int(rate):,}/s: {name}",
                         *(number(spread_of(samples, name, each).median, 2)
                           for each in PERCENTILES),
                         f"{number(p99.least, 2)} to {number(p99.most, 2)}", number(ratio, 2)])
    most_rounds = max((len(rounds) for samples in figures["lateness"].values()
                       for rounds in samples.values()), default=0)
    memory = figures["memory"]
    held = max((each["held"] for samples in memory.values() for each in samples), default=0)
    memory_rows = []
    for name in memory:
        size = spread_of(memory, name, "bytes")
        memory_rows.append([name, number(size.median, 0),
                            f"{number(size.least, 0)} to {number(size.most, 0)}"])
    return [
        "## Holding",
        f"Lateness in milliseconds: how long after the planned start and the hold of 2 s a reply "
        f"was there. Open loop: arrivals keep to a Poisson schedule, whatever the server does. "
        f"Medians of {figures['rounds']} interleaved rounds of {figures['seconds']} s, at the highest "
        f"rate {most_rounds}.",
        table(["", *PERCENTILES, "p99: least to most", "p99 ÷ epoll floor"], rows),
        *(["![Lateness by rate](benchmarks/holding_p99.svg)"] if rows else []),
        f"User memory (RssAnon) of a held session, with {held:,} held at once, less that of the "
        "idle server:",
        table(["", "bytes a session", "least to most"], memory_rows),
    ]


def plots(figures):
    series = {}
    for rate, samples in figures["lateness"].items():
        for name in samples:
            series.setdefault(name, []).append((int(rate), spread_of(samples, name, "p99").median))
    if not series:
        return {}
    return {"holding_p99": lines("99 of 100 replies are no later than", "arrivals per second",
                                 "ms", series)}
