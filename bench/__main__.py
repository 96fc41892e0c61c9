"""script/bench: measures groups of figures and writes docs/benchmarks.md."""

import argparse
import os
import pathlib
import signal
import sys
import tempfile

from bench import groups, marks, page
from bench.process import Unavailable

ALL = ("work", "holding", "growth", "syscalls", "slots")  # the million is asked for by its name


def arguments():
    parser = argparse.ArgumentParser(
        prog="script/bench", description=__doc__.partition(": ")[2],
        epilog="all: " + ", ".join(ALL) + ". million takes some minutes and 10 GiB.")
    parser.add_argument("group", nargs="?", default="all", choices=["all", "page", *page.GROUPS],
                        help="what to measure; page: only make the page of what was measured")
    parser.add_argument("--quick", action="store_true",
                        help="show in a minute or two that it works; into build/benchmarks")
    return parser.parse_args()


def main():
    wanted = arguments()
    if os.cpu_count() < 2:
        print("bench: needs two cores, one for the server and one for the generator",
              file=sys.stderr)
        return 3
    # What was changed has to be put back, and what was started to be ended.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    names = {"all": ALL, "page": ()}.get(wanted.group, (wanted.group,))
    failed = False
    with tempfile.TemporaryDirectory(prefix="lastword-bench-") as folder:
        run = groups.Run(folder, wanted.quick)
        for name in names:
            run.say(f"{name}:")
            try:
                groups.save(page.GROUPS[name].measure(run), run.results)
            except (Unavailable, OSError) as reason:
                run.say(f"bench: {name}: {reason}")
                failed = True
    results = groups.load_all(run.results)
    if results:
        remarks = marks.read_remarks(pathlib.Path("bench/remarks.md").read_text(encoding="utf-8"))
        page.write(results, remarks, run.results)
        run.say(f"bench: wrote {run.results}.md")
    return 3 if failed or not results else 0


try:
    sys.exit(main())
except KeyboardInterrupt:
    sys.exit(130)
