"""What the build needs to know of the machine it runs on, none of which may end up in an image.

A package index, a certificate authority, a folder of wheels or a proxy comes from the environment, in the variables of
the programs themselves. It reaches the build stages as secret mounts, a read-only volume and the build arguments that
every builder knows beforehand: all three leave no trace in layers or history.
"""

from collections.abc import Mapping
from pathlib import Path

# Of pip's configuration page: those that say where packages come from and how to reach that place.
_PIP_SETTINGS = ("index-url", "extra-index-url", "trusted-host", "proxy", "default-timeout", "retries")
_CERTIFICATES = ("PIP_CERT", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")
_MOUNTED_CERTIFICATES = "/run/secrets/ca.crt"
_MOUNTED_WHEELS = "/run/wheels"


def build_options(environment: Mapping[str, str], folder: Path) -> list[str]:
    """Options of `buildah build` for this machine; files that they name are written to `folder`."""
    certificates = _certificates(environment)
    wheels = _wheel_folder(environment)
    options = [f"--secret=id=ca.crt,src={certificates}"] if certificates else []
    options += [f"--volume={wheels}:{_MOUNTED_WHEELS}:ro"] if wheels else []
    for name, content in (("pip.conf", pip_configuration(environment)), ("npmrc", npm_configuration(environment))):
        path = folder / name
        path.touch(mode=0o600)
        path.write_text(content)
        options.append(f"--secret=id={name},src={path}")
    spellings = [spelling for name in _PROXIES for spelling in (name, name.lower())]
    return options + [f"--build-arg={name}={environment[name]}" for name in spellings if environment.get(name)]


def pip_configuration(environment: Mapping[str, str]) -> str:
    """A pip.conf for the build stages."""
    settings = {name: environment.get(f"PIP_{name.upper().replace('-', '_')}", "") for name in _PIP_SETTINGS}
    if _certificates(environment):
        settings["cert"] = _MOUNTED_CERTIFICATES
    links = environment.get("PIP_FIND_LINKS", "")
    if _wheel_folder(environment):
        settings["find-links"] = _MOUNTED_WHEELS
    elif "://" in links:
        settings["find-links"] = links
    return "\n".join(["[global]", *(f"{name} = {value}" for name, value in settings.items() if value), ""])


def npm_configuration(environment: Mapping[str, str]) -> str:
    """An npmrc for the build stages."""
    registry = environment.get("NPM_CONFIG_REGISTRY") or environment.get("npm_config_registry")
    return f"registry={registry}\n" if registry else ""


def _certificates(environment: Mapping[str, str]) -> str | None:
    named = (environment.get(name) for name in _CERTIFICATES)
    return next((path for path in named if path and Path(path).is_file()), None)


def _wheel_folder(environment: Mapping[str, str]) -> str | None:
    folder = environment.get("PIP_FIND_LINKS", "")
    return folder if folder and Path(folder).is_dir() else None
