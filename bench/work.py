"""Work per session: a closed loop without a hold; what one session costs the server."""

import shlex
import time

from bench import generator, machine
from bench.figures import interleaved, ratio_of_medians, spread_of
from bench.groups import result
from bench.process import SERVER_CORE, TICK_S, Unavailable
from bench.tables import bars, number, table
from bench.targets import ENGINES, engine, floor, peers

NAME = "work"
CONCURRENCY = 64
FLOORS = ("epoll floor", "epoll floor, waiting", "uring floor", "threads floor")


def core_times(core):
    """(busy, all) in ticks."""
    with open("/proc/stat", encoding="ascii") as lines:
        for line in lines:
            if line.startswith(f"cpu{core} "):
                times = [int(word) for word in line.split()[1:9]]
                return sum(times) - times[3] - times[4], sum(times)
    raise Unavailable(f"/proc/stat knows no core {core}")


def turn(target, folder, flags, warmup):
    """Starts the target afresh, warms it up and measures once. Gives figures and commands."""
    with target.start(folder) as server:
        generator.run(target, server.port, *warmup)
        asked = server.asked()
        cpu, ticks, core = server.cpu_ns(), server.ticks(), core_times(SERVER_CORE)
        report = generator.run(target, server.port, *flags)
        cpu_ns = server.cpu_ns() - cpu
        cpu_us = cpu_ns / 1000 / report["sessions"]
        user = server.user_share(ticks)
        if asked is not None:
            asked = (server.asked() - asked) / report["sessions"]
        busy, whole = (now - then for now, then in zip(core_times(SERVER_CORE), core))
        commands = {
            "server": shlex.join(server.command).replace(str(folder), "FOLDER"),
            "generator": shlex.join(generator.command(target, server.port, flags))}
    return {
        "cpu_us": cpu_us, "user_us": cpu_us * user, "system_us": cpu_us * (1 - user),
        "sessions": report["sessions"], "sessions_per_s": report["sessions_per_s"],
        "asked_per_session": asked,
        "server_core_busy": busy / whole if whole else None,
        "others_on_core": max(0, (busy - cpu_ns / 1e9 / TICK_S) / whole) if whole else None,
        "generator_bottleneck": report["bottleneck"],
    }, commands


def closed_loop(run, targets, rounds, seconds, concurrency):
    """Interleaved turns. Gives (samples, commands, skipped), each by the target's name."""
    samples, commands, skipped = {}, {}, {}
    by_name = {target.name: target for target in targets}
    flags = ["--concurrency", concurrency, "--hold", "0s", "--duration", f"{seconds}s"]
    warmup = [*flags[:4], "--duration", "300ms"]
    for number_of_round, name in interleaved(rounds, by_name):
        if name in skipped:
            continue
        run.say(f"  round {number_of_round + 1} of {rounds}: {name}")
        try:
            figures, commands[name] = turn(by_name[name], run.folder, flags, warmup)
            samples.setdefault(name, []).append(figures)
        except Unavailable as reason:
            skipped[name] = str(reason)
            run.say(f"  {name} is left out: {reason}")
    return samples, commands, skipped


def subjects():
    return [*(engine(name) for name in ENGINES), *(floor(name) for name in FLOORS), *peers()]


def measure(run):
    rounds, seconds = run.rounds(7), 0.5 if run.quick else 2
    figures = {"rounds": rounds, "seconds": seconds, "concurrency": CONCURRENCY}
    run.say("work per session, as the kernel spreads it")
    figures["plain"], figures["commands"], figures["skipped"] = closed_loop(
        run, subjects(), rounds, seconds, CONCURRENCY)
    run.say("work per session, the receive work on the server's core")
    try:
        with machine.receive_on_server_core():
            time.sleep(0.1)  # packets on their way
            figures["rps"], _, skipped = closed_loop(
                run, subjects(), rounds, seconds, CONCURRENCY)
        figures["skipped"].update({name: reason for name, reason in skipped.items()
                                   if name not in figures["skipped"]})
    except OSError as error:
        figures["rps"] = {}
        figures["skipped"]["with RPS"] = f"{error.filename}: {error.strerror}"
    return result(NAME, run, **figures)


