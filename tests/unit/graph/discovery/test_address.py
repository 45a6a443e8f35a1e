"""Of a URL, only scheme, host and port are ever read."""

import string

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyternetes.graph.discovery.objects.address import Address, purpose_of, read_address
from jupyternetes.graph.discovery.objects.pod import Container, EnvVar


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("jupyterhub-db", Address("jupyterhub-db")),
        ("db.example.org:6432", Address("db.example.org", 6432)),
        ("10.1.2.3", Address("10.1.2.3")),
        ("postgresql://hub:pw@db.data.svc:5432/hub?sslmode=require", Address("db.data.svc", 5432, "postgresql")),
        ("postgresql+psycopg2://u@db/hub", Address("db", 0, "postgresql")),
        ("mysql+pymysql://u:p%2F@h/d", Address("h", 0, "mysql")),
        ("https://[2001:db8::1]:8443/token", Address("2001:db8::1", 8443, "https")),
        ("https://Login.Example.org/realms/lab", Address("login.example.org", 0, "https")),
        ("sqlite:////srv/jupyterhub/jupyterhub.sqlite", Address("", 0, "sqlite")),
    ],
)
def test_addresses_are_read_from_urls_and_hosts(text: str, address: Address) -> None:
    assert read_address(text) == address
    assert read_address(str(address)) == address


@pytest.mark.parametrize(
    "text",
    [
        "",
        "/var/run/postgresql",
        "postgresql:///hub",
        "postgresql://user:pa/ss@db/hub",
        "postgresql://us/er:pass@db/hub",
        "postgresql://user:pa#ss@db/hub",
        "postgresql://user:pa?ss@db/hub",
        "postgresql://user:12/ss@db/hub",
        "https://h:99999/",
        "https://[::1/",
        "two words",
        "host\n",
        "h1,h2:5432",
    ],
)
def test_what_can_be_read_in_two_ways_is_not_read(text: str) -> None:
    assert read_address(text) is None


@pytest.mark.parametrize(
    ("variable", "purpose"),
    [
        ("JUPYTERHUB_DATABASE_HOST", "database"),
        ("JUPYTERHUB_DB_URL", "database"),
        ("PGHOST", "database"),
        ("mysql_host", "database"),
        ("OAUTH2_TOKEN_URL", "oauth"),
        ("KEYCLOAK_URL", "oauth"),
        ("LDAP_SERVER_HOST", "ldap"),
        ("LDAP_URL", "ldap"),
        ("CAS_LOGIN_URL", "login"),
        ("SAML_METADATA_URL", "login"),
        ("CASE_URL", ""),
        ("NEWCAS_URL", ""),
        ("OAUTH_CALLBACK_URL", ""),
        ("JUPYTERHUB_DATABASE_PASSWORD", ""),
        ("JUPYTERHUB_API_URL", ""),
        ("PATH", ""),
    ],
)
def test_names_of_variables_tell_what_they_address(variable: str, purpose: str) -> None:
    assert purpose_of(variable) == purpose


SECRET = st.text(string.ascii_uppercase, min_size=8, max_size=12).map(lambda text: f"X{text}")
DIVIDERS = st.sampled_from(["", "/", "?", "#", ":", "@", "%40", "\\", "[", "]", " ", "\t"])


@given(st.sampled_from(["postgresql", "mysql+pymysql", "https"]), SECRET, SECRET, SECRET, SECRET, DIVIDERS)
def test_user_password_path_and_query_never_stay_in_a_variable(
    scheme: str, user: str, password: str, path: str, query: str, divider: str
) -> None:
    url = f"{scheme}://{user}{divider}{user}:{password}{divider}{password}@db.example.org:5432/{path}?q={query}"

    variable = msgspec.convert({"name": "JUPYTERHUB_DB_URL", "value": url}, EnvVar)

    assert variable.value in ("", f"{scheme.partition('+')[0]}://db.example.org:5432")


@given(st.text(max_size=20), st.text(max_size=40))
def test_values_of_other_variables_are_dropped_while_they_are_decoded(name: str, value: str) -> None:
    variable = msgspec.json.decode(msgspec.json.encode({"name": f"{name}_TOKEN", "value": value}), type=EnvVar)

    assert variable.value == ""


def test_of_arguments_only_those_of_our_operators_stay() -> None:
    body = {"name": "hub", "args": ["--lease-name=a", "--JupyterHub.db_url=postgresql://u:p@h/d", "--token=s3cr3t"]}

    assert msgspec.convert(body, Container).args == ("--lease-name=a",)
