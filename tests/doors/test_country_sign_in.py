"""People sign in with their country's identity provider."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from corridor.apps.hub import hub_app
from corridor.apps.node import node_app
from corridor.apps.settings import HubSettings, NodeSettings, hub_settings, node_settings
from corridor.domain.errors import InvalidError
from corridor.storage.database import Database
from corridor.storage.hub import tables as hub_tables
from corridor.storage.node.staff_tables import development_account
from corridor.storage.staff import mark_for_development
from demo.parties import HUB, Party
from tests.databases import KINDS, Databases
from tests.doors.country_provider import parameters, running_provider
from tests.doors.running import PASSWORD, PUBLIC, Node, running_node, serving, settings_of
from tests.doors.visitor import COORDINATORS, Clinic, clinic, hub_in, settings_for


@pytest.fixture(scope="module", params=KINDS)
def place(request: pytest.FixtureRequest, lima: Party, databases: Databases) -> Iterator[Clinic]:
    """A node whose people sign in at a provider."""
    with clinic(lima, databases.migrated(str(request.param), "node")) as made:
        yield made


@pytest.mark.parametrize(
    ("word", "path"), [("hiv-doctor", "/fhir/Patient?_count=1"), ("audit", "/fhir/AuditEvent?_count=1")]
)
def test_the_providers_word_becomes_a_role_and_the_role_its_rights(place: Clinic, word: str, path: str) -> None:
    browser = place.browser()
    assert browser.sign_in(subject=f"u-{word}", roles=["portal", word]).status_code == 200
    headers = {"authorization": f"Bearer {browser.client.cookies['pe-session']}"}
    assert place.node.send("GET", path, None, headers).status == 200
    other = "/fhir/AuditEvent" if "Patient" in path else "/fhir/Patient"
    assert place.node.send("GET", other, None, headers).status == 403


def test_somebody_keeps_one_pseudonym_in_the_log_and_never_a_name(place: Clinic) -> None:
    for _ in range(2):
        place.browser().sign_in(subject="dr-rosa@id.example")
    found = place.node.get("AuditEvent?_count=2&_sort=-date", role="auditor")
    assert b"dr-rosa" not in found.body
    agents = {str(entry["resource"]["agent"][0]["who"]) for entry in found.json["entry"][:2]}
    assert len(agents) == 1


def test_the_way_in_shows_no_secret_and_the_cookie_is_out_of_reach(place: Clinic) -> None:
    browser = place.browser()
    answer = browser.get("/ingreso/proveedor")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    query = parameters(answer.headers["location"])
    assert query["redirect_uri"] == f"{PUBLIC}/ingreso/vuelta"
    assert cookie.split(".")[1].split(";")[0] not in str(query)


def test_the_session_cookie_is_strict_and_the_attempt_ends(place: Clinic) -> None:
    answer = place.browser().sign_in()
    cookies = answer.headers.get_list("set-cookie")
    session = next(each for each in cookies if each.startswith("pe-session="))
    assert "HttpOnly" in session
    assert "SameSite=strict" in session
    assert any(each.startswith('pe-attempt=""') for each in cookies)


def test_leaving_ends_the_session_here_and_leads_to_the_end_of_it_there(place: Clinic) -> None:
    browser = place.browser()
    browser.sign_in()
    page = browser.get("/personas").text
    token = page.split('name="token" value="')[1].split('"')[0]
    answer = browser.client.post(f"http://127.0.0.1:{place.node.port}/salida", data={"token": token})
    address = answer.headers["refresh"].removeprefix("0; url=")
    assert address.startswith(place.provider.issuer.removesuffix("/realm") + "/logout?")
    assert parameters(address)["post_logout_redirect_uri"] == f"{PUBLIC}/ingreso"
    assert not browser.is_in


@pytest.mark.parametrize(
    "said",
    [
        {"issuer": "https://evil.example"},
        {"token_endpoint": "https://evil.example/token"},
        {"jwks_uri": "https://evil.example/keys"},
        {"authorization_endpoint": None},
        {"code_challenge_methods_supported": ["plain"]},
    ],
)
def test_a_provider_that_says_something_else_of_itself_is_not_used(
    lima: Party, databases: Databases, said: dict[str, object]
) -> None:
    with running_provider() as provider:
        provider.says = said
        settings = settings_for(provider)
        with running_node(lima, databases.migrated("sqlite", "node"), identity_provider=settings) as node:
            answer = node.send("GET", "/ingreso/proveedor")
            assert answer.status == 503
            assert "location" not in answer.headers


def test_without_passwords_nobody_enters_with_one(lima: Party, databases: Databases) -> None:
    url = databases.migrated("sqlite", "node")
    with running_node(lima, url) as node:
        assert node.sign_in("clinician", PASSWORD).status == 200
        closed = msgspec.structs.replace(node.settings, password_accounts=False)
    with serving(closed) as port:
        node = Node(closed, port)
        assert node.sign_in("clinician", PASSWORD).status == 401
        assert node.send("POST", "/ingreso", b"account=clinician").status == 405
        assert b'type="password"' not in node.send("GET", "/ingreso").body


@pytest.fixture
def hub_url(databases: Databases) -> str:
    """A database of the hub."""
    return databases.migrated("sqlite", HUB)


async def refused(settings: NodeSettings | HubSettings) -> str:
    """Why a node or the hub does not start."""
    with pytest.raises(InvalidError) as caught:
        await (hub_app(settings) if isinstance(settings, HubSettings) else node_app(settings))
    return caught.value.message


async def test_the_hub_lets_nobody_in_production_enter_as_in_development(
    everybody: dict[str, Party], hub_url: str
) -> None:
    url, hub = hub_url, everybody[HUB]
    with running_provider() as provider:
        in_earnest = hub_in(hub, url, development=False, identity_provider=settings_for(provider, COORDINATORS))
        assert not in_earnest.passwords
        assert "without TLS" in await refused(in_earnest)
    database = Database(url)
    await mark_for_development(database, hub_tables.development_account, "coordina")
    await database.close()
    assert "development" in await refused(hub_in(hub, url, development=False, password_accounts=True))
    with serving(hub_in(hub, url, development=False)) as port:
        node = Node(hub_in(hub, url), port)
        assert node.send("POST", "/ingreso", b"account=coordina").status == 405
        assert b'type="password"' not in node.send("GET", "/ingreso").body


@pytest.mark.parametrize(("place", "role"), [(HUB, "clinician"), ("PE", "coordinator")])
def test_a_provider_that_would_give_roles_of_another_place_stops_the_start(
    everybody: dict[str, Party], tmp_path: Path, place: str, role: str
) -> None:
    config = everybody[place].config.read_text(encoding="utf-8")
    lines = [line for line in config.splitlines() if not line.startswith("identity_provider.")]
    said = (
        f'identity_provider = {{issuer = "https://id.example", client_id = "c", name = "n", roles = {{w = "{role}"}}}}'
    )
    (tmp_path / "place.toml").write_text("\n".join([*lines, said]), encoding="utf-8")
    with pytest.raises(InvalidError, match=role):
        (hub_settings if place == HUB else node_settings)(tmp_path / "place.toml")


async def test_in_production_a_development_provider_is_no_way_in(lima: Party, databases: Databases) -> None:
    url = databases.migrated("sqlite", "node")
    with running_provider() as provider:
        in_earnest = msgspec.structs.replace(
            settings_of(lima.config, url), development=False, identity_provider=settings_for(provider)
        )
        assert "without TLS" in await refused(in_earnest)


async def test_in_production_accounts_of_development_stop_the_start(lima: Party, databases: Databases) -> None:
    url = databases.migrated("sqlite", "node")
    database = Database(url)
    await mark_for_development(database, development_account, "doctora")
    await database.close()
    in_earnest = msgspec.structs.replace(settings_of(lima.config, url), development=False, password_accounts=True)
    assert "development" in await refused(in_earnest)


async def test_a_secret_that_others_can_read_stops_the_start(lima: Party, databases: Databases, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("s3cret of the provider", encoding="utf-8")
    secret.chmod(0o644)
    with running_provider() as provider:
        settings = msgspec.structs.replace(
            settings_of(lima.config, databases.migrated("sqlite", "node")),
            identity_provider=settings_for(provider, secret_file=str(secret)),
        )
        assert "its owner alone" in await refused(settings)
