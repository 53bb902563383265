"""Models on the Hugging Face Hub: "hf:owner/name@revision" is downloaded, `push` uploads a checkpoint with its card.

Only safetensors, JSON, Markdown, csv and png files travel; nothing is unpickled.
"""

import re
from pathlib import Path

from huggingface_hub import HfApi, snapshot_download
from huggingface_hub.errors import HFValidationError, HTTPError, RepositoryNotFoundError, RevisionNotFoundError

from generative.errors import BadCheckpoint, GenerativeError, InvalidOption, UnknownModel, shown

PATTERNS = ["*.safetensors", "*.json", "README.md", "*.csv", "*.png"]
ID = re.compile(r"hf:(?P<repo>[\w.-]+/[\w.-]+)(?:@(?P<revision>[\w./-]+))?")


def download(id: str) -> Path:
    """The local folder of a hub repository. Raises UnknownModel or GenerativeError with what to do."""
    match = ID.fullmatch(id)
    if not match:
        raise UnknownModel(f"{shown(id)} is no hub id, which is hf:owner/name or hf:owner/name@revision.", "model")
    try:
        return Path(snapshot_download(match["repo"], revision=match["revision"], allow_patterns=PATTERNS))
    except RevisionNotFoundError as e:
        words = f"{match['repo']} has no revision {match['revision']!r}. Look up its tags on the hub."
        raise UnknownModel(words, "model") from e
    except (RepositoryNotFoundError, HFValidationError) as e:
        words = f"The hub has no repository {match['repo']}, or it is private: run `hf auth login`."
        raise UnknownModel(words, "model") from e
    except (HTTPError, OSError) as e:
        raise GenerativeError(
            f"Cannot fetch {match['repo']} from the hub: {reason(e)}. Check the network and try again."
        ) from e


def push(folder: Path, repo: str, private: bool = False) -> str:
    """Upload a checkpoint folder as the hub repository `repo`, made if need be; returns the URL of the commit."""
    if not (folder / "config.json").is_file():
        raise BadCheckpoint(f"{folder} holds no config.json, so it is no checkpoint")
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
    lines = [line.strip(" .") for line in str(error).splitlines() if line.strip(" .")]
    return lines[0] if lines else type(error).__name__
