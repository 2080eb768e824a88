"""What other processes used: their CPU time and the memory that is theirs, read from /proc."""

from __future__ import annotations

import os
from pathlib import Path

from demo.federation import Federation

_TICKS = os.sysconf("SC_CLK_TCK")
_USER, _SYSTEM = 11, 12
"""Places of user and system ticks after the process's name in /proc/PID/stat."""


def cpu_seconds(pid: int) -> float:
    """User and system time of a process since its start, in steps of a hundredth of a second.

    Source: proc_pid_stat(5).
    """
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[_USER]) + int(fields[_SYSTEM])) / _TICKS


def precise_seconds(pid: int) -> float:
    """Time on a processor of a process that has one thread, to the nanosecond; 0 where the process is gone.

    Source: Linux, Documentation/scheduler/sched-stats.rst, /proc/PID/schedstat.
    """
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text(encoding="ascii").split()[0]) / 1e9
    except (FileNotFoundError, ProcessLookupError):
        return 0.0


def resident_megabytes(pid: int) -> float:
    """Resident memory of a process in megabytes (10^6 bytes), shared pages among it.

    Source: proc_pid_status(5), VmRSS.
    """
    for line in Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines():
        name, _, value = line.partition(":")
        if name == "VmRSS":
            return int(value.split()[0]) * 1024 / 1e6
    return 0.0


def check_alive(running: Federation) -> None:
    """Let pass a federation whose processes all run: what answers on a party's port might be somebody else's.

    Raises:
        RuntimeError: one has ended; most often another federation took its port.
    """
    ended = [key for key, process in running.processes.items() if process.poll() is not None]
    if ended:
        raise RuntimeError(f"Not running: {', '.join(ended)}. Is another federation being started on this machine?")
