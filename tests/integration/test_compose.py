"""The containers: compose.yaml against the specification, nginx in front of a real server where nginx is installed."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from api_services import InlineServices, make_services, served, wait_until
from compose_spec import PyCompose

from vigie.api import routes_web
from vigie.api.guards import POLICY
from vigie.api.routes_web import page_policy

ROOT = Path(__file__).resolve().parents[2]
NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
# The plain recipe's `.env`, and the token that serving beyond loopback demands.
PLAIN = {"CHUNK_SIZE": "800", "LITELLM_API_KEY": "", "MONGO_COLLECTION": "vanish_flows", "VIGIE_TOKEN": "secret"}
FULL = PLAIN | {
    "MONGO_URI": "mongodb://db.example.com",
    "RECORDS_DIR": "/srv/exports",
    "CODE_ROOTS": "/srv/code",
    "WEB_ADDRESS": "0.0.0.0:80",
}


def interpolated(text: str, env: Mapping[str, str]) -> str:
    """`${NAME:-default}`, `${NAME:+replacement}` and `${NAME:?message}` as Compose reads them."""

    def value(found: re.Match[str]) -> str:
        name, operator, other = found.groups()
        given = env.get(name, "")
        if operator == "?" and not given:
            raise LookupError(other)
        return (other if given else "") if operator == "+" else given or (other if operator == "-" else "")

    return re.sub(r"\$\{(\w+)(?::([-+?])([^}]*))?\}", value, text)


def compose(env: Mapping[str, str]) -> Any:
    return yaml.safe_load(interpolated((ROOT / "compose.yaml").read_text("utf-8"), env))


@pytest.mark.parametrize("env", [PLAIN, FULL], ids=["plain", "full"])
def test_compose_yaml_is_what_the_specification_allows(env: dict[str, str]) -> None:
    read = PyCompose.from_yaml(yaml.safe_dump(compose(env), sort_keys=False))
    read.validate()
    assert set(read.service_names()) == {"backend", "web", "mongodb", "chroma"}


def test_a_container_engine_accepts_compose_yaml() -> None:
    docker = shutil.which("docker")
    if docker is None or subprocess.run([docker, "compose", "version"], capture_output=True).returncode:
        pytest.skip("no `docker compose` here: compose.yaml was checked by the specification, no image was built")
    done = subprocess.run(
        [docker, "compose", "--project-directory", ROOT, "config", "--quiet"],
        env={**os.environ, **PLAIN},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


def test_every_container_is_confined() -> None:
    for name, service in compose(PLAIN)["services"].items():
        assert service["read_only"], name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert int(service["user"].partition(":")[0]) > 0, name
        assert service["healthcheck"]["test"], name


def test_only_the_web_app_is_published_and_only_on_this_machine() -> None:
    services = compose(PLAIN)["services"]
    assert {name: service["ports"] for name, service in services.items() if "ports" in service} == {
        "web": ["127.0.0.1:8080:8080"]
    }
    assert compose(PLAIN)["networks"]["inner"]["internal"]
    assert {name for name, service in services.items() if "outer" in service["networks"]} == {"backend", "web"}
    assert services["web"]["networks"] == ["outer"]


def test_the_env_file_of_outside_names_what_is_read_inside() -> None:
    plain, full = (compose(env)["services"]["backend"] for env in (PLAIN, FULL))
    assert plain["env_file"] == [{"path": ".env", "required": False}]
    assert plain["environment"]["MONGO_URI"] == "mongodb://mongodb:27017"
    assert not plain["environment"]["RECORDS_DIR"]
    assert not plain["environment"]["CODE_ROOTS"]
    assert full["environment"]["MONGO_URI"] == "mongodb://db.example.com"
    mounted = {mount["target"]: mount for mount in full["volumes"] if isinstance(mount, dict)}
    for name in ("RECORDS_DIR", "CODE_ROOTS"):
        mount = mounted[full["environment"][name]]
        assert mount["source"] == FULL[name]
        assert mount["read_only"]


def test_chroma_is_there_when_asked_for_and_out_of_reach() -> None:
    chroma = compose(PLAIN)["services"]["chroma"]
    assert chroma["profiles"] == ["chroma"]
    assert chroma["networks"] == ["inner"]
    assert "ports" not in chroma


def test_without_a_token_compose_says_what_to_add() -> None:
    with pytest.raises(LookupError, match="VIGIE_TOKEN"):
        compose({})


def test_what_compose_mounts_and_builds_is_there() -> None:
    services = compose(PLAIN)["services"]
    stages = re.findall(r"^FROM \S+ AS (\w+)$", (ROOT / "deploy/Containerfile").read_text("utf-8"), re.MULTILINE)
    for service in services.values():
        if "build" in service:
            assert (ROOT / service["build"]["dockerfile"]).is_file()
            assert service["build"]["target"] in stages
    mounts = [mount for mount in services["backend"]["volumes"] if isinstance(mount, dict)]
    assert mounts
    assert all((ROOT / mount["source"]).is_dir() for mount in mounts)


# ------------------------------------------------------------------ nginx


def test_nginx_has_the_policies_of_the_backend() -> None:
    said = re.findall(r'default "(default-src [^"]+)"', (ROOT / "deploy/nginx.conf").read_text("utf-8"))
    assert said == [POLICY, page_policy("$request_id")]


@pytest.fixture
def services(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[InlineServices]:
    built = tmp_path / "srv" / "app"
    built.mkdir(parents=True)
    (built / "index.html").write_text('<!doctype html><vg-app ngCspNonce="{{nonce}}"></vg-app>')
    (built / "main-ABCDEFGH.js").write_text("1;")
    (built / "theme.js").write_text("2;")
    monkeypatch.setattr(routes_web, "BUILT", built)
    made = make_services(tmp_path)
    yield made
    made.close()


@pytest.fixture
def fronted(services: InlineServices, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """(nginx's address, the backend's), nginx with its own configuration but for the addresses and the folder."""
    if NGINX is None:
        pytest.skip("nginx is not installed: its configuration was read, not run")
    with socket.create_server(("127.0.0.1", 0)) as found:
        port = found.getsockname()[1]
    with served(services) as backend:
        text = (ROOT / "deploy/nginx.conf").read_text("utf-8")
        for old, new in [
            ("listen 8080;", f"listen 127.0.0.1:{port};"),
            ("http://backend:8000", backend),
            ("/tmp/", f"{tmp_path}/"),
            ("/srv/web", str(tmp_path / "srv")),
            ("worker_processes auto", "worker_processes 1"),
        ]:
            assert old in text
            text = text.replace(old, new)
        conf = tmp_path / "nginx.conf"
        conf.write_text(f"user root;\n{text}" if os.geteuid() == 0 else text)
        checked = subprocess.run([NGINX, "-t", "-q", "-c", conf], capture_output=True, text=True)
        assert checked.returncode == 0, checked.stderr
        process = subprocess.Popen([NGINX, "-c", conf, "-g", "daemon off;"])
        try:
            url = f"http://127.0.0.1:{port}"
            wait_until(lambda: _listens(port))
            yield url, backend
        finally:
            process.terminate()
            process.wait()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


COMPARED = ("content-security-policy", "content-type", "cache-control", "x-content-type-options", "referrer-policy")


@pytest.mark.parametrize("path", ["/app/main-ABCDEFGH.js", "/app/theme.js", "/health", "/list_collections"])
def test_behind_nginx_everything_looks_as_the_backend_serves_it(fronted: tuple[str, str], path: str) -> None:
    through, direct = (httpx.get(base + path) for base in fronted)
    assert through.status_code == direct.status_code == 200
    assert through.content == direct.content
    for name in COMPARED:
        assert through.headers.get_list(name) == direct.headers.get_list(name), name


@pytest.mark.parametrize("path", ["/", "/sources", "/s/abc"])
def test_the_page_has_a_nonce_of_its_own_each_time(fronted: tuple[str, str], path: str) -> None:
    nonces = set()
    for base in (fronted[0], fronted[0], fronted[1]):
        reply = httpx.get(base + path)
        nonce = re.search(r'ngCspNonce="([^"]+)"', reply.text)
        assert nonce is not None
        assert reply.headers.get_list("content-security-policy") == [page_policy(nonce[1])]
        assert reply.headers["cache-control"] == "no-store"
        nonces.add(nonce[1])
    assert len(nonces) == 3
    assert all(len(nonce) >= 22 for nonce in nonces)


def test_events_come_through_nginx_while_the_stream_goes_on(fronted: tuple[str, str], services: InlineServices) -> None:
    services.gate.clear()
    job = httpx.post(f"{fronted[0]}/ingest?wait=false").json()["id"]
    seen, states = [], []
    with httpx.stream("GET", f"{fronted[0]}/jobs/{job}/stream", headers={"accept-encoding": "gzip"}) as stream:
        for line in stream.iter_lines():
            if line.startswith("event: "):
                seen.append(line.removeprefix("event: "))
                states.append(httpx.get(f"{fronted[1]}/jobs/{job}").json()["state"])
                services.gate.set()  # only now can the job end
    assert seen[0] == "progress"
    assert states[0] in ("queued", "running")
    assert (seen[-1], states[-1]) == ("done", "done")


def test_a_question_of_the_page_is_of_its_own_origin(fronted: tuple[str, str]) -> None:
    body = {"query": "Que faire quand un flux tombe en AUTH-401 ?"}
    own, other = (
        httpx.post(f"{fronted[0]}/query", json=body, headers={"origin": origin})
        for origin in (fronted[0], "http://other.example")
    )
    assert own.status_code == 200
    assert other.json()["error"] == "bad_origin"


def test_what_is_too_large_is_told_by_the_backend_and_what_is_not_there_is_not_found(
    fronted: tuple[str, str],
) -> None:
    large = httpx.post(f"{fronted[0]}/query", json={"query": "x" * 2_000_000})
    assert (large.status_code, large.json()["error"]) == (413, "too_large")
    assert httpx.get(f"{fronted[0]}/app/none.js").status_code == 404
    assert httpx.get(f"{fronted[0]}/app/%2e%2e/%2e%2e/nginx.conf").status_code in (400, 404)
