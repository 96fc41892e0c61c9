"""What all groups of figures share: the circumstances of a run, and its results."""

import datetime
import json
import pathlib
import sys

from bench import machine

RESULTS = pathlib.Path("docs/benchmarks")  # and the page beside it, with the suffix .md
QUICK_RESULTS = pathlib.Path("build/benchmarks")


class Run:
    """One call of script/bench. `quick` shows that everything works; its figures mean little."""

    def __init__(self, folder, quick):
        self.folder = pathlib.Path(folder)
        self.quick = quick
        self.results = QUICK_RESULTS if quick else RESULTS

    def rounds(self, usual):
        return 1 if self.quick else usual

    @staticmethod
    def say(words):
        print(words, file=sys.stderr, flush=True)


def result(name, run, **figures):
    """A group's result, as it is kept in docs/benchmarks/NAME.json."""
    now = datetime.datetime.now(datetime.timezone.utc)
    return {"group": name, "quick": run.quick, "taken": now.strftime("%Y-%m-%d"),
            "machine": machine.describe(), "versions": machine.versions(), **figures}


def save(figures, folder):
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(figures, indent=1, ensure_ascii=False) + "\n"
    (folder / f'{figures["group"]}.json').write_text(text, encoding="utf-8")


def load_all(folder):
    """{group: result} of all that were measured so far."""
    found = {}
    for file in sorted(folder.glob("*.json")):
        figures = json.loads(file.read_text(encoding="utf-8"))
        found[figures["group"]] = figures
    return found
