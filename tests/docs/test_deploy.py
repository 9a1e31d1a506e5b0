"""Files to deploy with: what they name is there, what they set is a setting, and what reads them takes them."""

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from api.cli import app
from api.settings import ServerSettings
from engine.disclosure.ledger import Ledger

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "examples" / "deploy"
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
CONTAINERFILE = (DEPLOY / "Containerfile").read_text()

SERVICE_KEYS = {
    *("build", "image", "profiles", "entrypoint", "command", "depends_on", "environment", "volumes", "tmpfs", "ports"),
    *(
        "read_only",
        "cap_drop",
        "cap_add",
        "security_opt",
        "pids_limit",
        "mem_limit",
        "ulimits",
        "init",
        "stop_grace_period",
        "healthcheck",
    ),
    *("restart", "networks", "network_mode"),
}
"""Those of a service that the files use, each spelled as in the Compose Specification."""

OF_OTHERS = {"KOHORT_PORT", "KOHORT_PUBLIC_HOST", "KOHORT_PUBLIC_PORT", "NUMBA_CACHE_DIR", "FORWARDED_ALLOW_IPS"}
"""Read by the command line, Numba and the web server."""


def settings() -> set[str]:
    return {f"KOHORT_{name.upper()}" for name in ServerSettings.model_fields} | OF_OTHERS


def environment_file() -> dict[str, str]:
    lines = (DEPLOY / "kohort.env").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def test_the_file_of_services_has_known_keys_only() -> None:
    assert set(COMPOSE) == {"services", "networks", "volumes"}
    for service in SERVICES.values():
        assert set(service) <= SERVICE_KEYS


def test_services_name_volumes_networks_and_each_other_as_they_are_declared() -> None:
    for service in SERVICES.values():
        sources = [volume.split(":")[0] for volume in service.get("volumes", ())]
        assert {source for source in sources if not source.startswith("./")} <= set(COMPOSE["volumes"])
        assert set(service.get("networks", ())) <= set(COMPOSE["networks"])
        assert set(service.get("depends_on", ())) <= set(SERVICES)


@pytest.mark.parametrize("service", ["kohort", "operator", "releases", "public"])
def test_a_service_can_do_nothing_but_its_work(service: str) -> None:
    rules = SERVICES[service]
    assert rules["read_only"] and rules["cap_drop"] == ["ALL"] and rules["security_opt"] == ["no-new-privileges:true"]
    assert rules["mem_limit"] and rules["ulimits"] == {"core": 0}


def test_one_service_writes_releases_and_the_state_is_the_researchers_server_s_and_the_operator_s() -> None:
    mounted = {name: service.get("volumes", ()) for name, service in SERVICES.items()}
    writing = [name for name, volumes in mounted.items() if "./releases:/var/lib/kohort/releases" in volumes]
    assert writing == ["releases"]
    with_state = [name for name, volumes in mounted.items() if any("state" in volume for volume in volumes)]
    assert with_state == ["kohort", "operator"]


def test_commands_run_beside_the_servers_with_their_settings_and_without_a_network() -> None:
    """One that took the server's fixed address could not start while the server runs."""
    for name in ("operator", "releases"):
        assert SERVICES[name]["network_mode"] == "none" and SERVICES[name]["profiles"] == [name]
    assert SERVICES["operator"]["environment"] == SERVICES["kohort"]["environment"]
    assert set(SERVICES["kohort"]["volumes"]) < set(SERVICES["operator"]["volumes"])


def test_settings_are_mounted_whole_so_that_a_file_renamed_over_another_is_seen() -> None:
    for service in SERVICES.values():
        for volume in service.get("volumes", ()):
            target = volume.split(":")[1]
            assert not target.startswith("/etc/kohort/"), volume


def test_the_proxy_and_the_servers_know_each_other_s_addresses() -> None:
    address = {
        name: service["networks"]["inside"]["ipv4_address"]
        for name, service in SERVICES.items()
        if "networks" in service
    }
    passed_to = re.findall(r"reverse_proxy ([\d.]+):8000", (DEPLOY / "Caddyfile").read_text())
    assert passed_to == [address["kohort"], address["public"]]
    for name in ("kohort", "public"):
        assert SERVICES[name]["environment"]["FORWARDED_ALLOW_IPS"] == address["proxy"]


