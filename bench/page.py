"""docs/benchmarks.md, made of all groups' results. Pure but for drawing and writing at the end."""

import subprocess

from bench import growth, holding, marks, million, slots, syscalls, work
from bench.tables import table

GROUPS = {group.NAME: group for group in (work, holding, million, growth, syscalls, slots)}

HEAD = """# Benchmarks

Made by `script/bench`; not to be edited by hand. Each group is measured by one command, with its
subjects interleaved (A B C A B C …), so that what drifts on the machine meets all of them alike;
the figures are medians, and the ratios are ratios of medians. The server has one core to itself
and the generator the other. Every reply is checked; one that is wrong or missing voids a subject's
group. Our servers run as an operator would run them: log level info, metrics counted."""

FAIRNESS = """## What is compared, and what is not

- The *floors* (`bench/floor/`, 60 lines each at most) do the work of a session and nothing else: no
  time-outs, no limits, no log, one receive for a whole message. They are what the machine costs.
- The peers do the same work on a fresh connection each: store one message under one name, load
  what is there. They can do far more than that; and with kept connections and pipelining, as they
  are meant to be used, each does it at a fraction of this cost. Nothing is said here about that.
- Each peer is asked twice and answers twice where lastword is asked once: their protocols have no
  request that stores and then loads. Part of the ratio is that second exchange.
- Redis: RESP `SET`, then `GET`; nothing saved to disk. memcached: `set`, then `get`; one worker
  thread. mosquitto: MQTT 3.1.1, without persistence, without a log line per connection and without
  Nagle's delay; CONNECT, then PUBLISH retained with QoS 0 and SUBSCRIBE in one segment. A publish
  goes to whoever is subscribed at that moment too, which is part of its cost. etcd: one node, its
  JSON gateway, `put`, then `range`, on one connection; it writes to a temporary folder's disk.
- Where lateness is measured (holding, growth, a million), server and generator run at the highest
  priority (nice -20): else it is the lateness of whatever the machine does besides.
- Client and server share a machine and talk over loopback: no network card, no interrupts, no
  loss. The generator connects from 64 addresses of 127.0.0.0/8.
- Processor time is the kernel's account of the process. Work that the kernel does for a server in
  the generator's time (loopback's receive path) is missing from it, for all subjects alike; with
  RPS it is done on the server's core."""


def command_of(name, figures):
    quick = " --quick" if figures["quick"] else ""
    return f"script/bench {name}{quick}"


def notes(name, figures):
    """How to repeat it, what was left out, and on what it was measured."""
    text = [f"Repeat it: `{command_of(name, figures)}`. Measured on {figures['taken']}, lastword "
            f"{figures['versions']['lastword']}."]
    if figures["quick"]:
        text.append("**A quick run: it shows that everything works; its figures mean little.**")
    text += [f"Left out: {subject}: {reason}" for subject, reason in figures["skipped"].items()]
    commands = figures.get("commands", {})
    if commands:
        rows = [[subject, *(f"`{words.get(side, '')}`" if words.get(side) else ""
                            for side in ("server", "generator"))]
                for subject, words in commands.items()]
        text.append("<details><summary>The command lines</summary>\n\n"
                    + table(["", "server", "generator"], rows, "lll") + "\n\n</details>")
    return text


def machine_section(results):
    """Of the latest measurement; a group that was measured elsewhere says so."""
    latest = max(results.values(), key=lambda figures: figures["taken"])
    rows = [*latest["machine"].items(), *latest["versions"].items()]
    text = ["## The machine", table(["", ""], rows, "ll")]
    text += [f"Group `{name}` was measured on another machine: {figures['machine']}."
             for name, figures in results.items() if figures["machine"] != latest["machine"]]
    return text


def render(results, remarks):
    """The whole page."""
    parts = [HEAD, *marks.section(results, remarks)]
    for name, group in GROUPS.items():
        if name in results:
            parts += [*group.section(results[name]), *notes(name, results[name])]
    parts += [*machine_section(results), FAIRNESS]
    return "\n\n".join(parts) + "\n"


def draw(results, folder):
    for name, group in GROUPS.items():
        if name not in results:
            continue
        for file, script in group.plots(results[name]).items():
            target = folder / f"{file}.svg"
            script = script.replace("{output}", f"'{target}'")
            subprocess.run(["gnuplot"], input=script, text=True, check=True)


def write(results, remarks, folder):
    """Into FOLDER.md, its plots into FOLDER."""
    draw(results, folder)
    folder.with_suffix(".md").write_text(render(results, remarks), encoding="utf-8")
