"""Models on the Hugging Face Hub: "hf:owner/name@revision" is downloaded, `push` uploads a checkpoint with its card.

Only safetensors, JSON, Markdown, csv and pictures travel; nothing is unpickled. config.json comes first, and what it
shows to be another library's model is refused before its weights, which may be many gigabytes, are fetched.
"""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path, PurePath
from urllib.parse import unquote

from huggingface_hub import HfApi, constants, hf_hub_download, snapshot_download
from huggingface_hub.errors import HFValidationError, HTTPError, RepositoryNotFoundError, RevisionNotFoundError
from huggingface_hub.hf_api import RepoFile

from generative.errors import BadCheckpoint, GenerativeError, InvalidOption, NotSupported, UnknownModel, shown
from generative.library import diffusers_folders, parts, pipelines, weights
from generative.models import registry

MOST_FILES = 5000  # of a repository that is looked through
FIRST = ["config.json", "model_index.json"]
PATTERNS = ["*.safetensors", "*.json", "README.md", "*.csv", "*.png", "*.webp"]
NAME = re.compile(r"[\w.-]+/[\w.-]+")
ID = re.compile(rf"hf:(?://)?(?P<repo>{NAME.pattern})(?:@(?P<revision>[\w./-]+))?", re.IGNORECASE)
HOSTS = ("huggingface.co", "www.huggingface.co", "hf.co")
PAGE = re.compile(rf"/(?P<repo>{NAME.pattern})(?:/(?:tree|blob|resolve|commit)/(?P<revision>[^/]+)(?:/.*)?)?/?")
OTHERS = {"datasets": "a data set", "spaces": "an app", "collections": "a collection", "papers": "a paper"}
HOW = "Type hf:owner/name or hf:owner/name@revision, or paste the address of a model's page on the hub."


@dataclass(frozen=True)
class Wish:
    """A repository, and the branch, tag or commit that is wanted of it; None is its newest."""

    repo: str
    revision: str | None = None

    @property
    def id(self) -> str:
        """As this project writes it, "hf:owner/name@revision"."""
        return f"hf:{self.repo}" + (f"@{self.revision}" if self.revision else "")


def is_meant(id: str) -> bool:
    """Whether someone means the hub: "hf:…" in any case, or the address of a page there."""
    return id.lower().startswith("hf:") or path_of(id) is not None


def path_of(address: str) -> str | None:
    """The path in the address of a page on the hub, "/owner/name"; None for any other text."""
    host, slash, path = re.sub(r"^https?://", "", address.strip(), flags=re.IGNORECASE).partition("/")
    own = re.sub(r"^https?://", "", constants.ENDPOINT)
    return slash + re.split("[?#]", path)[0] if slash and host.lower() in (*HOSTS, own) else None


def parse(id: str) -> Wish:
    """What "hf:owner/name@revision" or an address means. Raises UnknownModel, which says what to type."""
    path = path_of(id)
    match = ID.fullmatch(id.strip()) if path is None else PAGE.fullmatch(path)
    if not match or (path and path.split("/")[1] in OTHERS):
        other = OTHERS.get(path.split("/")[1]) if path else None
        what = f"the address of {other}, not of a model" if other else "no hub id"
        raise UnknownModel(f"{shown(id)} is {what}. {HOW}", "model")
    revision = unquote(match["revision"]) if match["revision"] else None
    if ".." in (revision or ""):  # no name of git's has that, and the cache would look for it elsewhere
        raise UnknownModel(f"{shown(id)} is no hub id. {HOW}", "model")
    return Wish(match["repo"], revision)


def download(id: str) -> Path:
    """The local folder of a hub repository. Raises UnknownModel, BadCheckpoint, or GenerativeError with what to do.

    A copy from an earlier time that was cut short is fetched again.
    """
    wish = parse(id)
    with told(wish):
        folder = fetch(wish, FIRST)
        if words := diffusers_folders.recognise(folder):
            raise BadCheckpoint(f"{wish.id} cannot be opened. {words}", "model")
        if diffusers_folders.is_pipeline(folder):
            return pipeline(wish)
        if not (folder / "config.json").is_file():
            raise BadCheckpoint(f"{wish.id} cannot be opened. {without_config(wish)}", "model")
        folder = fetch(wish, PATTERNS)
        if is_cut(folder):
            mend(wish, folder)
        return folder


def pipeline(wish: Wish) -> Path:
    """The local folder of a pipeline of diffusers: what describes it comes first, and its weights only where they can
    be opened. Raises BadCheckpoint, and NotSupported for weights that would not fit into this machine's memory."""
    about = diffusers_folders.FILES
    folder = fetch(wish, about)
    try:
        files = list(registry.KINDS[pipelines.translated(folder)["model"]].weights)
    except BadCheckpoint as e:
        raise BadCheckpoint(f"{wish.id} cannot be opened. {e}", "model") from e
    if not all((folder / name).is_file() for name in files):
        check_memory(wish.id, sizes(wish, tree(wish, folder.name), files))
        folder = fetch(wish, about + files)
    if is_cut(folder):
        mend(wish, folder)
    return folder


