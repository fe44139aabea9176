"""Runs commands of Python in forks of one process that has imported already what takes long, such as Brain-Score.

Each costs what it does and not five seconds of imports besides. The process reads a JSON object a line, {kind, words or
code, cwd, env}, and answers with {code, output}.
"""
import importlib
import json
import os
import runpy
import subprocess
import sys
import tempfile
import traceback
from pathlib import Path

BRAINSCORE = 'brainscore_vision.model_helpers.activations.pytorch'  # with PyTorch


class Forks:
    """A process that runs jobs in forks of itself; a context manager, which ends it.

    Parameters
    ----------
    modules : list of str
        What it imports, once.
    env : dict
        Environment variables that these imports see.
    """

    def __init__(self, modules: list[str], env: dict[str, str]):
        self._server = subprocess.Popen([sys.executable, __file__, *modules], text=True, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, env=env)

    def run(self, kind: str, cwd: Path, env: dict[str, str], **job) -> tuple[int, str]:
        """Exit code and output, of both streams, of what a new process would do.

        Parameters
        ----------
        kind : str
            'python' runs ``code``, 'module' runs ``words`` as python -m does, 'command' as brainscore-mouse does.
        cwd : pathlib.Path
            Working folder.
        env : dict
            All environment variables; those that are read by imports have been.
        **job
            ``code`` or ``words``.
        """
        self._server.stdin.write(json.dumps({'kind': kind, 'cwd': str(cwd), 'env': env, **job}) + '\n')
        self._server.stdin.flush()
        answer = json.loads(self._server.stdout.readline())
        return answer['code'], answer['output']

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._server.stdin.close()
        self._server.wait()
        self._server.stdout.close()


def run(job: dict) -> int:
    """What a process of Python would do with the job; returns its exit code."""
    os.environ.clear()
    os.environ.update(job['env'])
    os.chdir(job['cwd'])
    try:
        if job['kind'] == 'python':
            exec(compile(job['code'], '<block>', 'exec'), {'__name__': '__main__'})
        elif job['kind'] == 'module':  # python -m MODULE …
            sys.argv = job['words']
            runpy.run_module(job['words'][0], run_name='__main__', alter_sys=True)
        else:
            sys.argv = job['words']
            from brainscore_plugin.command_line import app
            app()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


def run_in_fork(job: dict) -> dict:
    with tempfile.TemporaryFile() as output:
        child = os.fork()
        if child == 0:
            os.dup2(output.fileno(), 1)
            os.dup2(output.fileno(), 2)
            code = run(job)
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
        _, status = os.waitpid(child, 0)
        output.seek(0)
        return {'code': os.waitstatus_to_exitcode(status), 'output': output.read().decode(errors='replace')}


if __name__ == '__main__':
    for module in sys.argv[1:]:
        importlib.import_module(module)
    for line in sys.stdin:
        print(json.dumps(run_in_fork(json.loads(line))), flush=True)
