"""The pure parts of script/bench: arithmetic, order, marks and the page. Run by CTest."""

import contextlib
import pathlib
import tempfile
import unittest

from bench import machine, marks, page, syscalls, tables
from bench.figures import interleaved, median, ratio_of_medians, spread, spread_of

CIRCUMSTANCES = {"quick": False, "taken": "2026-11-22", "machine": {"processor": "two cores"},
                 "versions": {"lastword": "1a2b3c4"}, "skipped": {"etcd": "not installed"}}


def samples(**figures):
    return {name: [dict(zip(("cpu_us", "user_us", "system_us", "sessions_per_s"), row),
                        server_core_busy=0.5, generator_bottleneck="") for row in rows]
            for name, rows in figures.items()}


def work(uring_us=9.0):
    measured = samples(uring=[(uring_us, 1, 8, 1300.0)] * 3, epoll=[(10.0, 1, 9, 1000.0)] * 3)
    measured["epoll floor"] = measured["epoll"]
    return {"group": "work", **CIRCUMSTANCES, "rounds": 3, "seconds": 2, "concurrency": 64,
            "plain": measured, "rps": measured,
            "commands": {"uring": {"server": "serve --it", "generator": "load --it"}}}


class Figures(unittest.TestCase):
    def test_a_median_is_the_middle_and_no_mean(self):
        self.assertEqual(median([9, 1, 1000]), 9)
        self.assertEqual(median([4, 1, 2, 100]), 3)
        with self.assertRaises(ValueError):
            median([])

    def test_a_spread_keeps_the_extremes(self):
        self.assertEqual(spread([3, 1, 2]), spread([1, 2, 3]))
        self.assertEqual((spread([5, 1]).least, spread([5, 1]).most, spread([5, 1]).rounds),
                         (1, 5, 2))

    def test_a_ratio_is_of_medians_and_not_a_median_of_ratios(self):
        measured = {"a": [{"x": 10}, {"x": 90}, {"x": 20}], "b": [{"x": 5}, {"x": 1}, {"x": 10}]}
        self.assertEqual(ratio_of_medians(measured, "x", "a", "b"), 4)

    def test_what_was_not_measured_has_no_figure(self):
        measured = {"a": [{"x": 1}, {"x": None}], "none": []}
        self.assertEqual(spread_of(measured, "a", "x").rounds, 1)
        self.assertIsNone(spread_of(measured, "none", "x"))
        self.assertIsNone(ratio_of_medians(measured, "x", "a", "missing"))

    def test_rounds_are_interleaved(self):
        order = [name for _, name in interleaved(2, ["a", "b", "c"])]
        self.assertEqual(order, ["a", "b", "c", "a", "b", "c"])


class Marks(unittest.TestCase):
    def test_a_mark_is_met_on_its_right_side(self):
        most = marks.Mark("k", "w", "work", None, at_most=1.05)
        least = marks.Mark("k", "w", "work", None, at_least=1.3)
        self.assertTrue(most.is_met(1.05))
        self.assertFalse(most.is_met(1.06))
        self.assertTrue(least.is_met(1.3))
        self.assertFalse(least.is_met(1.29))

    def test_a_missed_mark_is_said_with_its_reason(self):
        text = "\n".join(marks.section({"work": work(uring_us=11.0)}, {"uring": "It is old."}))
        self.assertIn("| `uring` ÷ epoll floor, processor time | ≤ 0.95 | 1.10 | **no** |", text)
        self.assertIn("- **`uring` ÷ epoll floor, processor time**: It is old.", text)

    def test_a_met_mark_needs_no_reason(self):
        text = "\n".join(marks.section({"work": work()}, {"uring": "It is old."}))
        self.assertIn("| `uring` ÷ epoll floor, processor time | ≤ 0.95 | 0.90 | yes |", text)
        self.assertNotIn("It is old.", text)

    def test_a_group_that_was_not_measured_meets_nothing(self):
        text = "\n".join(marks.section({}, {}))
        self.assertNotIn("| yes |", text)
        self.assertEqual(text.count("not measured"), len(marks.MARKS))

    def test_remarks_are_read_by_their_key(self):
        text = "# Title\n\nwords\n\n## epoll\n\none\ntwo\n\n## late-uring\nthree\n"
        self.assertEqual(marks.read_remarks(text), {"epoll": "one two", "late-uring": "three"})

    def test_every_remark_has_its_mark(self):
        text = pathlib.Path("bench/remarks.md").read_text(encoding="utf-8")
        self.assertLessEqual(set(marks.read_remarks(text)), {mark.key for mark in marks.MARKS})


