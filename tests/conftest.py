"""Tests that run side by side share the cores of the machine, and so does what they start."""

import gc
import os

import pytest

workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
if workers > 1:  # read when torch is imported, which is later
    os.environ.setdefault("OMP_NUM_THREADS", str(max(1, (os.cpu_count() or 1) // workers)))


LONG = ["test_adding_a_model.py", "test_loop.py", "test_command_line.py", "test_structure.py", "test_protocol.py"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest without a browser comes first, lest at the end one worker be left with it."""
    items.sort(key=lambda item: item.path.name not in LONG)


def pytest_collection_finish() -> None:
    """What has been imported by now stays: no collection of garbage need look at it again."""
    gc.collect()
    gc.freeze()


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: what drives a browser waits as much as it works."""
    return (os.cpu_count() or 1) + 1
