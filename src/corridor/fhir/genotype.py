"""Resistance genotypes out of Observations and DiagnosticReports, as laboratories of several countries write them."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Sequence
from typing import Any

from corridor.domain.care.lexicon import LOINC_SYSTEM, fold
from corridor.domain.care.resistance.genotype import Gene, Genotype, Unread, joined
from corridor.domain.care.resistance.reading import ReportReading, genes_named, is_sequence, read_report
from corridor.domain.care.resistance.sequence import read_sequence
from corridor.fhir.medication import concept_codes, concept_texts

Resource = dict[str, Any]

_GENES = {
    "33630-5": {Gene.PR},
    "49573-9": {Gene.PR},
    "30554-0": {Gene.RT},
    "45182-3": {Gene.PR, Gene.RT},
    "61199-6": {Gene.IN},
}
"""Genes by LOINC code. Source: loinc.org; see the notice on LOINC."""
_GENE_STUDIED = "48018-6"
"""LOINC: gene studied, of a report in the form of the HL7 genomics guide."""
_NEGATIVE = re.compile(
    r"\b(?:no|not|nao|negativ\w*|absent|ausent\w*|undetected|260415000|260385009|LA9634-2)\b", re.IGNORECASE
)
_POSITIVE = re.compile(r"\b(?:si|sim|yes|positiv\w*|present\w*|detect\w*|260373001|10828004|LA9633-4)\b", re.IGNORECASE)
_LARGEST_ATTACHMENT = 400_000
_TEXTUAL = re.compile(r"text/|fasta|x-fasta|chemical/seq", re.IGNORECASE)


def genotype(resource: Resource) -> Genotype | None:
    """What an Observation or a DiagnosticReport about resistance says of genes; None where it holds no result.

    Read are the value, every component and their codes, the conclusion with its codes, and attached texts. A result
    is taken for the gene that its own code names, else for that of the whole. Sequences are compared with the
    consensus; what cannot be read is kept as written.
    """
    about = _genes_of(resource)
    readings = [*_values(resource, about), *_components(resource, about), *_conclusions(resource, about)]
    if not readings:
        return None
    return Genotype(
        mutations=joined(each for reading in readings for each in reading.mutations),
        sequenced=frozenset(gene for reading in readings for gene in reading.sequenced),
        unread=tuple(dict.fromkeys(each for reading in readings for each in reading.unread)),
    )


def _genes_of(resource: Resource) -> frozenset[Gene]:
    """The genes that a code, or a component that says which gene was studied, names."""
    studied = [part for part in _rows(resource.get("component")) if _is_gene_studied(part)]
    named = frozenset(gene for part in studied for text in _texts(part) for gene in genes_named(text.upper()))
    return named or _named(resource.get("code"))


def _named(concept: Any) -> frozenset[Gene]:
    codes = [code for system, code in concept_codes(concept) if system == LOINC_SYSTEM]
    coded = frozenset(gene for code in codes for gene in _GENES.get(code, ()))
    return coded or frozenset(gene for text in concept_texts(concept) for gene in genes_named(text))


def _is_gene_studied(part: Resource) -> bool:
    return any(code == _GENE_STUDIED for _, code in concept_codes(part.get("code")))


def _values(resource: Resource, about: frozenset[Gene]) -> Iterator[ReportReading]:
    """The readings of the value itself; a code that is a mutation is found unless the value denies it."""
    name = next(concept_texts(resource.get("code")), "")
    said = read_report(name, about)
    texts = _texts(resource)
    if said.mutations:
        yield _found(said, resource, texts, about=about)
    else:
        yield from (_read(text, about) for text in texts)


def _components(resource: Resource, about: frozenset[Gene]) -> Iterator[ReportReading]:
    for part in _rows(resource.get("component")):
        if not _is_gene_studied(part):
            yield from _values(part, _named(part.get("code")) or about)


def _found(said: ReportReading, resource: Resource, texts: Sequence[str], *, about: frozenset[Gene]) -> ReportReading:
    """What an observation named for a mutation says: found, not found, or something that nobody here can read.

    That one mutation was not found tells that a gene was sequenced only where the report is about that gene.
    """
    if resource.get("valueBoolean") is False or any(_NEGATIVE.search(fold(text)) for text in texts):
        return ReportReading(sequenced=said.sequenced & about)
    unclear = [text for text in texts if not _POSITIVE.search(fold(text)) and not read_report(text).mutations]
    if unclear:
        return ReportReading(unread=tuple(Unread(text, why="ambiguous") for text in unclear))
    return said if texts or resource.get("valueBoolean") is True else ReportReading()


def _conclusions(resource: Resource, about: frozenset[Gene]) -> Iterator[ReportReading]:
    conclusion = resource.get("conclusion")
    texts = [conclusion] if isinstance(conclusion, str) and conclusion.strip() else []
    texts += [text for code in _rows(resource.get("conclusionCode")) for text in concept_texts(code)]
    texts += [text for form in _rows(resource.get("presentedForm")) if (text := _attached(form))]
    yield from (_read(text, about) for text in texts)


def _read(text: str, about: frozenset[Gene]) -> ReportReading:
    return read_sequence(text) if is_sequence(text) else read_report(text, about)


def _texts(resource: Resource) -> list[str]:
    """The answer of an observation in every form that words can have; of a code its text, else its display."""
    found = [text for key in ("valueString",) if isinstance(text := resource.get(key), str) and text.strip()]
    concept = resource.get("valueCodeableConcept")
    if isinstance(concept, dict):
        shown = list(dict.fromkeys(concept_texts(concept)))
        found += shown[:1] if isinstance(concept.get("text"), str) else shown
        found += [] if shown else [code for _, code in concept_codes(concept)]
    return found


def _attached(form: Resource) -> str:
    """The words of an attached text, such as a FASTA file; nothing for pictures and PDF."""
    content, kind = form.get("data"), form.get("contentType")
    if not isinstance(content, str) or not isinstance(kind, str) or not _TEXTUAL.search(kind):
        return ""
    try:
        return base64.b64decode(content[:_LARGEST_ATTACHMENT], validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return ""


def _rows(value: Any) -> list[Resource]:
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []
