"""Tests that run side by side share the cores of the machine, and so does what they start."""

import os

workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
if workers > 1:  # read when torch is imported, which is later
    os.environ.setdefault("OMP_NUM_THREADS", str(max(1, (os.cpu_count() or 1) // workers)))


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: what drives a browser waits as much as it works."""
    return (os.cpu_count() or 1) + 1