def tree(wish: Wish, commit: str | None = None) -> dict[str, int]:
    """The size of each file of a repository by its path. Raises BadCheckpoint for one of more than MOST_FILES."""
    listed = HfApi().list_repo_tree(wish.repo, recursive=True, revision=commit or wish.revision)
    there = list(islice((file for file in listed if isinstance(file, RepoFile)), MOST_FILES + 1))
    if len(there) > MOST_FILES:
        raise BadCheckpoint(f"{wish.id} has more than {MOST_FILES:,} files, which no pipeline has", "model")
    return {file.path: file.size for file in there}


def sizes(wish: Wish, there: Mapping[str, int], files: Sequence[str]) -> list[int]:
    """Bytes of each of `files`. Raises BadCheckpoint for one that is not there, or only as a pickle."""
    for name in files:
        if name in there:
            continue
        beside = [path for path in there if PurePath(path).parent == PurePath(name).parent]
        pickles = [path for path in beside if path.endswith(diffusers_folders.PICKLES)]
        words = f"{name} is missing"
        if pickles:
            words += f", and {pickles[0]} is {diffusers_folders.PICKLE}. Ask its author for safetensors"
        raise BadCheckpoint(f"{wish.id} cannot be opened. {words}.", "model")
    return [there[name] for name in files]


def check_memory(id: str, sizes: Sequence[int]) -> None:
    """Raises NotSupported where weights would not fit into this machine's memory while the largest file is read."""
    size = sum(sizes)
    if size + max(sizes) > (most := memory()):
        raise NotSupported(
            f"{id} has weights of {size / 1e9:,.1f} GB, and this machine has {most / 1e9:,.1f} GB of memory. "
            "Nothing was downloaded.",
            "model",
        )


def memory() -> int:
    """Bytes of memory that this machine has, or that its container may take."""
    whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    try:
        told = Path("/sys/fs/cgroup/memory.max").read_text().strip()
    except OSError:
        return whole
    return min(whole, int(told)) if told.isdecimal() else whole


def fetch(wish: Wish, patterns: list[str]) -> Path:
    """The local folder with the files of a repository that match `patterns`; of the cache when the hub is down."""
    return Path(snapshot_download(wish.repo, revision=wish.revision, allow_patterns=patterns))


def without_config(wish: Wish) -> str:
    """What a repository is that has no config.json."""
    names = HfApi().list_repo_files(wish.repo, revision=wish.revision)
    what = diffusers_folders.by_names(names)
    return f"This is {what} {diffusers_folders.SUPPORTED}" if what else "Its config.json is missing."


def is_cut(folder: Path) -> bool:
    """Whether config.json or a file of weights is missing or not whole."""
    try:
        config = weights.described(folder)
        for name in registry.KINDS[config["model"]].weights if weights.known(config.get("model")) else ():
            weights.promises(folder / name)
    except BadCheckpoint:
        return True
    return False


def mend(wish: Wish, folder: Path) -> None:
    """Fetch again what has another size than on the hub; what is damaged there stays so."""
    commit = folder.name
    for path, size in tree(wish, commit).items():
        here = folder / path
        if here.is_file() and here.stat().st_size != size:
            hf_hub_download(wish.repo, path, revision=commit, force_download=True)


@contextmanager
def told(wish: Wish, owner: bool = True) -> Iterator[None]:
    """Turns what the hub's library raises into what a user can do about it; the owner of the machine can sign in."""
    try:
        yield
    except RevisionNotFoundError as e:
        words = f"{wish.repo} has no revision {wish.revision!r}. Look up its tags on the hub."
        raise UnknownModel(words, "model") from e
    except (RepositoryNotFoundError, HFValidationError) as e:
        words = f"The hub has no repository {wish.repo}, or it is private{': run `hf auth login`' if owner else ''}."
        raise UnknownModel(words, "model") from e
    except (HTTPError, OSError) as e:
        raise GenerativeError(
            f"Cannot fetch {wish.repo} from the hub: {reason(e)}. Check the network and try again."
        ) from e


def push(folder: Path, repo: str, private: bool = False) -> str:
    """Upload a checkpoint folder as the hub repository `repo`, made if need be; returns the URL of the commit.

    What lies in the folder of another model goes along, since nothing lies beside a repository.
    """
    if not (folder / "config.json").is_file():
        raise BadCheckpoint(f"{folder.name} holds no config.json, so it is no checkpoint")
    config = weights.read_json(folder / "config.json")
    weights.check_config(config)
    with parts.whole(folder, config) as complete:
        return upload(complete, repo, private)


def upload(folder: Path, repo: str, private: bool) -> str:
    """The URL of the commit of a folder's files to `repo`."""
    api = HfApi()
    try:
        api.create_repo(repo, private=private, exist_ok=True)
        return str(
            api.upload_folder(
                repo_id=repo, folder_path=folder, allow_patterns=PATTERNS, commit_message=f"Upload {folder.name}"
            ).commit_url
        )
    except HFValidationError as e:
        raise InvalidOption(f"{shown(repo)} is no name for a repository. It has the form owner/name.", "repo") from e
    except (HTTPError, OSError, ValueError, RuntimeError) as e:  # ValueError: the card; RuntimeError: a failed upload
        raise GenerativeError(
            f"Cannot upload to {repo}: {reason(e)}. Check the network, and run `hf auth login` "
            "with a token that may write."
        ) from e


def reason(error: Exception) -> str:
    """The first line of what the hub's library says, which can go on for a page."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror  # without the path of the cache
    lines = [line.strip(" .") for line in str(error).splitlines() if line.strip(" .")]
    return lines[0] if lines else type(error).__name__
