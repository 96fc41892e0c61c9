"""The machine: what it is, and the settings that a measurement changes and puts back."""

import contextlib
import os
import pathlib
import platform
import subprocess

from bench.process import SERVER_CORE

AUTOGROUP = pathlib.Path("/proc/self/autogroup")
RPS = pathlib.Path("/sys/class/net/lo/queues/rx-0/rps_cpus")


def first_line(*command):
    """Of stdout or stderr; what is missing says so."""
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              timeout=10, check=False)
        lines = done.stdout.strip().splitlines()
        return lines[0].strip() if lines else "?"
    except OSError:
        return "not installed"


def field(path, name):
    with open(path, encoding="ascii", errors="replace") as lines:
        for line in lines:
            if line.startswith(name):
                return line.split(":", 1)[1].strip()
    return "?"


def describe():
    """What a reader must know to compare: the machine, without its name."""
    memory_kib = int(field("/proc/meminfo", "MemTotal").split()[0])
    return {
        "processor": f'{field("/proc/cpuinfo", "model name")}, {os.cpu_count()} cores',
        "memory": f"{memory_kib / 1024 / 1024:.1f} GiB",
        "kernel": f"{platform.system()} {platform.release()}",
        "distribution": field_of_os_release(),
        "descriptors a process": str(os.sysconf("SC_OPEN_MAX")),
    }


def field_of_os_release():
    with open("/etc/os-release", encoding="utf-8") as lines:
        for line in lines:
            if line.startswith("PRETTY_NAME="):
                return line.split("=", 1)[1].strip().strip('"')
    return "?"


def package_version(package):
    return first_line("dpkg-query", "--show", "--showformat=${Version}", package)


def versions():
    return {
        "lastword": first_line("git", "describe", "--always", "--dirty", "--exclude=*"),
        "g++": first_line("g++", "-dumpfullversion"),
        **{package: package_version(package) for package in
           ("liburing2", "redis-server", "memcached", "mosquitto", "etcd-server", "strace")},
    }


@contextlib.contextmanager
def settings(wanted):
    """Writes {file: value} and puts back what was there; PermissionError where that's not ours."""
    before = {}
    try:
        for path, value in wanted.items():
            before[path] = pathlib.Path(path).read_text(encoding="ascii").strip()
            pathlib.Path(path).write_text(f"{value}\n", encoding="ascii")
        yield
    finally:
        for path, value in before.items():
            pathlib.Path(path).write_text(f"{value}\n", encoding="ascii")


@contextlib.contextmanager
def ahead_of_others():
    """Where it is permitted: this process, and what it starts, goes before all else that wants a
    core, or lateness would count whatever else the machine does. A monitor that looks at every
    socket once a second is enough to be late by some milliseconds per thousand writers."""
    most_urgent = -20
    with contextlib.ExitStack() as undo:
        with contextlib.suppress(PermissionError, FileNotFoundError):
            usual = os.getpriority(os.PRIO_PROCESS, 0)
            os.setpriority(os.PRIO_PROCESS, 0, most_urgent)
            undo.callback(os.setpriority, os.PRIO_PROCESS, 0, usual)
            # Without it, a session has as much of a core as any other, however urgent its processes.
            usual_of_session = AUTOGROUP.read_text(encoding="ascii").split()[-1]
            AUTOGROUP.write_text(str(most_urgent), encoding="ascii")
            undo.callback(AUTOGROUP.write_text, usual_of_session, encoding="ascii")
        yield


def receive_on_server_core():
    """RPS: what comes in over `lo` is worked on by the server's core, as from a network card."""
    return settings({RPS: f"{1 << SERVER_CORE:x}"})


def meminfo():
    """In bytes."""
    with open("/proc/meminfo", encoding="ascii") as lines:
        return {line.split(":")[0]: int(line.split()[1]) * 1024 for line in lines}


def tcp_sockets():
    """All TCP sockets that are open, of both ends."""
    return int(field("/proc/net/sockstat", "TCP").split()[1])
