"""Runs commands of Python in forks of one process that has Brain-Score and PyTorch imported already.

Each costs what it does and not five seconds of imports besides. Reads a JSON object a line, {kind, words or code, cwd,
env}, and answers with {code, output}.
"""
import json
import os
import runpy
import sys
import tempfile
import traceback


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
    import brainscore_vision.model_helpers.activations.pytorch  # noqa: F401

    import training.filter_sheet  # noqa: F401
    import training.probe  # noqa: F401
    import training.train  # noqa: F401
    for line in sys.stdin:
        print(json.dumps(run_in_fork(json.loads(line))), flush=True)
