"""A server as a process: pinned, awaited, measured from outside, and ended."""

import os
import signal
import socket
import subprocess
import time

SERVER_CORE = 0
GENERATOR_CORE = 1
TICK_S = 1 / os.sysconf("SC_CLK_TCK")


class Unavailable(Exception):
    """What should be measured can't be had here; the text says why."""


def free_port():
    """A port of 127.0.0.1 that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def eventually(what, condition, within_s=15.0):
    """Polls until `condition` gives something true, and gives that; else Unavailable."""
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        result = condition()
        if result:
            return result
        time.sleep(0.005)
    raise Unavailable(f"{what}: not within {within_s:.0f} s")


def accepts(port):
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
        return True
    except OSError:
        return False


def pinned(command, core):
    return ["taskset", "--cpu-list", str(core), *map(str, command)]


class Server:
    """A running server. `port` is set by whoever started it. Use it in a `with`."""

    def __init__(self, command, folder, core=SERVER_CORE, environment=None):
        self.command = [str(word) for word in command]
        self.log = folder / f"server{time.monotonic_ns()}.log"
        self.port = None
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                pinned(self.command, core), stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                env={**os.environ, **(environment or {})}, process_group=0)
        self.pid = self.process.pid

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def await_port(self, find):
        """`find()` gives the port once the server listens."""
        def found():
            if self.process.poll() is not None:
                words = self.log.read_text(errors="replace").strip().splitlines()
                raise Unavailable(words[-1] if words else f"exit code {self.process.returncode}")
            return find()
        try:
            self.port = eventually(f"{self.command[0]} listens", found)
        except Unavailable:
            self.stop()
            raise
        return self

    def cpu_ns(self):
        """Processor time so far, exactly; of threads that have ended, too."""
        return time.clock_gettime_ns((~self.pid << 3) | 2)  # its CPUCLOCK_SCHED, as glibc makes it

    def user_share(self, since):
        """The part of the processor time since `since` = ticks() that was spent in user mode."""
        user, system = (now - then for now, then in zip(self.ticks(), since))
        return user / (user + system) if user + system else 0.0

    def ticks(self):
        """User and system time, in ticks of 10 ms: good for shares, too coarse for sums."""
        with open(f"/proc/{self.pid}/stat", encoding="ascii") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
        return int(fields[11]), int(fields[12])

    def user_memory(self):
        """RssAnon in bytes: the memory that the process itself holds, without its files."""
        return user_memory(self.pid)

    def asked(self):
        """How much it has asked of other servers so far; None where there are none to ask."""
        return None

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    def stop(self):
        """Asks once, then ends it: what is measured is over."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(timeout=3)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def user_memory(pid):
    """RssAnon in bytes; 0 for a process that has ended."""
    try:
        with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as status:
            for line in status:
                if line.startswith("RssAnon:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0


def with_descendants(pid):
    """The process and all that it forked."""
    found = [pid]
    for parent in found:
        try:
            with open(f"/proc/{parent}/task/{parent}/children", encoding="ascii") as children:
                found.extend(int(child) for child in children.read().split())
        except OSError:
            continue
    return found
