import re
import subprocess
import sys

import pytest


@pytest.fixture(scope='module')
def served(tmp_path_factory):
    """A folder, and the address where it is served: by a process of its own, whose sockets no other test can close."""
    folder = tmp_path_factory.mktemp('served')
    command = [sys.executable, '-u', '-m', 'http.server', '0', '--bind', '127.0.0.1', '--directory', folder]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        port = re.search(r'port (\d+)', server.stdout.readline())[1]
        yield folder, f'http://127.0.0.1:{port}'
        server.terminate()