def rows(samples, base):
    """By the median of the processor time, least first."""
    measured = {name: spread_of(samples, name, "cpu_us") for name in samples}
    for name in sorted(measured, key=lambda each: measured[each].median):
        cpu, rate = measured[name], spread_of(samples, name, "sessions_per_s")
        busy, others = (spread_of(samples, name, figure)
                        for figure in ("server_core_busy", "others_on_core"))
        yield [name, number(cpu.median), f"{number(cpu.least)} to {number(cpu.most)}",
               number(spread_of(samples, name, "user_us").median),
               number(spread_of(samples, name, "system_us").median),
               number(ratio_of_medians(samples, "cpu_us", name, base), 2),
               number(rate.median, 0), f"{number(rate.least, 0)} to {number(rate.most, 0)}",
               number(ratio_of_medians(samples, "sessions_per_s", name, base), 2),
               *(number(None if share is None else share.median * 100, 0)
                 for share in (busy, others))]


def bounded_by_generator(samples):
    """A sentence on the subjects that could perhaps serve more."""
    names = [name for name, rounds in samples.items()
             if sum(bool(each["generator_bottleneck"]) for each in rounds) * 2 > len(rounds)]
    if not names:
        return "The generator was the bottleneck for none of them."
    return f"The generator was the bottleneck for: {', '.join(names)}."


def disturbance(samples):
    """A warning, where others took more of the server's core than a quiet machine's kernel does."""
    shares = [spread_of(samples, name, "others_on_core") for name in samples]
    worst = max((share.median for share in shares if share is not None), default=0)
    if worst <= 0.1:
        return []
    return [f"**The machine was not quiet: others took up to {worst * 100:.0f} % of the server's "
            "core. Trust these figures less.**"]


HEADS = ["", "µs a session", "least to most", "user", "system", "÷ epoll floor", "sessions/s",
         "least to most", "÷ epoll floor", "server's core busy, %", "by others, %"]


def section(figures):
    plain, steered = figures["plain"], figures["rps"]
    text = [
        "## Work per session",
        f"Hold 0, {figures['concurrency']} sessions at once, each on a fresh connection. "
        f"{figures['rounds']} rounds of {figures['seconds']} s, each with a server started anew. "
        "Processor time is the server process's own, of all its threads.",
        "The sessions/s of this table say little: without RPS the receive work of loopback is done "
        "on the generator's core, which is the bottleneck.",
        "*By others* is what was busy on the server's core but not the server: the kernel's own "
        "work, and whatever disturbed the measurement.",
        *disturbance(plain),
        table(HEADS, rows(plain, "epoll floor")),
        bounded_by_generator(plain),
        *(["![Processor time per session](benchmarks/work_cpu.svg)"] if plain else []),
        "With the receive work on the server's core (RPS), as it would be with a network card. "
        "Here the sessions/s count; the processor time holds whatever receive work was done while "
        "the server's process was running.",
        table(HEADS, rows(steered, "epoll floor")) if steered else "Not measured here.",
        *([bounded_by_generator(steered),
           "![Sessions per second with RPS](benchmarks/work_rps.svg)"] if steered else []),
    ]
    return text


def drawable(rows):
    """(rows, words): without what is so tall that the others could not be told apart."""
    heights = sorted(sum(row[1:]) for row in rows)
    limit = 4 * heights[-2] if len(heights) > 1 else heights[-1]
    tall = [row for row in rows if sum(row[1:]) > limit]
    words = ", ".join(f"{row[0]}: {number(sum(row[1:]), 0)}" for row in tall)
    return [row for row in rows if row not in tall], f" (not drawn: {words})" if tall else ""


def medians(samples, order, *columns):
    """A row for each subject, the least first."""
    names = sorted(samples, key=lambda name: spread_of(samples, name, order).median)
    return [(name, *(spread_of(samples, name, column).median for column in columns))
            for name in names]


def plots(figures):
    """{file name: gnuplot script}"""
    found = {}
    if figures["plain"]:
        rows, left_out = drawable(medians(figures["plain"], "cpu_us", "user_us", "system_us"))
        found["work_cpu"] = bars("µs of processor time per session" + left_out,
                                 ["user", "system"], rows)
    if figures["rps"]:
        rates = medians(figures["rps"], "sessions_per_s", "sessions_per_s")
        found["work_rps"] = bars("sessions per second, with RPS", ["sessions/s"], rates[::-1])
    return found