def test_everything_that_is_set_is_a_setting() -> None:
    of_services = {name for service in SERVICES.values() for name in service.get("environment", ())}
    of_image = set(re.findall(r"\b(KOHORT_[A-Z_]+)=", CONTAINERFILE))
    assert of_services | of_image | set(environment_file()) <= settings()


def test_settings_of_the_environment_file_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environment_file().items():
        monkeypatch.setenv(name, value)
    assert ServerSettings().identity == Path("/etc/kohort/identity.toml")
    assert ServerSettings().log_json


def test_what_the_image_is_built_from_is_there() -> None:
    copied = [
        line.split()[1:-1] for line in CONTAINERFILE.splitlines() if line.startswith("COPY ") and "--from" not in line
    ]
    for pattern in (name for names in copied for name in names):
        assert list(ROOT.glob(pattern)), pattern
    assert SERVICES["kohort"]["build"] == {"context": "../..", "dockerfile": "examples/deploy/Containerfile"}


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
def test_the_unit_is_one(tmp_path: Path) -> None:
    """With a program that is here in place of ours, which is not installed."""
    unit = tmp_path / "kohort.service"
    unit.write_text((DEPLOY / "kohort.service").read_text().replace("/opt/kohort/bin/kohort", "/bin/true"))
    done = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
