"""RabbitMQ for tests: the one at BROKER, else Debian's, started on free ports in a folder of its own.

One serves all processes of a test run: the first that asks starts it, the last that is done with it stops it. Both is
said by locks on files, so that a process that is killed holds up nobody.
"""

from __future__ import annotations

import base64
import fcntl
import hashlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from time import monotonic, sleep

SERVER = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
MISSING = (
    "The tests of crawling on several machines were skipped: there is no RabbitMQ here. "
    "Get it with `apt-get install rabbitmq-server`, or name one with BROKER=amqp://…, then run `make test` again."
)
_PATIENCE = 90.0  # seconds for a start on a busy machine; five are usual
HOST, WORKER = ("host", "of-the-archive"), ("worker", "of-a-worker")
"""Users and passwords of a broker that we start: the archive host's, and any worker's."""
PERMISSIONS = {
    "host": {"configure": r"^vestnik\.", "write": r"^vestnik\.", "read": r"^vestnik\."},
    "worker": {"configure": "^$", "write": r"^vestnik\.results$", "read": r"^vestnik\.tasks$"},
}
"""As docs/many-machines.md gives them to the two roles."""


_STARTED: list[Broker] = []
"""By this process."""


@dataclass(frozen=True)
class Addresses:
    """Where a broker is: as the archive host knows it, and as a worker does, also by TLS with its certificate."""

    host: str
    worker: str
    secure: str = ""
    certificate: str = ""

    def at(self, vhost: str) -> Addresses:
        """Return the same at a virtual host; another's broker has none of ours."""
        if not self.secure:
            return self
        return replace(self, host=self.host + vhost, worker=self.worker + vhost, secure=self.secure + vhost)


def is_there() -> bool:
    """Return whether there is a broker, or one can be started."""
    return bool(os.environ.get("BROKER")) or (SERVER.exists() and shutil.which("epmd") is not None)


class Broker:
    """A RabbitMQ of our own, which can be killed and started again in its folder."""

    def __init__(self, folder: Path):
        """Nothing is started yet."""
        self.folder = folder
        self.port, self.tls_port, self._ports = free_port(), free_port(), (free_port(), free_port())
        self.certificate = folder / "cert.pem"
        self._process: subprocess.Popen[bytes] | None = None
        self._epmd: subprocess.Popen[bytes] | None = None

    @property
    def addresses(self) -> Addresses:
        """Return where it is."""
        return addresses(self.port, self.tls_port, self.certificate)

    def start(self) -> None:
        """Start it, and wait until it takes connections."""
        self.folder.mkdir(parents=True, exist_ok=True)
        dist, epmd = self._ports
        (self.folder / "plugins").write_text("[].\n", "ascii")
        (self.folder / "definitions.json").write_text(json.dumps(_definitions()), "ascii")
        (self.folder / "rabbitmq.conf").write_text(
            f"listeners.tcp.1 = 127.0.0.1:{self.port}\n{self._tls()}load_definitions = {self.folder}/definitions.json\n"
            "disk_free_limit.absolute = 1MB\nraft.wal_max_size_bytes = 4000000\ncollect_statistics = none\n",
            "ascii",
        )
        given = {
            "HOME": self.folder,
            "ERL_EPMD_PORT": epmd,
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODENAME": f"vestnik{self.port}@localhost",
            "RABBITMQ_DIST_PORT": dist,
            "RABBITMQ_MNESIA_BASE": self.folder / "mnesia",
            "RABBITMQ_LOG_BASE": self.folder / "log",
            "RABBITMQ_CONFIG_FILE": self.folder / "rabbitmq.conf",
            "RABBITMQ_ENABLED_PLUGINS_FILE": self.folder / "plugins",
            "RABBITMQ_PID_FILE": self.folder / "pid",
            "RABBITMQ_CONF_ENV_FILE": self.folder / "none",
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+S 1:1 +A 2",
        }
        environment = os.environ | {name: str(value) for name, value in given.items()}
        if self._epmd is None:
            self._epmd = subprocess.Popen(
                ["epmd", "-address", "127.0.0.1", "-port", str(epmd)], env=environment,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip
        with (self.folder / "said").open("ab") as said:
            self._process = subprocess.Popen(
                [str(SERVER)], env=environment, stdout=said, stderr=said, start_new_session=True
            )
        end = monotonic() + _PATIENCE
        while not answers(self.port):
            if self._process.poll() is not None or monotonic() > end:
                raise RuntimeError(f"RabbitMQ did not start: {self.said()}")
            sleep(0.1)

    def _tls(self) -> str:
        """Return what to write into the settings for a second port, with TLS, and make its certificate."""
        if not self.certificate.exists():
            subprocess.run(
                ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                 "-keyout", self.folder / "key.pem", "-out", self.certificate, "-days", "2", "-subj", "/CN=localhost",
                 "-addext", "subjectAltName=DNS:localhost"],
                check=True, capture_output=True,
            )  # fmt: skip
            (self.folder / "key.pem").chmod(0o644)  # RabbitMQ may run as a user of its own
        return (
            f"listeners.ssl.1 = 127.0.0.1:{self.tls_port}\nssl_options.verify = verify_none\n"
            f"ssl_options.cacertfile = {self.certificate}\nssl_options.certfile = {self.certificate}\n"
            f"ssl_options.keyfile = {self.folder}/key.pem\n"
        )

    def pids(self) -> tuple[int, ...]:
        """Return the processes that are to be killed in the end."""
        return tuple(process.pid for process in (self._process, self._epmd) if process is not None)

    def kill(self) -> None:
        """Kill the broker as it is, at once. What it has confirmed it has on disk."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def stop(self) -> None:
        """Leave nothing behind."""
        self.kill()
        if self._epmd is not None:
            self._epmd.kill()
            self._epmd.wait()

    def said(self) -> str:
        """Return the end of what it has said."""
        return (self.folder / "said").read_text("utf-8", "replace")[-2_000:]


def addresses(port: int, tls_port: int, certificate: Path) -> Addresses:
    """Return where a broker that we started is, by its ports."""
    host, worker = (f"amqp://{user}:{password}@127.0.0.1:{port}/" for user, password in (HOST, WORKER))
    return Addresses(host, worker, f"amqps://{':'.join(WORKER)}@localhost:{tls_port}/", str(certificate))


def free_port() -> int:
    """Return a port of loopback that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    """Return whether a broker takes connections there: it names its protocol where it is told a wrong one."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as line:
            line.sendall(b"AMQP\x00\x00\x00\x00")
            return line.recv(4) == b"AMQP"
    except OSError:
        return False


HOSTS = ("/", "carriers", "machines")
"""Virtual hosts, each with queues of its own: so files of tests that run at once do not take each other's messages."""


