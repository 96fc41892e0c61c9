"""A million writers: so many sessions held at once on one machine, all answered and checked."""

import shlex
import time

from bench import generator, machine
from bench.fleet import Fleet
from bench.groups import result
from bench.process import user_memory, with_descendants
from bench.tables import number, table
from bench.targets import Target

NAME = "million"
SESSIONS = 1_000_000
RATE = 6_000  # what both ends can do on two cores, with a hundred processes
A_PROCESS = 17_000  # sessions: of 20,000 descriptors, since the kernel's hash spreads unevenly
ENGINE = "epoll"

# Each connection has two ends, and each end a descriptor.
SETTINGS = {
    "/proc/sys/net/ipv4/ip_local_port_range": "1024 65535",
    "/proc/sys/net/core/somaxconn": "65535",
    "/proc/sys/net/ipv4/tcp_max_syn_backlog": "65535",
    "/proc/sys/fs/file-max": "4000000",
}


def look(fleet, generator_pids=()):
    """What is in use just now, in bytes but for the sockets."""
    memory = machine.meminfo()
    return {"sockets": machine.tcp_sockets(), "server": fleet.user_memory(),
            "generator": sum(map(user_memory, generator_pids)),
            "slab": memory["Slab"], "page_tables": memory["PageTables"],
            "available": memory["MemAvailable"]}


def watch(fleet, load, before, run):
    """Looks until the load ends; gives the look at the most sockets."""
    peak = None
    while load.poll() is None:
        time.sleep(1)
        now = look(fleet, with_descendants(load.pid))
        now["sockets"] -= before["sockets"]
        if peak is None or now["sockets"] > peak["sockets"]:
            peak = now
        run.say(f"  {now['sockets'] // 2:,} held, {now['available'] / 2**30:.1f} GiB available")
    return peak


@machine.ahead_of_others()
def measure(run, sessions=SESSIONS):
    if run.quick:
        sessions //= 10
    hold_s = sessions // RATE + 10
    processes = sessions // A_PROCESS + 2
    flags = ["--rate", RATE, "--sessions", sessions, "--hold", f"{hold_s}s", "--timeout", "60s"]
    target = Target(ENGINE, None)
    with machine.settings(SETTINGS), Fleet(ENGINE, processes, hold_s * 1000, run.folder) as fleet:
        before = look(fleet)
        with generator.started(target, fleet.port, flags) as load:
            # The report waits in the pipe: some kilobytes.
            peak = watch(fleet, load, before, run)
            report = generator.finish(load)
        command = shlex.join(generator.command(target, fleet.port, flags))
    held = report["peak_held"]
    user = {"server": (peak["server"] - before["server"]) / held,
            "generator": peak["generator"] / held}
    return result(
        NAME, run, engine=ENGINE, sessions=sessions, answered=report["sessions"], held=held,
        sockets=peak["sockets"], rate=RATE, hold_s=hold_s, processes=processes,
        generator_processes=report["processes"], lateness=report["lateness_ms"],
        user_bytes=user,
        kernel_bytes=(peak["slab"] - before["slab"] + peak["page_tables"]
                      - before["page_tables"]) / held,
        whole_bytes=(before["available"] - peak["available"]) / held,
        settings={name.removeprefix("/proc/sys/"): value for name, value in SETTINGS.items()},
        commands={ENGINE: {"generator": command}}, skipped={})


def section(figures):
    late = figures["lateness"]
    rows = [
        ["sessions", f"{figures['sessions']:,}"],
        ["answered, each reply checked", f"{figures['answered']:,}"],
        ["held at once, at most", f"{figures['held']:,}"],
        ["TCP sockets then, both ends", f"{figures['sockets']:,}"],
        ["lateness p50, p99, p99.9, most (ms)",
         ", ".join(number(late[name]) for name in ("p50", "p99", "p99.9", "max"))],
        ["user bytes a session, server", number(figures["user_bytes"]["server"], 0)],
        ["user bytes a session, generator", number(figures["user_bytes"]["generator"], 0)],
        ["kernel bytes a session, both ends (slab, page tables)",
         number(figures["kernel_bytes"], 0)],
        ["memory a session, all told", number(figures["whole_bytes"], 0)],
    ]
    changed = ", ".join(f"`{name}` = {value}" for name, value in figures["settings"].items())
    return [
        "## A million writers",
        f"Engine `{figures['engine']}`, {figures['processes']} server processes on one port and "
        f"one `shm:` slot, {figures['generator_processes']} of the generator; "
        f"{figures['rate']:,} arrivals/s, hold {figures['hold_s']} s. For its time it sets "
        f"{changed}, and then puts back what was there.",
        table(["", ""], rows),
    ]


def plots(_):
    return {}
