"""The slots: what sessions cost where the one slot lies elsewhere."""

import os
import re
import urllib.request

from bench import work
from bench.figures import interleaved, ratio_of_medians, spread_of
from bench.groups import result
from bench.process import Server, Unavailable, accepts, free_port
from bench.tables import bars, number, table
from bench.targets import Target, engine, peers

NAME = "slots"
CONCURRENCIES = (1, 64, 1024)
EVERY_CORE = f"0-{os.cpu_count() - 1}"
CLIENT = "put and range for each"


class Cluster:
    """Some nodes of etcd on loopback, on every core: they are not what is measured."""

    def __init__(self, folder, nodes):
        ports = [(free_port(), free_port()) for _ in range(nodes)]
        cluster = ",".join(f"n{at}=http://127.0.0.1:{peer}" for at, (_, peer) in enumerate(ports))
        self.ports = [client for client, _ in ports]
        self.servers = []
        try:
            for at, (client, peer) in enumerate(ports):
                urls = [f"http://127.0.0.1:{client}", f"http://127.0.0.1:{peer}"]
                self.servers.append(Server(
                    ["etcd", "--name", f"n{at}", "--data-dir", folder / f"etcd{client}",
                     "--listen-client-urls", urls[0], "--advertise-client-urls", urls[0],
                     "--listen-peer-urls", urls[1], "--initial-advertise-peer-urls", urls[1],
                     "--initial-cluster", cluster, "--log-level", "error"], folder, EVERY_CORE))
            for client, server in zip(self.ports, self.servers):
                server.await_port(lambda client=client: client if accepts(client) else None)
        except BaseException:
            self.stop()
            raise

    def asked(self):
        """How many operations on keys clients have asked of all its nodes so far."""
        return sum(self._asked(port) for port in self.ports)

    @staticmethod
    def _asked(port):
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as page:
            text = page.read().decode()
        return sum(float(count) for count in re.findall(
            r'^grpc_server_handled_total\{grpc_code="OK",grpc_method="(?:Put|Range|Txn)",'
            r'grpc_service="etcdserverpb.KV"[^}]*\} (\S+)$', text, re.MULTILINE))

    def stop(self):
        for server in self.servers:
            server.stop()


def on_etcd(nodes, port_of_server=0):
    """Our server with the slot in a cluster of so many nodes, started for it."""
    name = f"etcd, {nodes} node{'s' if nodes > 1 else ''}"

    def start(folder):
        cluster = Cluster(folder, nodes)
        places = ",".join(f"127.0.0.1:{port}" for port in cluster.ports)
        try:
            server = engine("uring", extra=["--slot", f"etcd:{places}/bench", "--wait-for-slot",
                                            "15s"], port=port_of_server).start(folder)
        except BaseException:
            cluster.stop()
            raise
        stop = server.stop
        server.stop = lambda: (stop(), cluster.stop())
        server.asked = cluster.asked
        return server
    return Target(name, start)


def subjects():
    shared = f"bench-{os.getpid()}"
    client = next(peer for peer in peers() if peer.name == "etcd")
    return [engine("uring", label="memory"),
            engine("uring", extra=["--slot", f"shm:{shared}"], label="shm"),
            on_etcd(1), on_etcd(3), Target(CLIENT, client.start, client.dialogue)], shared


def measure(run):
    rounds, seconds = run.rounds(5), 0.5 if run.quick else 2
    targets, shared = subjects()
    samples, commands, skipped = {str(each): {} for each in CONCURRENCIES}, {}, {}
    try:
        for concurrency in CONCURRENCIES:
            flags = ["--concurrency", concurrency, "--hold", "0s", "--duration", f"{seconds}s"]
            warmup = [*flags[:4], "--duration", "300ms"]
            for at, target in interleaved(rounds, targets):
                if target.name in skipped:
                    continue
                run.say(f"  {concurrency} at once, round {at + 1} of {rounds}: {target.name}")
                try:
                    figures, commands[target.name] = work.turn(target, run.folder, flags, warmup)
                    samples[str(concurrency)].setdefault(target.name, []).append(figures)
                except (Unavailable, OSError) as reason:
                    skipped[target.name] = str(reason)
    finally:
        try:
            os.unlink(f"/dev/shm/{shared}")
        except FileNotFoundError:
            pass
    return result(NAME, run, rounds=rounds, seconds=seconds, samples=samples, commands=commands,
                  skipped=skipped)


def rows(samples):
    for name in samples:
        rate, cpu = (spread_of(samples, name, each) for each in ("sessions_per_s", "cpu_us"))
        asked = spread_of(samples, name, "asked_per_session")
        yield [name, number(rate.median, 0), f"{number(rate.least, 0)} to {number(rate.most, 0)}",
               number(ratio_of_medians(samples, "sessions_per_s", name, "memory"), 3),
               number(cpu.median), number(asked.median if asked else None, 4)]


def section(figures):
    text = [
        "## Slots",
        "Engine `uring`, one loop, hold 0, each session on a fresh connection; "
        f"{figures['rounds']} rounds of {figures['seconds']} s. etcd runs on the same machine and "
        "on both cores, beside server and generator, and writes to its disk. *Asked* counts the "
        "operations on keys that etcd's nodes were asked for. *Put and range for each* is a client "
        "that asks etcd's gateway for both in each session, without lastword (its processor time "
        "is etcd's).",
    ]
    for concurrency, samples in figures["samples"].items():
        text += [f"{concurrency} at once:",
                 table(["slot", "sessions/s", "least to most", "÷ memory", "µs a session",
                        "asked of etcd per session"], rows(samples))]
    return [*text, "![Sessions per second by slot](benchmarks/slots_rate.svg)"]


def plots(figures):
    """{file name: gnuplot script}"""
    most = figures["samples"][str(max(CONCURRENCIES))]
    drawn = [(name, spread_of(most, name, "sessions_per_s").median) for name in most]
    return {"slots_rate": bars(f"sessions per second, {max(CONCURRENCIES)} at once",
                               ["sessions/s"], drawn)} if drawn else {}
