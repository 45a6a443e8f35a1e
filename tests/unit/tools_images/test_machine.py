"""What a build is told of the machine: only what its environment says, by ways that leave nothing in the image."""

from pathlib import Path

import pytest

from tools.images.machine import build_options, npm_configuration, pip_configuration


@pytest.fixture
def certificates(tmp_path: Path) -> Path:
    path = tmp_path / "ca.pem"
    path.write_text("certificate")
    return path


def test_bare_environment_tells_nothing(tmp_path: Path) -> None:
    options = build_options({}, tmp_path)

    assert [option for option in options if not option.startswith("--secret=")] == []
    assert pip_configuration({}) == "[global]\n"
    assert npm_configuration({}) == ""


def test_index_reaches_pip_by_a_secret_only(tmp_path: Path) -> None:
    options = build_options({"PIP_INDEX_URL": "https://name:word@index.example/simple"}, tmp_path)

    assert "word" not in " ".join(options)
    assert "index-url = https://name:word@index.example/simple" in (tmp_path / "pip.conf").read_text()
    assert (tmp_path / "pip.conf").stat().st_mode & 0o077 == 0


def test_certificates_are_mounted_and_named_to_pip(tmp_path: Path, certificates: Path) -> None:
    environment = {"PIP_CERT": str(certificates)}

    assert f"--secret=id=ca.crt,src={certificates}" in build_options(environment, tmp_path)
    assert "cert = /run/secrets/ca.crt" in pip_configuration(environment)


def test_certificates_that_are_not_there_are_passed_over(certificates: Path) -> None:
    environment = {"PIP_CERT": "/nowhere/ca.pem", "SSL_CERT_FILE": str(certificates)}

    assert "cert = /run/secrets/ca.crt" in pip_configuration(environment)
    assert "cert" not in pip_configuration({"PIP_CERT": "/nowhere/ca.pem"})


def test_folder_of_wheels_is_mounted_read_only(tmp_path: Path) -> None:
    environment = {"PIP_FIND_LINKS": str(tmp_path)}

    assert f"--volume={tmp_path}:/run/wheels:ro" in build_options(environment, tmp_path)
    assert "find-links = /run/wheels" in pip_configuration(environment)


def test_folder_of_wheels_that_is_not_there_is_passed_over(tmp_path: Path) -> None:
    environment = {"PIP_FIND_LINKS": str(tmp_path / "nowhere")}

    assert not any("--volume" in option for option in build_options(environment, tmp_path))
    assert pip_configuration(environment) == "[global]\n"


def test_page_of_wheels_is_named_to_pip() -> None:
    assert "find-links = https://wheels.example/" in pip_configuration({"PIP_FIND_LINKS": "https://wheels.example/"})


@pytest.mark.parametrize("name", ["NPM_CONFIG_REGISTRY", "npm_config_registry"])
def test_registry_reaches_npm(name: str) -> None:
    assert npm_configuration({name: "https://registry.example/"}) == "registry=https://registry.example/\n"


def test_proxies_are_the_arguments_that_every_builder_knows(tmp_path: Path) -> None:
    options = build_options({"HTTPS_PROXY": "http://proxy.example:3128", "no_proxy": "example"}, tmp_path)

    arguments = [option for option in options if option.startswith("--build-arg=")]
    assert arguments == ["--build-arg=HTTPS_PROXY=http://proxy.example:3128", "--build-arg=no_proxy=example"]
