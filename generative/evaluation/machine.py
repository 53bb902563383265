"""What measurements ran on, and what they took of it."""

import platform
import re
from pathlib import Path

import torch


def device_name(device: torch.device | str) -> str:
    """The device in words: "NVIDIA H200", or "cpu, 2 threads, x86_64"."""
    device = torch.device(device)
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return f"{device.type}, {torch.get_num_threads()} threads, {platform.machine()}"


def synchronize(device: torch.device) -> None:
    """Wait until `device` has done all it was given, so that a clock read next is right."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    elif device.type == "mps":
        torch.mps.synchronize()


def peak_resident_mib() -> float | None:
    """The most main memory that this process has held, in MiB; None where the system does not tell (Windows)."""
    status = Path("/proc/self/status")
    # Preferred, since Linux's getrusage also counts what the parent held when it started this process.
    if status.exists() and (peak := re.search(r"VmHWM:\s+(\d+) kB", status.read_text())):
        return int(peak[1]) / 1024
    try:
        import resource
    except ImportError:
        return None
    unit = 2**20 if platform.system() == "Darwin" else 2**10  # macOS tells bytes, the others KiB
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def peak_device_mib(device: torch.device) -> float | None:
    """The most memory that tensors have held on a CUDA device, in MiB; None elsewhere."""
    return torch.cuda.max_memory_allocated(device) / 2**20 if device.type == "cuda" else None
