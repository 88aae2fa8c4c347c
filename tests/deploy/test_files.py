"""The files of deploy/ speak of commands, settings, modules and files that exist, and agree with each other."""

import re
import shutil
import subprocess
import sys
import tomllib
from functools import cache
from importlib.util import find_spec
from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest
import yaml

from orchestration.cli.parser import build_parser
from orchestration.settings import Settings, load_settings

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").iterdir())
SETTINGS = {f"OSUSUME_{name.upper()}" for name in Settings.model_fields}
#: What Dagster, Python and the PostgreSQL image read, and what workspace.yaml names.
OTHERS = {"DAGSTER_HOME", "DAGSTER_CODE_HOST", "DAGSTER_CODE_PORT", "PYTHONSAFEPATH"} | {
    "POSTGRES_USER",
    "POSTGRES_DB",
    "POSTGRES_PASSWORD",
}


def example() -> dict[str, str]:
    """The variables of the example file."""
    lines = (DEPLOY / "osusume.env.example").read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def compose() -> dict[str, Any]:
    """compose.yaml, its merged parts in place."""
    return dict(yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8")))


def values() -> dict[str, Any]:
    """The values for Dagster's chart."""
    return dict(yaml.safe_load((DEPLOY / "helm" / "values.yaml").read_text(encoding="utf-8")))


def unit(path: Path) -> dict[str, list[str]]:
    """The lines of a unit by key, since a key may stand more than once."""
    found: dict[str, list[str]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if "=" in line and not line.startswith("#"):
            key, value = line.split("=", 1)
            found.setdefault(key, []).append(value)
    return found


def commands() -> dict[str, list[str]]:
    """What is started, by where it stands; the units' commands with the variables of the example file."""
    found = {
        f"compose {name}": service["command"] for name, service in compose()["services"].items() if name != "postgres"
    }
    for path in UNITS:
        for key in ("ExecStartPre", "ExecStart"):
            for line in unit(path).get(key, []):
                filled = re.sub(r"\$\{(\w+)\}", lambda name: example()[name[1]], line)
                found[f"{path.name} {key}"] = filled.replace("/opt/osusume/.venv/bin/", "").split()
    return found


@cache
def help_of(*words: str) -> str:
    """What a command of the virtual environment says of itself."""
    program = Path(sys.executable).parent / words[0]
    assert program.is_file()
    shown = subprocess.run([program, *words[1:], "--help"], capture_output=True, text=True, check=False)
    assert shown.returncode == 0, shown.stderr
    return shown.stdout


@pytest.mark.parametrize("words", commands().values(), ids=commands().keys())
def test_every_command_is_installed_here_and_knows_its_options(words: list[str]) -> None:
    """Its program stands in the virtual environment, its subcommand and options in its help, and its files exist."""
    names = list(takewhile(lambda word: not word.startswith("--"), words))
    options = [word for word in words if word.startswith("--")]
    shown = help_of(*names)
    assert [option for option in options if option not in shown] == []
    for word in words:
        if word.endswith("workspace.yaml"):
            assert (ROOT / word.replace("/opt/osusume/", "")).is_file()
    if "--module-name" in words:
        assert find_spec(words[words.index("--module-name") + 1]) is not None


def test_the_code_location_is_the_same_one_everywhere() -> None:
    """Module, attribute and name agree with workspace.yaml at the root, from which the UI of `osusume dev` loads."""
    (local,) = yaml.safe_load((ROOT / "workspace.yaml").read_text())["load_from"]
    module = local["python_module"]
    wanted = ["--module-name", module["module_name"], "--attribute", module["attribute"]]
    wanted += ["--location-name", module["location_name"]]
    (deployment,) = values()["dagster-user-deployments"]["deployments"]
    assert deployment["dagsterApiGrpcArgs"] == wanted
    started = commands()
    assert started["compose code"][-6:] == started["osusume-code.service ExecStart"][-6:] == wanted
    (served,) = yaml.safe_load((DEPLOY / "workspace.yaml").read_text())["load_from"]
    assert served["grpc_server"]["location_name"] == module["location_name"]
    assert {served["grpc_server"][key]["env"] for key in ("host", "port")} == {"DAGSTER_CODE_HOST", "DAGSTER_CODE_PORT"}


def test_every_variable_is_a_setting_or_known_to_what_reads_it() -> None:
    """No name of the environment stands in deploy/ that nobody reads."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in DEPLOY.rglob("*") if path.is_file())
    named = set(re.findall(r"\b(?:OSUSUME|DAGSTER|POSTGRES)_[A-Z_]+\b", text))
    assert named <= SETTINGS | OTHERS
    assert set(example()) <= SETTINGS | OTHERS


def test_the_example_file_can_be_read_as_it_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each value is one that the settings take, and DAGSTER_HOME is the folder that `osusume prepare` makes."""
    for name, value in example().items():
        monkeypatch.setenv(name, value)
    settings = load_settings()
    assert settings.is_live
    assert str(settings.home / "dagster") == example()["DAGSTER_HOME"]


def test_compose_and_helm_give_values_that_the_settings_take(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the password filled in."""
    service = compose()["services"]["code"]["environment"]
    (deployment,) = values()["dagster-user-deployments"]["deployments"]
    for given in (service, deployment["env"]):
        for name, value in given.items():
            assert isinstance(value, str), name
            monkeypatch.setenv(name, re.sub(r"\$\{POSTGRES_PASSWORD:[^}]*\}", "0123abcd", value))
        assert str(load_settings().home) == "/var/lib/osusume"
    assert service["DAGSTER_HOME"] == values()["global"]["dagsterHome"] == "/var/lib/osusume/dagster"


def test_all_writers_share_one_volume_and_nothing_is_open_to_the_network() -> None:
    """The queue of writers is a lock in the volume; Dagster has no log-in."""
    services = compose()["services"]
    ours = {name: service for name, service in services.items() if name != "postgres"}
    assert set(ours) == {"prepare", "code", "webserver", "daemon"}
    assert {tuple(service["volumes"]) for service in ours.values()} == {("home:/var/lib/osusume",)}
    ports = [port for service in services.values() for port in service.get("ports", [])]
    assert ports == ["127.0.0.1:3000:3000"]
    assert "--host 127.0.0.1" in " ".join(commands()["osusume-webserver.service ExecStart"])
    assert set(compose()["volumes"]) == {"home", "postgres"}
    depending = {name: set(service.get("depends_on", {})) for name, service in services.items()}
    assert all(names <= set(services) for names in depending.values())


@pytest.mark.parametrize("path", [path for path in UNITS if path.suffix == ".service"], ids=lambda path: path.name)
def test_a_unit_runs_unprivileged_comes_back_and_writes_to_one_place(path: Path) -> None:
    """And belongs to the target."""
    lines = unit(path)
    wanted = {"User": "osusume", "NoNewPrivileges": "yes", "ProtectSystem": "strict", "Restart": "always"}
    wanted |= {"ReadWritePaths": "/var/lib/osusume", "EnvironmentFile": "/etc/osusume/osusume.env"}
    wanted |= {"PartOf": "osusume.target", "WantedBy": "osusume.target", "WorkingDirectory": "/opt/osusume"}
    assert {key: lines[key] for key in wanted} == {key: [value] for key, value in wanted.items()}
    assert path.name in unit(DEPLOY / "systemd" / "osusume.target")["Wants"][0].split()


def test_systemd_finds_nothing_to_complain_about(tmp_path: Path) -> None:
    """`systemd-analyze verify`, where there is one, over the units with programs that exist."""
    analyze = shutil.which("systemd-analyze")
    for path in UNITS:
        text = path.read_text(encoding="utf-8").replace("/opt/osusume/.venv/bin", str(Path(sys.executable).parent))
        (tmp_path / path.name).write_text(text, encoding="utf-8")
    if analyze is not None:
        found = subprocess.run(
            [analyze, "verify", *tmp_path.glob("osusume*")], capture_output=True, text=True, check=False
        )
        assert (found.returncode, found.stdout + found.stderr) == (0, "")


def test_docker_compose_reads_the_file_where_it_is_installed(tmp_path: Path) -> None:
    """`docker compose config` needs no daemon; without the plugin, YAML and what is tested above have to do."""
    docker = shutil.which("docker")
    if docker is None or subprocess.run([docker, "compose", "version"], capture_output=True, check=False).returncode:
        return
    shutil.copytree(DEPLOY, tmp_path / "deploy")
    shutil.copy(DEPLOY / "osusume.env.example", tmp_path / "deploy" / "osusume.env")
    (tmp_path / "deploy" / ".env").write_text("POSTGRES_PASSWORD=0123abcd\n")
    words = [docker, "compose", "-f", tmp_path / "deploy" / "compose.yaml", "config", "--quiet"]
    read = subprocess.run(words, capture_output=True, text=True, check=False)
    assert read.returncode == 0, read.stderr


def test_versions_are_those_of_pyproject() -> None:
    """The image's tag is the project's version, the chart's version that of Dagster."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    (dagster,) = [one for one in project["dependencies"] if one.startswith("dagster==")]
    for path in (DEPLOY / "compose.yaml", DEPLOY / "Dockerfile"):
        assert f"osusume:{project['version']}" in path.read_text(encoding="utf-8")
    assert values()["dagsterWebserver"]["image"]["tag"] == project["version"]
    assert f"--version {dagster.removeprefix('dagster==')}" in (DEPLOY / "helm" / "values.yaml").read_text(
        encoding="utf-8"
    )


def test_the_image_takes_what_the_installation_needs_and_nothing_secret() -> None:
    """Every room of the project and the two YAML files of the root; it does not run as root."""
    packages = re.search(
        r"\[tool.setuptools.packages.find\]\ninclude = \[(.*?)\]", (ROOT / "pyproject.toml").read_text(), re.S
    )
    assert packages is not None
    rooms = {name.rstrip("*") for name in re.findall(r'"([a-z]+\*)"', packages[1])}
    ignored = (DEPLOY / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    allowed = {line[1:] for line in ignored if line.startswith("!")}
    assert "*" in ignored
    assert rooms | {"dagster.yaml", "pyproject.toml", "constraints.txt", "deploy/workspace.yaml"} <= allowed
    assert not [name for name in allowed if not (ROOT / name).exists()]
    dockerfile = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    assert re.search(r"^USER 10001$", dockerfile, re.MULTILINE)
    assert "LIGHTFM_NO_CFLAGS=1" in dockerfile
    compiled = re.search(r"compileall -q (.*?)\n\n", dockerfile, re.S)
    assert compiled is not None
    assert set(compiled[1].replace("\\", " ").split()) == rooms


def test_no_password_is_written_down() -> None:
    """What stands where one belongs is a placeholder or a variable."""
    assert "CHANGE-ME" in example()["OSUSUME_DAGSTER_POSTGRES_URL"]
    assert "postgresqlPassword" not in values()["postgresql"]
    assert "${POSTGRES_PASSWORD:?" in compose()["services"]["postgres"]["environment"]["POSTGRES_PASSWORD"]


def test_prepare_is_a_command_of_ours() -> None:
    """The units and compose.yaml call it before anything else."""
    assert build_parser().parse_args(["prepare"]).command == "prepare"
    assert commands()["osusume-code.service ExecStartPre"] == commands()["compose prepare"] == ["osusume", "prepare"]
