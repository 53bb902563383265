"""The folder of an unfinished run: what is found there is checked, and what cannot be written is told."""

import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import torch

import generative
from generative.errors import BadCheckpoint, CannotWrite, InvalidOption
from generative.training.state import RunFolder, check_writable

CPU = torch.device("cpu")


def begun(folder: Path, **settings: object) -> RunFolder:
    run = RunFolder(folder, {"seed": 0, "batch-size": 8, **settings})
    with run.held():
        run.save({"weights": torch.arange(10_000.0)})
    return run


def test_what_was_saved_is_found_again(tmp_path: Path) -> None:
    run = begun(tmp_path / "run")
    assert run.load(CPU)["weights"].equal(torch.arange(10_000.0))
    assert RunFolder(tmp_path / "other", {}).load(CPU) is None


@pytest.mark.parametrize(("name", "value"), [("seed", 1), ("batch-size", 16)])
def test_a_run_of_other_settings_is_not_continued(tmp_path: Path, name: str, value: int) -> None:
    begun(tmp_path)
    with pytest.raises(InvalidOption, match=rf"a run with {name} \d, not {value}.*--runs") as raised:
        RunFolder(tmp_path, {"seed": 0, "batch-size": 8, name: value}).load(CPU)
    assert raised.value.field == name


@pytest.mark.parametrize("share", [0, 0.1, 0.5, 0.99])
def test_a_state_that_was_cut_short_is_called_damaged(tmp_path: Path, share: float) -> None:
    run = begun(tmp_path)
    content = run.path.read_bytes()
    run.path.write_bytes(content[: int(share * len(content))])
    with pytest.raises(BadCheckpoint, match=r"state\.pt is damaged .*Delete it"):
        run.load(CPU)


def test_a_state_of_random_bytes_or_of_something_else_is_called_damaged(tmp_path: Path) -> None:
    run = begun(tmp_path)
    run.path.write_bytes(bytes(torch.randint(256, (5_000,), generator=torch.Generator().manual_seed(0)).tolist()))
    with pytest.raises(BadCheckpoint, match="damaged"):
        run.load(CPU)
    torch.save([1, 2, 3], run.path)
    with pytest.raises(BadCheckpoint, match="damaged"):
        run.load(CPU)


def test_the_same_training_cannot_run_twice_at_once(tmp_path: Path) -> None:
    first, second = (RunFolder(tmp_path / "run", {}) for _ in range(2))
    with first.held(), pytest.raises(CannotWrite, match="runs already"), second.held():
        pass
    with second.held():
        pass  # it has ended


def test_a_disk_that_is_full_keeps_the_state_before(tmp_path: Path) -> None:
    script = (
        "import sys, torch\n"
        "from pathlib import Path\n"
        "from generative.errors import CannotWrite\n"
        "from generative.training.state import RunFolder\n"
        "run = RunFolder(Path(sys.argv[1]), {'seed': 0, 'batch-size': 8})\n"
        "try:\n"
        "    run.save({'weights': torch.zeros(10_000_000)})\n"
        "except CannotWrite as e:\n"
        "    print(e)\n"
    )
    run = begun(tmp_path / "run")

    def little_room() -> None:  # no file may grow beyond 100 kB, as if the disk had no more
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

    environment = {**os.environ, "PYTHONPATH": str(Path(generative.__file__).parents[1])}
    command = [sys.executable, "-c", script, str(run.folder)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, preexec_fn=little_room, check=True)
    assert done.stdout.startswith("Cannot write to") and "Free some space" in done.stdout
    assert run.load(CPU)["weights"].equal(torch.arange(10_000.0))
    assert not list(run.folder.glob("*.part"))


def test_a_folder_that_cannot_be_made_is_told_before_any_work(tmp_path: Path) -> None:
    check_writable(tmp_path / "a" / "b")
    assert not list(tmp_path.iterdir())
    (tmp_path / "file").touch()
    with pytest.raises(CannotWrite, match="Cannot write to"):
        check_writable(tmp_path / "file" / "b")
