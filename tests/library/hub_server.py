"""A Hugging Face Hub in a thread: as much of its HTTP interface as huggingface_hub asks for, with everything in memory.

Repositories have commits, and a commit has files. Weights go through the LFS protocol and are served by a redirect to
another origin, as on the real hub. Writing takes `TOKEN`; what may not be seen looks like what is not there.
"""

import base64
import hashlib
import json
import re
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar
from urllib.parse import unquote, urlsplit

import pytest
from huggingface_hub import constants
from huggingface_hub.utils import _http

TOKEN = "hf_only_for_tests"
LFS = (".safetensors", ".pt", ".bin", ".pkl")
REPO = r"(?P<repo>[\w.-]+/[\w.-]+)"


class Refusal(Exception):
    """An HTTP error with the code that huggingface_hub looks at."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code = status, code


@dataclass
class Repository:
    """Files by path, for each commit; `refs` are branches and tags."""

    private: bool = False
    commits: dict[str, dict[str, bytes]] = field(default_factory=dict)
    refs: dict[str, str] = field(default_factory=dict)

    def commit(self, changes: dict[str, bytes], branch: str = "main") -> str:
        files = {**self.commits.get(self.refs.get(branch, ""), {}), **changes}
        state = json.dumps([len(self.commits), {path: hashlib.sha1(data).hexdigest() for path, data in files.items()}])
        sha = hashlib.sha1(state.encode()).hexdigest()
        self.commits[sha] = files
        self.refs[branch] = sha
        return sha

    def sha(self, revision: str) -> str:
        sha = self.refs.get(revision, revision)
        if sha not in self.commits:
            raise Refusal(404, "RevisionNotFound", f"Invalid rev id: {revision}")
        return sha


def git_oid(data: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


class HubServer:
    """``with HubServer() as hub``: `hub.url` is an endpoint, `hub.requests` what was asked, as "GET /path"."""

    def __init__(self) -> None:
        self.repositories: dict[str, Repository] = {}
        self.objects: dict[str, bytes] = {}
        self.requests: list[str] = []
        handler = type("Handler", (Handler,), {"hub": self})
        self.servers = [ThreadingHTTPServer(("127.0.0.1", 0), handler) for _ in range(2)]
        self.url, self.storage = (f"http://127.0.0.1:{server.server_address[1]}" for server in self.servers)

    def __enter__(self) -> "HubServer":
        for server in self.servers:
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def be_the_hub(self, patch: pytest.MonkeyPatch, cache: Path) -> None:
        """huggingface_hub talks to this server, keeps in `cache` what it fetches, and asks again without waiting."""
        patch.setattr(constants, "ENDPOINT", self.url)
        patch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", self.url + "/{repo_id}/resolve/{revision}/{filename}")
        patch.setattr(constants, "HF_HUB_CACHE", str(cache))
        patch.setattr(constants, "HF_HUB_DISABLE_XET", True)  # the server speaks LFS
        patch.setattr(_http, "time", SimpleNamespace(**vars(time) | {"sleep": lambda seconds: None}))

    def stop(self) -> None:
        for server in self.servers:
            server.shutdown()
            server.server_close()

    def add(self, repo: str, files: dict[str, bytes], private: bool = False) -> str:
        """A repository with one more commit of `files`; returns its hash."""
        repository = self.repositories.setdefault(repo, Repository(private))
        self.objects.update({hashlib.sha256(d).hexdigest(): d for p, d in files.items() if p.endswith(LFS)})
        return repository.commit(files)


class Handler(BaseHTTPRequestHandler):
    hub: HubServer
    protocol_version = "HTTP/1.1"

    ROUTES: ClassVar = [
        ("POST", "/api/repos/create", "create"),
        ("POST", "/api/validate-yaml", "validate_yaml"),
        ("GET", f"/api/models/{REPO}", "info"),
        ("GET", f"/api/models/{REPO}/revision/(?P<revision>.+)", "info"),
        ("GET", f"/api/models/{REPO}/tree/(?P<revision>[^/]+)", "tree"),
        ("POST", f"/api/models/{REPO}/preupload/(?P<revision>.+)", "preupload"),
        ("POST", f"/api/models/{REPO}/commit/(?P<revision>.+)", "commit"),
        ("POST", f"/{REPO}.git/info/lfs/objects/batch", "lfs_batch"),
        ("PUT", "/lfs/(?P<oid>[0-9a-f]{64})", "lfs_upload"),
        ("GET", "/cdn/(?P<oid>[0-9a-f]{64})", "cdn"),
        ("GET", f"/{REPO}/resolve/(?P<revision>[^/]+)/(?P<path>.+)", "resolve"),
    ]

    def handle_any(self) -> None:
        path = urlsplit(self.path).path
        self.hub.requests.append(f"{self.command} {unquote(path)}")
        self.body = self.read_body()
        method = "GET" if self.command == "HEAD" else self.command
        try:
            for wanted, pattern, name in self.ROUTES:
                if wanted == method and (match := re.fullmatch(pattern, path)):
                    return getattr(self, name)(**{key: unquote(value) for key, value in match.groupdict().items()})
            raise Refusal(404, "EntryNotFound", f"This hub has no {self.command} {path}")
        except Refusal as e:
            self.answer({"error": str(e)}, e.status, {"X-Error-Code": e.code, "X-Error-Message": str(e)})

    do_GET = do_HEAD = do_POST = do_PUT = handle_any

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def read_body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        chunks = []
        while length := int(self.rfile.readline(), 16):
            chunks.append(self.rfile.read(length))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(chunks)

    # Answers

    def answer(self, content: Any, status: int = 200, headers: dict[str, str] | None = None) -> None:
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Content-Type", "application/octet-stream" if data is content else "application/json")
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    @property
    def signed_in(self) -> bool:
        return self.headers.get("Authorization") == f"Bearer {TOKEN}"

    def need_token(self) -> None:
        if not self.signed_in:
            raise Refusal(401, "", "Invalid username or password.")

    def repository(self, repo: str) -> Repository:
        found = self.hub.repositories.get(repo)
        if found is None or (found.private and not self.signed_in):
            raise Refusal(404 if self.signed_in else 401, "RepoNotFound", "Repository not found")
        return found

    # Reading

    def info(self, repo: str, revision: str = "main") -> None:
        repository = self.repository(repo)
        sha = repository.sha(revision)
        files = [{"rfilename": path} for path in repository.commits[sha]]
        self.answer(
            {
                "id": repo,
                "modelId": repo,
                "sha": sha,
                "private": repository.private,
                "tags": [],
                "downloads": 0,
                "likes": 0,
                "siblings": files,
            }
        )

    def tree(self, repo: str, revision: str) -> None:
        repository = self.repository(repo)
        rows = []
        for path, data in repository.commits[repository.sha(revision)].items():
            row = {"type": "file", "path": path, "size": len(data), "oid": git_oid(data)}
            if path.endswith(LFS):
                row["lfs"] = {"oid": hashlib.sha256(data).hexdigest(), "size": len(data), "pointerSize": 134}
            rows.append(row)
        self.answer(rows)

    def resolve(self, repo: str, revision: str, path: str) -> None:
        repository = self.repository(repo)
        sha = repository.sha(revision)
        if path not in repository.commits[sha]:
            raise Refusal(404, "EntryNotFound", "Entry not found")
        data = repository.commits[sha][path]
        if not path.endswith(LFS):
            return self.answer(data, headers={"ETag": f'"{git_oid(data)}"', "X-Repo-Commit": sha})
        oid = hashlib.sha256(data).hexdigest()
        self.answer(
            b"",
            302,
            {
                "Location": f"{self.hub.storage}/cdn/{oid}",
                "X-Repo-Commit": sha,
                "X-Linked-Size": str(len(data)),
                "X-Linked-ETag": f'"{oid}"',
            },
        )

    def cdn(self, oid: str) -> None:
        if "Authorization" in self.headers:
            raise Refusal(400, "", "The token was sent to a stranger")
        self.answer(self.hub.objects[oid], headers={"ETag": f'"{oid}"'})

    # Writing

    def create(self) -> None:
        self.need_token()
        wish = json.loads(self.body)
        repo = f"{wish.get('organization') or 'me'}/{wish['name']}"
        url = {"url": f"{self.hub.url}/{repo}"}
        if repo in self.hub.repositories:
            return self.answer({"error": "You already created this model repo", **url}, 409)
        private = wish.get("visibility") == "private" or bool(wish.get("private"))
        self.hub.repositories[repo] = Repository(private)
        self.hub.repositories[repo].commit({".gitattributes": b"*.safetensors filter=lfs\n"})
        self.answer(url)

    def validate_yaml(self) -> None:
        card = json.loads(self.body)["content"]
        if re.match(r"---\n.*?\n---\n", card, re.DOTALL):
            return self.answer({"errors": [], "warnings": []})
        self.answer({"errors": [], "warnings": [{"message": "empty or missing yaml metadata in repo card"}]})

    def preupload(self, repo: str, revision: str) -> None:
        self.need_token()
        self.repository(repo).sha(revision)
        modes = [
            {"path": f["path"], "uploadMode": "lfs" if f["path"].endswith(LFS) else "regular", "shouldIgnore": False}
            for f in json.loads(self.body)["files"]
        ]
        self.answer({"files": modes})

    def lfs_batch(self, repo: str) -> None:
        self.need_token()
        self.repository(repo)
        objects = []
        for wanted in json.loads(self.body)["objects"]:
            upload = {"actions": {"upload": {"href": f"{self.hub.storage}/lfs/{wanted['oid']}"}}}
            objects.append({**wanted, **({} if wanted["oid"] in self.hub.objects else upload)})
        self.answer({"transfer": "basic", "objects": objects})

    def lfs_upload(self, oid: str) -> None:
        if hashlib.sha256(self.body).hexdigest() != oid:
            raise Refusal(400, "", "The content has another hash")
        self.hub.objects[oid] = self.body
        self.answer({})

    def commit(self, repo: str, revision: str) -> None:
        self.need_token()
        repository = self.repository(repo)
        changes = {}
        for line in self.body.splitlines():
            operation, value = (entry := json.loads(line))["key"], entry["value"]
            if operation == "file":
                changes[value["path"]] = base64.b64decode(value["content"])
            elif operation == "lfsFile":
                changes[value["path"]] = self.hub.objects[value["oid"]]
        sha = repository.commit(changes, revision)
        self.answer({"success": True, "commitOid": sha, "commitUrl": f"{self.hub.url}/{repo}/commit/{sha}"})
