"""Everything that is measured: how each server is started, and what is said to it."""

from dataclasses import dataclass
from typing import Callable

from bench.process import Server, accepts, free_port

BIN = "build/release/bin"
ENGINES = ("epoll", "uring", "threads")


@dataclass(frozen=True)
class Target:
    """`start(folder)` gives a Server that listens; `dialogue` is what the generator speaks."""

    name: str
    start: Callable
    dialogue: str = "lastword"


def port_in(file):
    """What `--port-file` says, once it says it."""
    text = file.read_text(encoding="ascii").strip() if file.exists() else ""
    return int(text) if text else None


def engine(name, hold_ms=0, extra=(), port=0, label=None):
    """Our server with one loop, telemetry and logging as an operator would run them. `label`: what
    to call it, if not by its engine."""
    def start(folder):
        port_file = folder / f"{name}.port"
        port_file.unlink(missing_ok=True)
        command = [f"{BIN}/lastword-server", "--engine", name, "--hold", f"{hold_ms}ms",
                   "--listen", f"127.0.0.1:{port}", "--port-file", port_file, *extra]
        if name != "threads":
            command += ["--loops", "1"]
        return Server(command, folder).await_port(lambda: port_in(port_file))
    return Target(label or name, start)


def floor(name, hold_ms=0):
    """bench/floor/*_floor.cpp; `name` as in "epoll floor", or "epoll floor, waiting"."""
    program, _, way = name.partition(", ")
    def start(folder):
        server = Server([f"{BIN}/{program.replace(' ', '_')}", str(hold_ms),
                         *(["wait"] if way == "waiting" else [])], folder)

        def printed():
            text = server.log.read_text(encoding="ascii").strip()
            return int(text) if text else None
        return server.await_port(printed)
    return Target(name, start)


def on_free_port(command, folder):
    """`command(port)` gives the command line of a server that listens there."""
    port = free_port()
    return Server(command(port), folder).await_port(lambda: port if accepts(port) else None)


def redis(folder):
    return on_free_port(lambda port: [
        "redis-server", "--bind", "127.0.0.1", "--port", port, "--dir", folder, "--save", "",
        "--appendonly", "no",
        "--protected-mode", "no"], folder)  # it takes 127.0.0.2 for a stranger


def memcached(folder):
    return on_free_port(lambda port: [
        "memcached", "-l", "127.0.0.1", "-p", port, "-U", "0", "-t", "1", "-c", "16384",
        "-u", "root"], folder)


def mosquitto(folder):
    def command(port):
        config = folder / "mosquitto.conf"
        lines = [f"listener {port} 127.0.0.1", "allow_anonymous true", "user root",
                 "persistence false", "connection_messages false",
                 "set_tcp_nodelay true"]  # else its two packets wait for an acknowledgement
        config.write_text("\n".join(lines) + "\n", encoding="ascii")
        return ["mosquitto", "-c", config]
    return on_free_port(command, folder)


def etcd(folder):
    def command(port):
        url, peer_url = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{free_port()}"
        return ["etcd", "--name", "one", "--data-dir", folder / f"etcd{port}",
                "--listen-client-urls", url, "--advertise-client-urls", url,
                "--listen-peer-urls", peer_url, "--initial-advertise-peer-urls", peer_url,
                "--initial-cluster", f"one={peer_url}", "--log-level", "warn"]
    return on_free_port(command, folder)


def peers():
    return [Target("Redis", redis, "redis"), Target("memcached", memcached, "memcached"),
            Target("mosquitto", mosquitto, "mosquitto"), Target("etcd", etcd, "etcd")]