def _definitions() -> dict[str, object]:
    """Return what RabbitMQ reads as it starts: the two accounts, and what each may do."""
    return {
        "vhosts": [{"name": name} for name in HOSTS],
        "users": [{"name": name, "password_hash": _hashed(password), "tags": ""} for name, password in (HOST, WORKER)],
        "permissions": [
            {"user": name, "vhost": vhost, **allowed} for name, allowed in PERMISSIONS.items() for vhost in HOSTS
        ],
    }


def _hashed(password: str) -> str:
    salt = b"salt"
    return base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()


@contextmanager
def shared(folder: Path) -> Iterator[Addresses]:
    """Yield a broker that all processes of a test run share; ``folder`` is theirs as well."""
    if named := os.environ.get("BROKER"):
        yield Addresses(named, os.environ.get("BROKER_WORKER", named))
        return
    with (folder / "users").open("a+b") as users:
        with (folder / "lock").open("wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            fcntl.flock(users, fcntl.LOCK_SH)
            state = folder / "broker.json"
            if not state.exists():
                broker = Broker(folder / "rabbit")
                _STARTED.append(broker)
                broker.start()
                told = {"where": asdict(broker.addresses), "pids": broker.pids()}
                state.write_text(json.dumps(told), "ascii")
            where = Addresses(**json.loads(state.read_text("ascii"))["where"])
        try:
            yield where
        finally:
            _leave(folder, users.fileno())


def _leave(folder: Path, users: int) -> None:
    """Stop the broker where nobody else uses it."""
    with (folder / "lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        fcntl.flock(users, fcntl.LOCK_UN)
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        state = folder / "broker.json"
        for broker in _STARTED:
            broker.stop()
        for pid in json.loads(state.read_text("ascii"))["pids"]:
            with suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)
        state.unlink()


if __name__ == "__main__" and not is_there():
    print(MISSING, file=sys.stderr)
