"""The marks that were set before anything was measured, and whether they were met."""

from dataclasses import dataclass
from typing import Callable

from bench import slots
from bench.figures import ratio_of_medians, spread_of
from bench.growth import growth_of
from bench.tables import number, table


@dataclass(frozen=True)
class Mark:
    """`measured` takes one group's result and gives a figure, or None."""

    key: str
    what: str
    group: str
    measured: Callable
    at_most: float | None = None
    at_least: float | None = None

    def bound(self):
        sign, value = ("≤", self.at_most) if self.at_least is None else ("≥", self.at_least)
        return f"{sign} {value:,.10g}"

    def is_met(self, value):
        if self.at_most is not None and value > self.at_most:
            return False
        return self.at_least is None or value >= self.at_least


def cpu(name, base):
    return lambda figures: ratio_of_medians(figures["plain"], "cpu_us", name, base)


def held_bytes(name):
    def measured(figures):
        size = spread_of(figures["memory"], name, "bytes")
        return size.median if size else None
    return measured


def fastest(figures):
    """The samples at the highest rate that was measured."""
    return figures["lateness"][max(figures["lateness"], key=int)]


def late(name):
    def measured(figures):
        p99 = spread_of(fastest(figures), name, "p99")
        return p99.median if p99 else None
    return measured


def late_ratio(name):
    return lambda figures: ratio_of_medians(fastest(figures), "p99", name, "epoll floor")


def busiest(figures):
    """The samples of the most sessions at once."""
    return figures["samples"][max(figures["samples"], key=int)]


def slot_figure(figure, name):
    def measured(figures):
        found = spread_of(busiest(figures), name, figure)
        return found.median if found else None
    return measured


def slot_ratio(figure, name, base):
    return lambda figures: ratio_of_medians(busiest(figures), figure, name, base)


MARKS = [
    Mark("epoll", "`epoll` ÷ epoll floor, processor time", "work",
         cpu("epoll", "epoll floor"), at_most=1.05),
    Mark("uring", "`uring` ÷ epoll floor, processor time", "work",
         cpu("uring", "epoll floor"), at_most=0.95),
    Mark("uring-rps", "`uring` ÷ epoll floor, sessions/s with RPS", "work",
         lambda figures: ratio_of_medians(figures["rps"], "sessions_per_s", "uring",
                                          "epoll floor"), at_least=1.3),
    Mark("uring-floor", "`uring` ÷ io_uring floor, processor time", "work",
         cpu("uring", "uring floor"), at_most=1.05),
    Mark("threads", "`threads` ÷ bare blocking threads, processor time", "work",
         cpu("threads", "threads floor"), at_most=1.05),
    *(Mark(name.lower(), f"{name} ÷ `uring`, processor time", "work", cpu(name, "uring"),
           at_least=bound)
      for name, bound in (("Redis", 1.4), ("memcached", 1.7), ("mosquitto", 3.5), ("etcd", 10))),
    *(Mark(f"memory-{name}", f"`{name}`: user bytes per held session", "holding",
           held_bytes(name), at_most=bound)
      for name, bound in (("epoll", 200), ("uring", 200), ("threads", 9 * 1024))),
    *(Mark(f"late-ratio-{name}", f"`{name}` ÷ epoll floor, lateness p99 at the highest rate",
           "holding", late_ratio(name), at_most=1.2) for name in ("epoll", "uring")),
    *(Mark(f"late-{name}", f"`{name}`: lateness p99 at the highest rate, ms", "holding",
           late(name), at_most=5) for name in ("epoll", "uring")),
    *(Mark(f"growth-{name}", f"`{name}`: processor time per session, most held ÷ least held",
           "growth", lambda figures, name=name: growth_of(figures, name, "cpu_us"), at_most=1.2)
      for name in ("epoll", "uring")),
    Mark("shm", "slot `shm` ÷ `memory`, sessions/s, 1,024 at once", "slots",
         slot_ratio("sessions_per_s", "shm", "memory"), at_least=0.95),
    *(Mark(f"etcd-{nodes}", f"slot `etcd`, {nodes}, ÷ `memory`, sessions/s, 1,024 at once",
           "slots", slot_ratio("sessions_per_s", f"etcd, {nodes}", "memory"), at_least=0.7)
      for nodes in ("1 node", "3 nodes")),
    *(Mark(f"etcd-asked-{nodes}", f"slot `etcd`, {nodes}: operations asked of it per session, "
           "1,024 at once", "slots", slot_figure("asked_per_session", f"etcd, {nodes}"),
           at_most=0.05) for nodes in ("1 node", "3 nodes")),
    Mark("etcd-client", "slot `etcd`, 1 node, ÷ a client that puts and ranges for each session, "
         "sessions/s, 1,024 at once", "slots",
         slot_ratio("sessions_per_s", "etcd, 1 node", slots.CLIENT), at_least=20),
    Mark("million", "a million: held at once and answered", "million",
         lambda figures: min(figures["held"], figures["answered"]), at_least=1_000_000),
    Mark("million-late", "a million: lateness p99, ms", "million",
         lambda figures: figures["lateness"]["p99"], at_most=250),
]


def read_remarks(text):
    """{key: words} of bench/remarks.md: what follows each `## key`."""
    found = {}
    for part in text.split("\n## ")[1:]:
        key, _, words = part.partition("\n")
        found[key.strip()] = " ".join(words.split())
    return found


def section(results, remarks):
    """The table of marks, and a word on each that is missed."""
    rows, missed = [], []
    for mark in MARKS:
        figures = results.get(mark.group)
        value = mark.measured(figures) if figures else None
        if value is None:
            rows.append([mark.what, mark.bound(), "–", "not measured"])
            continue
        met = mark.is_met(value)
        rows.append([mark.what, mark.bound(), number(value, 0 if value >= 100 else 2),
                     "yes" if met else "**no**"])
        if not met:
            missed.append(f"- **{mark.what}**: "
                          + remarks.get(mark.key, "missed; why is not known yet."))
    text = ["## The marks", table(["figure", "mark", "measured", "met"], rows)]
    if missed:
        text += ["Missed:", "\n".join(missed)]
    return text
