"""One good resource of every type that clients write, and a search for each parameter that finds it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.doors.running import Node

SAMPLES: dict[str, Any] = json.loads((Path(__file__).parent / "national_resources.json").read_text(encoding="utf-8"))
TYPES = tuple(SAMPLES)
FIRST = ("Organization", "Practitioner", "Medication", "Patient")
"""Types that the others refer to, in the order in which they can be made."""


@dataclass(slots=True)
class Town:
    """Ids of the resources that all samples refer to."""

    ids: dict[str, str]

    def resource(self, resource_type: str) -> dict[str, Any]:
        """The good resource of a type."""
        return self._filled(SAMPLES[resource_type]["resource"])

    def found_by(self, resource_type: str) -> dict[str, str]:
        """A value for each parameter that finds it."""
        return self._filled(SAMPLES[resource_type]["found_by"])

    def changed(self, resource_type: str) -> dict[str, Any]:
        """The same resource with one element changed."""
        name, value = SAMPLES[resource_type]["change"]
        return self.resource(resource_type) | {name: value}

    def _filled(self, template: dict[str, Any]) -> dict[str, Any]:
        text = json.dumps(template)
        for name, value in self.ids.items():
            text = text.replace("{" + name + "}", value)
        filled: dict[str, Any] = json.loads(text)
        return filled


def settle(node: Node) -> Town:
    """Make what the samples refer to."""
    town = Town({})
    for resource_type in FIRST:
        town.ids[resource_type.lower()] = node.make(town.resource(resource_type))
    return town
