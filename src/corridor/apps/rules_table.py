"""The rules of safety as a page that a clinician reads and marks: `docs/rules.md` is made by it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from corridor.domain.care.rules.rule import GENERAL_KNOWLEDGE, Rule, RuleBook

_HEAD = """# Rules of safety

What the clinician's page may prompt, with the source of each rule. Every prompt supports a decision and prescribes
nothing. This page is made by `corridor rules list --markdown`; a test keeps it true.

* **on** rules speak. Their statement was read in the named source, as the last line of each rule says.
* **off** rules are general knowledge that nobody read in a document for this project. They stay silent until a
  clinician of your country reviews them.
* A fact that nobody told is never taken for a normal one: where a rule waits for a test, the page asks for the test
  and names the rules that wait. A bad result counts however old it is; a good one only for a time: kidney function,
  CD4, viral load and WHO stage for a year, a weight for three months, a negative pregnancy test for six weeks.
  These times are choices of this project.
* Other medicines, conditions and allergies that no record tells are taken as absent; a medicine that cannot be read
  is named as unchecked, and countries that were silent are named on the page.

## How to review and switch on a rule

1. Read the rule here, or in your language: `corridor rules list --language es`.
2. Write what you decided into a TOML file, with the rule's fingerprint. A rule whose wording changes gets another
   fingerprint, and its review no longer holds until somebody reads it again.

   ```toml
   [[review]]
   rule = "RE01"
   fingerprint = "00000000"          # of the rule, from below
   enabled = true                    # false silences a rule that is on
   reviewed_by = "HIV committee of …"
   reviewed_on = 2026-06-01
   ```

3. `corridor rules check reviews.toml` says what is wrong with it, or which rules would speak.
4. Name it in the node's configuration, `rule_reviews = "reviews.toml"`, and start the node again.

## What the country can give

A list of antiretrovirals with its source, its day and the day on which it stops being believed; after that
everything is unknown. What an incomplete list does not name is unknown, not unavailable. Check it with `corridor
formulary check`, and name it in the configuration as `formulary`.

```toml
[formulary]
country = "PE"
source = "…"                         # document or office
reporter = "…"                       # who wrote this file
dated = 2026-05-01
valid_until = 2026-12-31
statement = "stated"                 # or "evidence" (a publication), or "demonstration"
complete = false                     # true: what is not listed cannot be had

[[presentation]]
drugs = "TDF/3TC/DTG"
strength = "300/300/50 mg"

[[stock_out]]                        # a dated statement; without `until` believed for 30 days, then unknown
drugs = "TDF/3TC/DTG"
reported = 2026-06-01
source = "…"
```

"""
_LAB = frozenset({"lab", "is", "lt", "gt", "rise", "older_days"})
_STAND = {
    "who-dak-table": "read in the WHO decision table",
    "read-in-excerpt": "read in the source",
    "read-in-excerpt-partial": "partly read in the source",
    GENERAL_KNOWLEDGE: "general knowledge, not read",
}


def rules_page(book: RuleBook) -> str:
    """The page in Markdown, with the prompts in Spanish, English and Portuguese."""
    on = sum(rule.enabled for rule in book.rules)
    title = f"## The rules ({len(book.rules)}: {on} on, {len(book.rules) - on} off)\n\n"
    return _HEAD + title + "\n".join(line for rule in book.rules for line in _entry(rule)).rstrip() + "\n"


def _entry(rule: Rule) -> Iterator[str]:
    state = "on" if rule.enabled else "off"
    yield f"### {rule.id}: {rule.severity}, {state}, `{rule.fingerprint}`"
    yield ""
    yield f"* Where: {asked_for(rule.when)}"
    yield from (f"* {tongue}: {rule.text.said(tongue)}" for tongue in ("es", "en", "pt"))
    yield from (f"* Sources disagree: {each.source}: {each.says.en}" for each in rule.conflict)
    yield f"* Source ({_STAND[rule.verification]}): {rule.source}"
    yield ""


def asked_for(when: Mapping[str, Any]) -> str:
    """What a rule asks for, in words."""
    lab = {key: value for key, value in when.items() if key in _LAB}
    parts = [_lab(lab)] if lab else []
    parts += [_part(key, value) for key, value in when.items() if key not in lab]
    return " and ".join(parts)


def _part(key: str, value: Any) -> str:
    if key in {"all", "or"}:
        return f" {'and' if key == 'all' else 'or'} ".join(_nested(each) for each in value)
    if key == "not":
        return f"not ({asked_for(value)})"
    if key == "viral_load":
        return _lab({"lab": "viral load", **value})
    return _WORDS[key].format(_listed(value))


def _nested(when: Mapping[str, Any]) -> str:
    """In brackets where it joins others itself."""
    written = asked_for(when)
    joins = len(when.keys() - _LAB) + bool(when.keys() & _LAB) > 1 or bool(when.keys() & {"all", "or"})
    return f"({written})" if joins else written


def _listed(value: Any) -> str:
    if isinstance(value, dict):
        return " ".join(map(str, value.values()))
    return " or ".join(map(str, value)) if isinstance(value, list) else str(value)


def _lab(wanted: Mapping[str, Any]) -> str:
    name = str(wanted["lab"]).replace("_", " ")
    (word,) = set(wanted) - {"lab"}
    value = wanted[word]
    said = {"is": f"is {value}", "lt": f"< {value}", "gt": f"> {value}", "rise": "rises"}
    return f"{name} {said.get(word, f'not within {value} days')}"


_WORDS = {
    "any_arv": "regimen with {}",
    "any_drug": "taking {}",
    "condition": "{}",
    "allergy": "earlier reaction to {}",
    "two_of": "two at once of {}",
    "two_of_class": "two {} at once",
    "anchor_count": "{} anchors",
    "nrti_count_min": "at least {} NRTI",
    "anchor_class": "anchor {}",
    "pi_without_booster": "{} without ritonavir or cobicistat",
    "regimen_only": "regimen or backbone {}",
    "formulation": "{} form",
    "resistance": "resistance: {} or higher",
    "stopping_any": "leaving {}",
    "keeping_any": "keeping {}",
    "starting": "starting {}",
    "not_starting": "nothing new planned",
    "restarting_after_gap": "restarting {} after a gap",
    "switching": "changing regimen",
    "art_status": "{}",
    "who_stage": "WHO stage {}",
    "sex": "{}",
    "age_lt": "younger than {}",
    "age_ge": "{} or older",
}
