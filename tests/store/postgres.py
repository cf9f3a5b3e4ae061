"""A PostgreSQL cluster of the tests' own, thrown away after them."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import psycopg
import pytest

if os.name == "posix":
    import pwd

_SERVANTS = ("postgres", "nobody")
"""Who runs the server where the tests run as root: PostgreSQL refuses to."""


def binaries() -> Path | None:
    """Return the folder of `initdb` and `pg_ctl`, None if they are not installed."""
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


class Cluster:
    """A running server that listens on a Unix socket in its own folder only."""

    def __init__(self, folder: Path, tools: Path) -> None:
        self.folder = folder
        self._tools = tools
        self._run("initdb", "-D", folder / "data", "-A", "trust", "-U", "forven", "--no-sync")
        options = f"-k {folder} -c listen_addresses='' -c fsync=off -c full_page_writes=off"
        log = folder / "log"
        self._run("pg_ctl", "-D", folder / "data", "-w", "-o", options, "-l", log, "start")

    def empty_database(self) -> str:
        """Return the URL of the database, emptied: whoever used it before is done."""
        where = f"host={self.folder} user=forven dbname=postgres"
        with psycopg.connect(where, autocommit=True) as connection:
            connection.execute("drop schema public cascade; create schema public")
        return f"postgresql://forven@/postgres?host={self.folder}"

    def stop(self) -> None:
        """Stop the server and remove its folder."""
        self._run("pg_ctl", "-D", self.folder / "data", "-m", "immediate", "stop")
        shutil.rmtree(self.folder)

    def _run(self, tool: str, *arguments: object) -> None:
        command = [str(self._tools / tool), *map(str, arguments)]
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            cwd=self.folder,
            timeout=120,
            check=False,
            **servant(),
        )
        assert done.returncode == 0, done.stderr.decode()


def servant() -> dict[str, Any]:
    """Return as whom the server runs: as ourselves, unless we are root."""
    if os.geteuid() != 0:
        return {}
    for name in _SERVANTS:
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": found.pw_uid, "group": found.pw_gid, "extra_groups": []}
    pytest.skip(f"expected one of the users {_SERVANTS} to run PostgreSQL as, found none")


def start_cluster() -> Cluster:
    """Return a new cluster; the test is skipped where PostgreSQL is not installed."""
    tools = binaries()
    if tools is None or os.name != "posix":
        pytest.skip("expected PostgreSQL's initdb on the path, found none: SQLite alone is tested")
    folder = Path(tempfile.mkdtemp(prefix="forven-pg-"))  # short: a socket's path has an end
    owner = servant()
    if owner:
        os.chown(folder, owner["user"], owner["group"])
    return Cluster(folder, tools)
