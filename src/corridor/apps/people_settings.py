"""What an operator writes of the people who may sign in, at a node and at the hub alike."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated

import msgspec

from corridor.domain.principal import Role
from corridor.domain.provider import STAFF_ROLES

KeyOrigin = Annotated[str, msgspec.Meta(pattern=r"^(https://[a-z0-9.\-]+|http://127\.0\.0\.1)(:[0-9]{1,5})?$")]
Text = Annotated[str, msgspec.Meta(min_length=1)]
ProviderAddress = Annotated[str, msgspec.Meta(pattern=r"^https?://[a-z0-9.\-]+(:[0-9]{1,5})?(/[^?#\s]*)?$")]

COORDINATORS = frozenset({Role.COORDINATOR})


class ProviderSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The identity provider at which people sign in, `[node.identity_provider]` or `[hub.identity_provider]`.

    Attributes:
        issuer: exactly as it names itself, such as `https://id.example/realms/health`.
        client_id: by which it knows this node or hub.
        name: for people, on the button.
        roles: which of its words stands for which role, such as `hiv-clinician = "clinician"`.
        role_claim: of the ID token, in which those words stand; a dot leads into a claim.
        levels: of assurance (`acr`), one of which is required; empty for any.
        secret_file: holds the secret that was agreed with it, for its owner alone; empty for none.
        origins: further ones at which its addresses lie, such as `https://keys.example`.
    """

    issuer: ProviderAddress
    client_id: Text
    name: Text
    roles: dict[Text, Role]
    role_claim: Text = "roles"
    scope: Text = "openid"
    levels: tuple[Text, ...] = ()
    secret_file: str = ""
    origins: tuple[KeyOrigin, ...] = ()


class PeopleSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Who may sign in.

    Attributes:
        identity_provider: at which people sign in; None where accounts with passwords are all there is.
        development: lets in what nobody should meet in earnest: a development identity provider, addresses without
            TLS, accounts with passwords that others know.
        password_accounts: whether accounts of this place's own can sign in; None for what `development` says.
        idle_minutes: after which a sign-in ends that nobody used.
    """

    identity_provider: ProviderSettings | None = None
    development: bool = False
    password_accounts: bool | None = None
    idle_minutes: Annotated[int, msgspec.Meta(ge=1, le=480)] = 30

    @property
    def passwords(self) -> bool:
        """Whether accounts of this place's own can sign in."""
        return self.development if self.password_accounts is None else self.password_accounts

    @property
    def idle(self) -> timedelta:
        """How long a sign-in lasts that nobody uses."""
        return timedelta(minutes=self.idle_minutes)

    @property
    def roles_here(self) -> frozenset[Role]:
        """Roles that people can have here."""
        return STAFF_ROLES

    def wrong_roles(self) -> str:
        """Roles that the provider would give and that nobody can have here; empty where there are none."""
        given = set(self.identity_provider.roles.values()) if self.identity_provider else set()
        return ", ".join(sorted(given - self.roles_here))

    def provider_in(self, folder: Path) -> ProviderSettings | None:
        """The identity provider with its secret's file made absolute."""
        found = self.identity_provider
        if found is None or not found.secret_file:
            return found
        return msgspec.structs.replace(found, secret_file=str(folder / found.secret_file))
