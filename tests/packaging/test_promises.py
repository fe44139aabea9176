"""What is promised of Python is what is checked."""
import re
import tomllib
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((REPOSITORY / 'pyproject.toml').read_text(encoding='utf-8'))


def test_the_python_that_is_promised_is_the_one_that_is_checked():
    first, beyond = re.fullmatch(r'>=3\.(\d+),<3\.(\d+)', PROJECT['project']['requires-python']).groups()
    promised = [f'3.{minor}' for minor in range(int(first), int(beyond))]
    named = [classifier.rpartition(' ')[2] for classifier in PROJECT['project']['classifiers']
             if classifier.startswith('Programming Language :: Python :: 3.')]
    checked = re.findall(r'^  PYTHON: "(.+?)"', (REPOSITORY / '.github/workflows/checks.yml').read_text(), re.MULTILINE)
    made = re.findall(r'^PYTHON \?= (\S+)', (REPOSITORY / 'Makefile').read_text(), re.MULTILINE)
    assert promised == named == checked == made
    assert PROJECT['tool']['mypy']['python_version'] == promised[0]


def test_everything_that_is_checked_is_checked_on_the_server():
    assert re.search(r'run: \.ci/run$', (REPOSITORY / '.github/workflows/checks.yml').read_text(), re.MULTILINE)
