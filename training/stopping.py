"""What signals do to a run: it stops with a line that says what to do, and the exit code that shells expect."""
import os
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from lightning_fabric.plugins.environments import SLURMEnvironment

_STOPPING = ('SIGTERM', 'SIGINT', 'SIGHUP', 'SIGUSR1')  # the last is how SLURM announces a preemption, if so asked


class Stopped(SystemExit):
    """Training was stopped by a signal; the exit code is 128 and the signal's number."""

    def __init__(self, number: int) -> None:
        super().__init__(128 + number)
        self.signal = signal.Signals(number)


@contextmanager
def stopped_by_signals() -> Iterator[None]:
    """Raise :class:`Stopped` on SIGTERM, SIGINT, SIGHUP, and under SLURM on SIGUSR1.

    Signals that are ignored, as by nohup, or handled by somebody else are left so. Lightning's own handling lets a
    process end with exit code 0, and under SLURM writes a checkpoint into the working directory which any other run
    that starts there takes up.
    """
    before: dict[int, Callable | int | None] = {}
    if threading.current_thread() is threading.main_thread():
        for name in _STOPPING:
            number = getattr(signal, name, None)  # Windows has not all of them
            if number is None or (name == 'SIGUSR1' and not SLURMEnvironment.detect()):
                continue
            if signal.getsignal(number) in (signal.SIG_DFL, signal.default_int_handler):
                before[number] = signal.signal(number, _stop)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def requeue() -> str:
    """Have SLURM start the job anew, and say in words whether it will."""
    array, job = os.environ.get('SLURM_ARRAY_JOB_ID'), os.environ.get('SLURM_JOB_ID', '')
    job = f"{array}_{os.environ.get('SLURM_ARRAY_TASK_ID')}" if array else job
    try:
        done = subprocess.run(['scontrol', 'requeue', job], capture_output=True, text=True, timeout=30)
        failure = done.stderr.strip() if done.returncode else ''
    except (OSError, subprocess.TimeoutExpired) as error:
        failure = str(error)
    return (f"SLURM could not be asked to start job {job} anew ({failure}): submit it again" if failure
            else f'SLURM starts job {job} anew')


def _stop(number: int, _frame: object) -> None:
    raise Stopped(number)
