"""A bound on the memory of a program: a cgroup of its own, or less where none may be made."""
import contextlib
import os
import pathlib
import resource

GROUPS = pathlib.Path('/sys/fs/cgroup')


def _parents():
    """(folder in which a group may be made, name of its limit): version 1, then version 2."""
    yield GROUPS / 'memory', 'memory.limit_in_bytes'
    if 'memory' in _read(GROUPS / 'cgroup.subtree_control').split():
        yield GROUPS, 'memory.max'


def _read(path):
    with contextlib.suppress(OSError):
        return path.read_text()
    return ''


class memory_limit:
    """`how` for subprocess.Popen puts a child under it; what goes beyond is killed.

    A cgroup also counts the pages of files that the child keeps busy. Without one (no right to
    make it) RLIMIT_DATA stands in, which counts what is mapped and not what is used: an allocator
    maps ahead and each thread maps a stack, so it is twice the bound.
    """

    def __init__(self, limit_bytes):
        self.bytes = limit_bytes
        self.group = None
        for parent, name in _parents():
            with contextlib.suppress(OSError):
                group = parent / f'baudot-test-{os.getpid()}'
                group.mkdir()
                self.group = group
                (group / name).write_text(str(limit_bytes))
                return
            self.close()

    def how(self):
        return {'preexec_fn': self._enter}

    def _enter(self):
        if self.group:
            (self.group / 'cgroup.procs').write_text(str(os.getpid()))
        else:
            resource.setrlimit(resource.RLIMIT_DATA, (2 * self.bytes, 2 * self.bytes))

    def close(self):
        """The children have ended."""
        if self.group:
            with contextlib.suppress(OSError):
                self.group.rmdir()
            self.group = None


def resident_bytes(pid):
    """What a running process has in memory."""
    for line in pathlib.Path(f'/proc/{pid}/status').read_text().splitlines():
        if line.startswith('VmRSS:'):
            return int(line.split()[1]) * 1024
    raise AssertionError(f'process {pid} has ended')