class Page(unittest.TestCase):
    def test_it_says_what_how_and_where(self):
        text = page.render({"work": work()}, {})
        for part in ("| uring | 9.0 | 9.0 to 9.0 |", "Repeat it: `script/bench work`",
                     "`serve --it`", "Left out: etcd: not installed", "| processor | two cores |",
                     "The generator was the bottleneck for none of them."):
            self.assertIn(part, text)
        self.assertNotIn("## Holding", text)

    def test_a_quick_run_admits_it(self):
        text = page.render({"work": {**work(), "quick": True}}, {})
        self.assertIn("script/bench work --quick", text)
        self.assertIn("its figures mean little", text)

    def test_a_machine_that_was_not_quiet_is_said(self):
        noisy = work()
        self.assertNotIn("not quiet", page.render({"work": noisy}, {}))
        for each in noisy["plain"]["epoll"]:
            each["others_on_core"] = 0.5
        self.assertIn("others took up to 50 %", page.render({"work": noisy}, {}))

    def test_groups_of_another_machine_say_so(self):
        other = {**work(), "taken": "2026-01-01", "machine": {"processor": "other"}}
        text = page.machine_section({"work": work(), "older": other})
        self.assertTrue(any("`older` was measured on another machine" in part for part in text))

    def test_a_group_that_could_measure_nothing_leaves_a_page(self):
        nothing = {"work": {**work(), "plain": {}, "rps": {}, "commands": {}}}
        self.assertIn("not measured", page.render(nothing, {}))
        self.assertEqual(page.work.plots(nothing["work"]), {})

    def test_a_bar_that_dwarfs_the_others_is_named_in_place_of_drawn(self):
        rows, words = page.work.drawable([("a", 1, 2), ("b", 4, 2), ("c", 20, 10)])
        self.assertEqual([row[0] for row in rows], ["a", "b"])
        self.assertEqual(words, " (not drawn: c: 30)")
        self.assertEqual(page.work.drawable([("a", 1, 2), ("b", 4, 2)])[1], "")

    def test_tables_are_of_one_width(self):
        rows = tables.table(["", "a", "b"], [["x", 1, 2]]).splitlines()
        self.assertEqual({row.count("|") for row in rows}, {4})
        self.assertEqual(tables.number(None), "–")
        self.assertEqual(tables.number(1234567.891, 2), "1,234,567.89")


class Counting(unittest.TestCase):
    def test_a_summary_of_strace(self):
        text = ("% time     seconds  usecs/call     calls    errors syscall\n"
                "------ ----------- ----------- --------- --------- ------------\n"
                " 60.00    0.010000           5      2000       500 accept4\n"
                " 40.00    0.005000           5      1000           sendto\n"
                "------ ----------- ----------- --------- --------- ------------\n"
                "100.00    0.015000           5      3000       500 total\n")
        self.assertEqual(syscalls.counts(text), {"accept4": 2000, "sendto": 1000})


class Settings(unittest.TestCase):
    def test_they_are_put_back_whatever_happens(self):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "setting"
            file.write_text("old\n", encoding="ascii")
            with contextlib.suppress(KeyError), machine.settings({file: "new"}):
                self.assertEqual(file.read_text(encoding="ascii"), "new\n")
                raise KeyError
            self.assertEqual(file.read_text(encoding="ascii"), "old\n")


if __name__ == "__main__":
    unittest.main()
