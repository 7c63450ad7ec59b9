"""One command runs the whole fair, says where it is, and stops all of it."""

import os
import signal
import socket
import subprocess
import sys

import pytest

from tests.ports import free_port
from tools.run import ROOT

ANSWERS = """
import http.server, signal, sys

class Healthy(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()

signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(0))
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Healthy).serve_forever()
"""


@pytest.fixture
def ports():
    """A free port for each server."""
    return {name: str(free_port()) for name in ("GANGBO_WEB_PORT", "GANGBO_LIVE_PORT", "GANGBO_MATCHING_PORT")}


@pytest.fixture
def start(tmp_path, ports):
    """Start the fair from a Procfile whose `live` is the given command and whose others are healthy."""
    started = []
    (tmp_path / "answers.py").write_text(ANSWERS)
    healthy = f"exec {sys.executable} {tmp_path / 'answers.py'}"

    def run(live=f"{healthy} $GANGBO_LIVE_PORT", release="echo migrated", **environ):
        lines = {
            "release": release,
            "web": f"{healthy} $GANGBO_WEB_PORT",
            "live": live,
            "matching": f"{healthy} $GANGBO_MATCHING_PORT",
        }
        procfile = tmp_path / "Procfile"
        procfile.write_text("".join(f"{name}: {command}\n" for name, command in lines.items()))
        given = os.environ | ports | {"GANGBO_VAR": str(tmp_path / "var"), "GANGBO_DEMO": "0"} | environ
        command = [sys.executable, "-m", "tools.run", str(procfile)]
        process = subprocess.Popen(
            command, cwd=ROOT, env=given, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        started.append(process)
        return process

    yield run
    for process in started:
        process.terminate()
        process.wait()
        process.stdout.close()


def test_run_opens_the_fair_and_ctrl_c_closes_it(start, ports):
    """It migrates, says where the fair is once all answer, and leaves nothing running after Ctrl-C."""
    fair = start()

    said = ""
    while "is open" not in said or "matching answers" not in said:
        line = fair.stdout.readline()
        assert line, said
        said += line
    fair.send_signal(signal.SIGINT)
    last, _ = fair.communicate()

    assert said.index("migrated") < said.index("started")
    assert f"http://127.0.0.1:{ports['GANGBO_WEB_PORT']}\n" in said
    assert fair.returncode == 0, last
    for port in ports.values():
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", int(port)))


def test_run_ends_when_a_process_fails(start):
    """A process that ends takes the others with it, and its status is the command's."""
    fair = start(live="exit 3")

    said, _ = fair.communicate()

    assert fair.returncode == 3, said


def test_run_stops_at_a_failed_migration(start):
    """Nothing is started on a database that could not be migrated."""
    fair = start(release="exit 4")

    said, _ = fair.communicate()

    assert fair.returncode == 4
    assert "started" not in said


def test_run_names_a_wrong_setting_in_one_line(start):
    """A setting that cannot be used stops the start with one line that names it."""
    fair = start(GANGBO_LIVE_PORT="eight")

    said, _ = fair.communicate()

    assert fair.returncode == 2
    assert said.splitlines() == ["GANGBO_LIVE_PORT: 'eight' is not a whole number from 1 to 65535"]


def test_run_names_a_taken_port(start, ports):
    """A port that something else listens on stops the start with one line that names its setting."""
    with socket.create_server(("127.0.0.1", int(ports["GANGBO_WEB_PORT"]))):
        fair = start()
        said, _ = fair.communicate()

    assert fair.returncode == 2
    assert said.splitlines() == [f"GANGBO_WEB_PORT: port {ports['GANGBO_WEB_PORT']} is taken; name a free one"]
