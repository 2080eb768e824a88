"""The command `corridor`."""

from __future__ import annotations

import sys

import typer

from corridor.apps.account_commands import account
from corridor.apps.bench_commands import bench
from corridor.apps.card_commands import card
from corridor.apps.care_commands import read_timeline, regimen, viral_loads
from corridor.apps.ceremony_commands import hold_ceremony, plan_ceremony
from corridor.apps.clerical_commands import clerical
from corridor.apps.client_commands import client
from corridor.apps.consent_commands import consent
from corridor.apps.did_commands import export_documents
from corridor.apps.enrol_commands import enrol
from corridor.apps.epoch_commands import epochs
from corridor.apps.federation_commands import federation
from corridor.apps.hub_commands import hub, migrate
from corridor.apps.identity_commands import identity
from corridor.apps.import_commands import import_files
from corridor.apps.index_commands import index
from corridor.apps.key_commands import keys
from corridor.apps.label_commands import labels
from corridor.apps.node_commands import audit, node, pull
from corridor.apps.pause_commands import pause
from corridor.apps.provider_commands import idp
from corridor.apps.quota_commands import quota
from corridor.apps.resistance_commands import resistance
from corridor.apps.seal_commands import encrypt, erase, relabel, rewrap
from corridor.apps.watch_commands import formulary, rules
from corridor.domain.errors import CorridorError

app = typer.Typer(
    help="Corridor: a treatment history that follows the person across borders.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
node.command("encrypt")(encrypt)
node.command("enrol")(enrol)
node.command("relabel")(relabel)
node.command("rewrap")(rewrap)
node.command("erase")(erase)
app.add_typer(node, name="node")
hub.command("epochs")(epochs)
app.add_typer(hub, name="hub")
keys.command("plan")(plan_ceremony)
keys.command("ceremony")(hold_ceremony)
app.add_typer(keys, name="keys")
federation.command("export")(export_documents)
app.add_typer(federation, name="federation")
identity.command("index")(index)
identity.command("labels")(labels)
identity.add_typer(quota, name="quota")
identity.add_typer(clerical, name="audit")
app.add_typer(identity, name="identity")
app.add_typer(account, name="account")
app.add_typer(client, name="client")
app.add_typer(idp, name="idp")
app.add_typer(audit, name="audit")
app.add_typer(consent, name="consent")
app.add_typer(pause, name="pause")
app.add_typer(card, name="card")
app.add_typer(regimen, name="regimen")
app.add_typer(viral_loads, name="viral-load")
app.command("timeline")(read_timeline)
app.add_typer(resistance, name="resistance")
app.add_typer(rules, name="rules")
app.add_typer(formulary, name="formulary")
app.command("migrate")(migrate)
app.command("pull")(pull)
app.command("import")(import_files)
app.command("bench")(bench)


def main() -> None:
    """Run the command; an error that is ours is one plain sentence and exit code 1."""
    try:
        app()
    except CorridorError as error:
        typer.echo(f"corridor: {error.message}", err=True)
        sys.exit(1)
