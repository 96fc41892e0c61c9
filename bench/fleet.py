"""Several servers of ours on one port, for more sessions than one process has descriptors."""

import contextlib
import os
import pathlib

from bench.process import user_memory
from bench.targets import engine


class Fleet:
    """Processes that share a port and an `shm:` slot. Use it in a `with`."""

    def __init__(self, engine_name, processes, hold_ms, folder, extra=()):
        self.stack = contextlib.ExitStack()
        slot = f"lastword-bench-{os.getpid()}"
        self.stack.callback(remove_shared_memory, slot)
        flags = ["--share-port", "--slot", f"shm:{slot}", *extra]
        self.servers = []
        port = 0
        with contextlib.ExitStack() as undo:
            undo.push(self.stack)
            for number in range(processes):
                own = pathlib.Path(folder) / f"server{number}"
                own.mkdir(exist_ok=True)
                server = engine(engine_name, hold_ms, flags, port).start(own)
                self.servers.append(self.stack.enter_context(server))
                port = server.port
            undo.pop_all()
        self.port = port

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stack.close()

    def cpu_ns(self):
        return sum(server.cpu_ns() for server in self.servers)

    def user_memory(self):
        return sum(user_memory(server.pid) for server in self.servers)

    def descriptors(self):
        return sum(server.descriptors() for server in self.servers)


def remove_shared_memory(name):
    for file in pathlib.Path("/dev/shm").glob(f"*{name}*"):
        file.unlink(missing_ok=True)
