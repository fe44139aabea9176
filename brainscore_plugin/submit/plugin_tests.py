"""Runs tests in a fresh copy of Brain-Score: the plugins' own, its generic ones of models, and its contracts."""
import functools
import os
import subprocess
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
from PIL import Image

from .checks import Check, Failed
from .fresh_copy import FreshCopy
from .identifiers import Expected

_GENERIC = 'brainscore_vision.model_helpers.generic_plugin_tests'
_CONTRACTS = {'cache contract': 'brainscore_vision.benchmark_helpers.test_cache_contract',
              'database contract': 'brainscore_vision.benchmark_helpers.test_db_contract'}
_IMAGES = ('rgb1.jpg', 'rgb2.jpg', 'rgb3.png')  # shown by the generic tests, missing from Brain-Score's wheel
Cases = dict[str, list[ElementTree.Element]]  # module -> its test cases
Run = tuple[subprocess.CompletedProcess[str], Cases]


def plugin_test_checks(copy: FreshCopy, expected: Expected) -> Iterator[Check]:
    """Checks that the tests of plugins in the copy pass; ``expected`` holds (type, plugin) of each."""
    _draw_missing_images(copy)
    models = [plugin for type_, plugin in expected if type_ == 'models']
    own = {f'{type_}/{plugin}': f'brainscore_vision.{type_}.{plugin}.test' for type_, plugin in expected}
    # pytest would run nothing at all for want of one file, and every plugin would seem to have failed
    untested = [name for name in own if not (copy.brainscore / name / 'test.py').is_file()]
    for name in untested:
        del own[name]
        yield Check(f'test.py of {name}', functools.partial(_lacking, name))
    # Brain-Score's option takes one model plugin; all else is tested in one go with the first
    first = models[0] if models else None
    run = functools.cache(lambda: _run(
        copy, first, [*([_GENERIC] if first else []), *own.values(), *_CONTRACTS.values()]))
    for model in models:
        others = functools.partial(_run, copy, model, [_GENERIC])
        yield Check(f'generic model tests, {model}', functools.partial(
            _verdict, run if model == first else others, _GENERIC))
    for name, module in {**{f'test.py of {plugin}': test for plugin, test in own.items()}, **_CONTRACTS}.items():
        yield Check(name, functools.partial(_verdict, run, module))


def _lacking(name: str) -> str:
    raise Failed(f'{name} has no test.py, which Brain-Score wants of every plugin: write one (docs/add-a-model.md '
                 'shows it), or keep a plugin of your own outside of this project')


def _draw_missing_images(copy: FreshCopy) -> None:
    folder = copy.brainscore / 'model_helpers' / 'generic_plugin_tests_resources'
    folder.mkdir(exist_ok=True)
    noise = np.random.default_rng(0)
    for name in _IMAGES:
        if not (folder / name).exists():
            Image.fromarray(noise.integers(0, 256, (96, 128, 3), dtype=np.uint8)).save(folder / name)


def _run(copy: FreshCopy, model: str | None, modules: list[str]) -> Run:
    """Run tests of modules, the generic ones on one plugin of models."""
    missing = [name for name in ('pytest', 'pytest_check') if find_spec(name) is None]
    if missing:
        raise Failed(f"cannot run here, {' and '.join(missing)} not installed: "
                     "'pip install \"brainscore-vision[test]\"'")
    report = copy.folder / 'report.xml'
    report.unlink(missing_ok=True)
    plugin = [] if model is None else ['--plugin_directory', copy.brainscore / 'models' / model]
    run = copy.python('-m', 'pytest', '-q', '-p', 'no:cacheprovider', '-c', os.devnull,
                      '--continue-on-collection-errors', f'--rootdir={copy.folder}', f'--junitxml={report}',
                      *(copy.folder / f"{module.replace('.', '/')}.py" for module in modules),
                      *plugin, PYTEST_ADDOPTS='', PYTEST_DISABLE_PLUGIN_AUTOLOAD='1')
    return run, _results(report)


def _results(report: Path) -> Cases:
    if not report.is_file():
        return {}
    cases: Cases = {}
    for case in ElementTree.parse(report).iter('testcase'):
        # a module that cannot be imported is a case without a class, by the name of the module
        cases.setdefault(case.get('classname') or case.attrib['name'], []).append(case)
    return cases


def _verdict(run: Callable[[], Run], module: str) -> str:
    finished, results = run()
    cases = [case for name, found in results.items() for case in found if f'{name}.'.startswith(f'{module}.')]
    if not cases:
        raise Failed(f'no test was run: {_last_lines(finished)}')
    problems = {case.get('name'): problem for case in cases for problem in case if problem.tag in ('failure', 'error')}
    if problems:
        test, problem = next(iter(problems.items()))
        raise Failed(f'{len(problems)} of {len(cases)} failed; {test}: {_reason(problem)}')
    skipped = sum(case.find('skipped') is not None for case in cases)
    return f'{len(cases) - skipped} passed' + (f', {skipped} skipped' if skipped else '')


def _reason(problem: ElementTree.Element) -> str:
    """The error as pytest marks it by E."""
    marked = [line.removeprefix('E').strip() for line in (problem.text or '').splitlines() if line.startswith('E ')]
    return marked[-1] if marked else problem.get('message', '')


def _last_lines(run: subprocess.CompletedProcess[str]) -> str:
    return ' / '.join((run.stdout + run.stderr).strip().splitlines()[-3:])