def test_the_timer_of_the_night_and_what_it_starts_are_units(tmp_path: Path) -> None:
    for name in ("kohort-backup.service", "kohort-backup.timer"):
        text = (DEPLOY / name).read_text().replace("/usr/local/bin/kohort-night-copy", "/bin/true")
        (tmp_path / name).write_text(text)
    timer = [tmp_path / "kohort-backup.service", tmp_path / "kohort-backup.timer"]
    done = subprocess.run(["systemd-analyze", "verify", *timer], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_night_s_copy_is_whole_has_no_key_and_may_be_made_twice(tmp_path: Path) -> None:
    state, copies = tmp_path / "state", tmp_path / "copies"
    Ledger(state).close()
    (state / "query-id.key").write_bytes(bytes(32))
    (state / "withdrawals.tsv").write_text("")
    copies.mkdir()
    program = tmp_path / "program" / "bin"
    program.mkdir(parents=True)
    (program / "kohort").write_text(f'#!/bin/sh\nexec {sys.executable} -m api "$@"\n')
    (program / "kohort").chmod(0o755)
    (tmp_path / "settings").write_text(f"KOHORT_STATE={state}\n")
    own = {**os.environ, "SETTINGS": str(tmp_path / "settings"), "PROGRAM": str(program.parent)}
    for _ in range(2):
        words = ["sh", DEPLOY / "kohort-night-copy", copies]
        done = subprocess.run(words, cwd=ROOT, env=own, capture_output=True, text=True, timeout=300)
        assert (done.returncode, done.stderr) == (0, "")
    assert len([each for each in copies.iterdir() if each.is_dir()]) == 2
    archives = list(copies.glob("*-files.tar"))
    assert len(archives) == 2
    with tarfile.open(archives[0]) as archive:
        names = {Path(name).name for name in archive.getnames()}
    assert "withdrawals.tsv" in names
    assert not {name for name in names if name.endswith(".key") or name.startswith("ledger.")}
    assert {each.stat().st_mode & 0o077 for each in copies.iterdir()} == {0}


def test_the_unit_lets_the_program_write_where_its_settings_say() -> None:
    unit = (DEPLOY / "kohort.service").read_text()
    written = {f"/var/lib/{re.findall('^StateDirectory=(.*)', unit, re.M)[0]}": "KOHORT_STATE"} | {
        f"/var/cache/{re.findall('^CacheDirectory=(.*)', unit, re.M)[0]}": "NUMBA_CACHE_DIR"
    }
    for folder, setting in written.items():
        assert Path(environment_file()[setting]).is_relative_to(folder)
    assert f"ReadOnlyPaths={environment_file()['KOHORT_RELEASES']}\n" in unit


def test_a_call_that_the_unit_forbids_fails_and_does_not_end_the_server() -> None:
    assert "\nSystemCallErrorNumber=EPERM\n" in (DEPLOY / "kohort.service").read_text()


def test_the_guide_installs_this_version_in_a_folder_of_its_own() -> None:
    guide = (ROOT / "docs" / "do" / "deploy.md").read_text()
    assert set(re.findall(r"/opt/kohort-([\d.]+\d)", guide)) == {version("kohort")}


def test_kernels_are_warmed_by_the_path_that_the_server_runs_from() -> None:
    """They are kept by it; a program's first line names the version's folder, and not the link to it."""
    for guide in ("deploy.md", "upgrade-and-back-up.md"):
        warmed = re.findall(r"(\S+)/bin/python -P -m engine.kernels.warm", (ROOT / "docs" / "do" / guide).read_text())
        assert warmed and all(re.fullmatch(r"/opt/kohort-[\d.]+", folder) for folder in warmed)


def test_what_builds_the_program_comes_from_the_lock() -> None:
    assert re.search(r"^hatchling==.* \\$", (ROOT / "requirements-server.lock").read_text(), re.M)
    for text in (CONTAINERFILE, (ROOT / "docs" / "do" / "deploy.md").read_text()):
        assert "pip install --no-cache-dir --no-deps --no-build-isolation ." in text.replace(
            "pip install --no-deps", "pip install --no-cache-dir --no-deps"
        )


def test_a_command_of_the_operator_has_the_service_s_settings_and_program(tmp_path: Path) -> None:
    """The wrapper itself, run by a user of the service's name, with folders of the test in place of the system's."""
    program = tmp_path / "opt" / "bin" / "kohort"
    program.parent.mkdir(parents=True)
    program.write_text('#!/bin/sh\necho "$KOHORT_STATE|$KOHORT_PORT|$*"\n')
    program.chmod(0o755)
    who = tmp_path / "bin" / "id"
    who.parent.mkdir()
    who.write_text("#!/bin/sh\necho kohort\n")
    who.chmod(0o755)
    wrapper = tmp_path / "wrapper"
    wrapper.write_text((DEPLOY / "kohort").read_text().replace("/etc/kohort/kohort.env", str(DEPLOY / "kohort.env")))
    environment = {"PATH": f"{who.parent}:/usr/bin:/bin", "PROGRAM": str(tmp_path / "opt")}
    done = subprocess.run(
        ["sh", wrapper, "ledger", "backup", "/a b"], capture_output=True, text=True, env=environment, timeout=60
    )
    assert (done.stdout, done.stderr) == ("/var/lib/kohort/state|8000|ledger backup /a b\n", "")


def test_image_and_services_ask_the_same_of_a_server_and_nothing_of_what_is_none() -> None:
    """By a command that there is, with options that it has."""
    asked: dict[str, Any] = {name: service.get("healthcheck") for name, service in SERVICES.items()}
    assert asked["operator"] == asked["releases"] == {"disable": True}
    (check,) = re.findall(r"^HEALTHCHECK .* CMD (\[.*\])$", CONTAINERFILE, re.M)
    assert asked["kohort"]["test"] == ["CMD", *json.loads(check)]
    assert asked["public"]["test"] == [*asked["kohort"]["test"], "--health"]
    for name in ("kohort", "public"):
        words = asked[name]["test"][2:]
        assert CliRunner().invoke(app, [*words, "--port", "1"]).exit_code == 1, words


def test_the_unit_waits_for_the_sign_that_the_server_gives() -> None:
    unit = (DEPLOY / "kohort.service").read_text()
    assert "\nType=notify\n" in unit
    assert re.search(r"^WatchdogSec=\d+$", unit, re.M)
    assert "AF_UNIX" in re.findall("^RestrictAddressFamilies=(.*)", unit, re.M)[0]
