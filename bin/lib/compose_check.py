"""Check docker/ and config/: by structure, and with `docker compose` where there is.

Prints what was looked at; each problem is a line on stderr and makes the exit status 1.
"""

import configparser
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = Path("docker/compose.yaml")
NEEDED = {"db", "web", "queue", "webhook"}
PROFILES = {"sim"}
COPY = re.compile(r"^COPY\s+(?!--)(.+)$", re.MULTILINE)
OPTION = re.compile(r"^--([a-z-]+)")


def compose_client(root: Path) -> list[str] | None:
    """What `docker compose config` says; None when this machine has no such client."""
    if not shutil.which("docker"):
        return None
    run = {"capture_output": True, "text": True, "cwd": root}
    if subprocess.run(["docker", "compose", "version"], **run).returncode:
        return None
    command = ["docker", "compose", "-f", str(COMPOSE), "--profile", "*"]
    environment = {**os.environ, "POSTGRES_PASSWORD": "checked"}
    done = subprocess.run([*command, "config", "-q"], **run, env=environment)
    return [f"docker compose: {done.stderr.strip()}"] if done.returncode else []


def structure(root: Path) -> list[str]:
    """Problems of the compose file that need no client to be seen."""
    try:
        content = yaml.safe_load((root / COMPOSE).read_text())
    except (OSError, yaml.YAMLError) as error:
        return [f"{COMPOSE}: {error}"]
    services = content.get("services") or {}
    found = [f"service {name} is missing" for name in sorted(NEEDED - set(services))]
    profiles = {p for service in services.values() for p in service.get("profiles", [])}
    found += [f"no service has the profile {p}" for p in sorted(PROFILES - profiles)]
    taken: dict[str, str] = {}
    for name, service in services.items():
        if service.get("profiles") and name in NEEDED:
            found.append(f"{name}: hidden behind a profile")
        found += [
            f"{name}: {problem}"
            for check in (_image, _others, _volumes, _config)
            for problem in check(root, content, service)
        ]
        found += [f"{name}: {problem}" for problem in _ports(name, service, taken)]
    return found


def _image(root: Path, _content: dict, service: dict) -> list[str]:
    build = service.get("build")
    if not build:
        return [] if service.get("image") else ["neither image nor build"]
    context = (root / COMPOSE.parent / build["context"]).resolve()
    dockerfile = context / build["dockerfile"]
    if not dockerfile.is_file():
        return [f"{build['dockerfile']} is missing"]
    sources = (line.split()[:-1] for line in COPY.findall(dockerfile.read_text()))
    return [
        f"{build['dockerfile']} copies {source}, which is missing"
        for line in sources
        for source in line
        if not (context / source).exists()
    ]


def _others(_root: Path, content: dict, service: dict) -> list[str]:
    """Services that this one names."""
    named = list(service.get("depends_on") or [])
    mode = service.get("network_mode", "")
    if mode.startswith("service:"):
        named.append(mode.removeprefix("service:"))
    return [f"knows no service {n}" for n in named if n not in content["services"]]


def _volumes(_root: Path, content: dict, service: dict) -> list[str]:
    declared = content.get("volumes") or {}
    names = [volume.split(":")[0] for volume in service.get("volumes", [])]
    return [
        f"volume {name} is not declared"
        for name in names
        if not name.startswith((".", "/")) and name not in declared
    ]


def _ports(name: str, service: dict, taken: dict[str, str]) -> list[str]:
    found = []
    for port in service.get("ports", []):
        address, _, inner = str(port).rpartition(":")
        if not address.startswith("127.0.0.1:"):
            found.append(f"port {port} is open to every network")
        if address in taken:
            found.append(f"port {address} is taken by {taken[address]}")
        taken[address] = name
        if not inner.isdigit():
            found.append(f"port {port} is not a number")
    return found


def _config(root: Path, _content: dict, service: dict) -> list[str]:
    """The configuration that the service starts with, and its options."""
    path = (service.get("environment") or {}).get("ODOO_RC")
    if not path:
        return []
    found = []
    if not (root / "config" / Path(path).name).is_file():
        found.append(f"config/{Path(path).name} is missing")
    known = {option for entry in odoo_options().values() for option in entry}
    command = service.get("command") or []
    options = [m[1] for word in command if (m := OPTION.match(word))]
    return found + [f"Odoo has no option --{o}" for o in options if o not in known]


def odoo_options() -> dict[str, set[str]]:
    """Name in a configuration file -> options of the command line; Odoo says."""
    from odoo.tools import config

    return {
        name: {flag.lstrip("-") for flag in getattr(option, "_long_opts", None) or []}
        for name, option in config.options_index.items()
    }


def configurations(root: Path) -> list[str]:
    """Options that Odoo does not know would be ignored with a warning at most."""
    known = odoo_options()
    found = []
    for path in sorted((root / "config").glob("*.conf")):
        parser = configparser.ConfigParser(interpolation=None)
        try:
            parser.read_string(path.read_text())
        except configparser.Error as error:
            found.append(f"{path.name}: {error}")
            continue
        found += [
            f"{path.name}: Odoo has no option {name}"
            for name in parser["options"]
            if name not in known
        ]
        if parser.getboolean("options", "list_db", fallback=True):
            found.append(f"{path.name}: the list of databases is open (list_db)")
        found += [f"{path.name}: {p}" for p in _queue_problems(parser)]
    return found


def _queue_problems(parser: configparser.ConfigParser) -> list[str]:
    """The job runner's own section, read by the runner's own parser."""
    if not parser.has_section("queue_job"):
        return []
    from odoo.addons.queue_job.jobrunner.channels import ChannelManager

    try:
        ChannelManager.parse_simple_config(parser["queue_job"]["channels"])
    except (KeyError, ValueError) as error:
        return [f"channels: {error}"]
    modules = parser["options"].get("server_wide_modules", "")
    if "queue_job" not in modules.split(","):
        return ["queue_job is not among server_wide_modules: no runner starts"]
    return []


def main(root: Path = ROOT) -> int:
    """Return the exit status."""
    client = compose_client(root)
    found = [*(client or []), *structure(root), *configurations(root)]
    how = "with docker compose"
    if client is None:
        how = "by structure only: no docker compose here"
    print(f"{COMPOSE} and config/ checked {how}")
    for problem in found:
        print(f"  {problem}", file=sys.stderr)
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
