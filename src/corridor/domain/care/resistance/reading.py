"""The words of a resistance report: mutations by gene, genes without any, and what cannot be read."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from corridor.domain.care.lexicon import fold, words_of
from corridor.domain.care.resistance.genotype import Gene, Mutation, Unread, joined
from corridor.domain.care.resistance.notation import MUTATION, Written, gene_of, placed, with_one_letter, written

_LONGEST = 20_000
_NAMES = {
    Gene.PR: "pr pro prot protease proteasa protesa pi ip ips pis",
    Gene.RT: "rt tr transcriptasa transcriptase reversa inversa reverse nrti nnrti itrn itrnn inti innti intr inntr",
    Gene.IN: "in int integrase integrasa insti ini inis inin",
    Gene.CA: "ca capsid capside capsida cai",
}
_GENES = {name: gene for gene, names in _NAMES.items() for name in names.split()}
_WEAK = frozenset({"in", "ca", "pi", "ip", "pro", "int", "tr", "ini"})
"""Names that are words too: they name a gene in capitals, or where a sign that joins them to a mutation follows."""
_SEGMENT = re.compile(
    r"[;\n\r|]+|\.(?=\s|$)|,(?=\s*[A-Za-zçãó ]{2,30}:)"
    rf"|,(?=\s?(?:{'|'.join(_GENES)})\s?"
    r"(?:none|ningun[oa]|nenhuma?|negativ[oae]|wt|sin mutaciones|sem muta..es)\s?(?:,|$))",
    re.IGNORECASE,
)
"""Where one part of a report ends: what it denies is not what the next one finds."""
_LABEL = re.compile(r"(?<![A-Za-z0-9])([A-Za-zçãó]{2,14})(?![A-Za-z0-9])(\s?[:_=\-])?")
_GLUED = re.compile(r"(?<![A-Za-z0-9])(PR|RT|IN|CA)[_:.\-]?(?=[A-Za-zΔ]?\d)", re.IGNORECASE)
_NOISE = re.compile(
    r"\(?\s?[<>]?\s?\d{1,3}(?:[.,]\d{1,3})?\s?%\s?\)?"  # share of the reads
    r"|\b(?:HIV|VIH)[\s-]?1\b|\bCRF\s?\d+_\w+|\b(?:sub)?(?:tipo|type)\s[A-K]\d?\b"
    r"|\b\d{4}-\d\d-\d\d\b|\b\d{1,2}/\d{1,2}/\d{4}\b",
    re.IGNORECASE,
)
_DRUG = re.compile(r"\b(?:3TC|d4T)\b", re.IGNORECASE)
"""Drugs whose names look like a mutation."""
_WORD = re.compile(r"[^\W_]+")
_NUCLEOTIDES = re.compile(r"[ACGTURYSWKMBDHVN-]{60}", re.IGNORECASE)
_HIV_2 = re.compile(r"\b(?:hiv|vih)[\s-]?2\b")
_NOT_DONE = re.compile(
    r"amplific|\bfail|fallid|\bfalh|unable|insuf|indetermin|no se pudo|no fue posible|nao foi possivel|not (?:done|seq)"
    r"|no (?:se )?(?:realiz|secuenci)|nao (?:se )?(?:realiz|sequenc)|unsuccess|pend(?:ing|iente|ente)|inconclu"
)
_NONE = re.compile(
    r"\b(?:no|none|not|nil|sin|sem|without|ningun[oa]?|nenhuma?|nao|absent|ausen\w+|negativ\w*|wild|wt|silvestre|selvagem)\b"
)
_SAYS_SOMETHING = re.compile(r"resist|detect|present|identif|found|encontr|observ")
_FILLERS = frozenset(
    words_of(
        "a al and type detecta detectan detectam detectaron encuentran encontraron observan observam "
        "observada observadas observed identifican identificaron con com de del da do "
        "das dos e el en em for gen gene genes genotype genotipo "
        "genotipificacion la las los mutacion mutaciones mutacao mutacoes mutation mutations detected "
        "detectada detectadas detectado found encontrada encontradas identified identificada identificadas "
        "resistance resistencia drugs associated asociada asociadas major minor mayor mayores menor menores "
        "maior maiores principal principales accessory accesoria accesorias acessoria acessorias other others "
        "otra otras outras list lista para polymorphism polymorphisms polimorfismo polimorfismos present "
        "presente presentes relevant relevante relevantes relevancia y result resultado of on the drm drms "
        "mut muts was were se hiv vih region codon position posicion posicao inhibitor inhibitors inhibidores "
        "inibidores in any rna arn known conocida conocidas amino acid aa "
    )
)
"""Words of a report that say nothing about which drugs still work."""


@dataclass(frozen=True, slots=True)
class ReportReading:
    """What a text of a resistance report says.

    Attributes:
        mutations: sorted, each position once.
        sequenced: genes that it gives a result for: mutations, or that there are none.
        unread: parts that could not be read, as written.
    """

    mutations: tuple[Mutation, ...] = ()
    sequenced: frozenset[Gene] = frozenset()
    unread: tuple[Unread, ...] = ()


def read_report(text: str, genes: Collection[Gene] = ()) -> ReportReading:
    """Read a list of mutations or a sentence about them, in Spanish, Portuguese or English.

    A mutation without a gene goes to the gene that it fits; where several fit, it stays unread. A part that denies
    something and names mutations stays unread too: nobody can tell from afar what it denies.

    Args:
        text: as written, such as `RT: K103N, M184V; PR: sin mutaciones`.
        genes: what the text is about, as far as its place tells; empty where it does not.
    """
    if len(text) > _LONGEST:
        return ReportReading(unread=(Unread(text[:200] + " …", why="too-long"),))
    if is_sequence(text):
        return ReportReading(unread=(Unread(text.strip()[:200], why="sequence"),))
    if _HIV_2.search(fold(text)):
        return ReportReading(unread=(Unread(text.strip(), why="hiv-2"),))
    told = frozenset(genes)
    parts: list[ReportReading] = []
    for segment in filter(str.strip, _SEGMENT.split(with_one_letter(text))):
        part, told = _segment(segment, told, frozenset(genes))
        parts.append(part)
    return ReportReading(
        joined(mutation for part in parts for mutation in part.mutations),
        frozenset(gene for part in parts for gene in part.sequenced),
        tuple(unread for part in parts for unread in part.unread),
    )


def is_sequence(text: str) -> bool:
    """Whether a text holds nucleotides, such as a FASTA file, instead of words."""
    return _NUCLEOTIDES.search("".join(text.split())) is not None


def is_plain_word(folded: str) -> bool:
    """Whether a word of a report only joins mutations, names a gene or says that there is nothing."""
    return folded in _FILLERS or folded in _GENES or _NONE.fullmatch(folded) is not None


def genes_named(text: str) -> frozenset[Gene]:
    """The genes that a name speaks of, such as `HIV reverse transcriptase + protease gene mutations detected`."""
    found: set[Gene] = set()
    position = 0
    while (match := _label(text, position)) is not None:
        found.add(_GENES[fold(match[1])])
        position = match.end()
    return frozenset(found)


def _segment(text: str, told: frozenset[Gene], given: frozenset[Gene]) -> tuple[ReportReading, frozenset[Gene]]:
    """One part of a report, and the genes that what follows is about."""
    plain = _GLUED.sub(lambda match: f"{match[1]}: ", _DRUG.sub("(drug)", _NOISE.sub(" ", text)))
    about = _Scan(told or given)
    rest = about.read(plain)
    folded = fold(text)
    if _NOT_DONE.search(folded) or (about.found and _NONE.search(folded)):
        why = "not-done" if _NOT_DONE.search(folded) else "ambiguous"
        return ReportReading(unread=(Unread(text.strip(), _only(about.genes), why),)), about.genes
    none = not about.found and _NONE.search(folded) is not None
    left = [word for word in _WORD.findall(rest) if not is_plain_word(fold(word))]
    unread = list(about.unread)
    if none and not about.genes:
        unread.append(Unread(text.strip(), why="gene"))
    if not (about.found or none or left) and _SAYS_SOMETHING.search(folded) and not folded.rstrip().endswith(":"):
        left = [text.strip()]
    if left:
        unread.append(Unread(" ".join(left) if about.found else text.strip(), _only(about.genes)))
    sequenced = about.genes if none and not left else frozenset(each.gene for each in about.mutations)
    changed = tuple(each for each in about.mutations if each.amino_acids != each.consensus)
    return ReportReading(changed, sequenced, tuple(unread)), about.genes


def _only(genes: frozenset[Gene]) -> Gene | None:
    return next(iter(genes)) if len(genes) == 1 else None


class _Scan:
    """Reads the names of genes and the mutations of one part, from left to right.

    Args:
        genes: what the part is about until it says otherwise.
    """

    def __init__(self, genes: frozenset[Gene]) -> None:
        self.genes = genes
        self.mutations: list[Mutation] = []
        self.unread: list[Unread] = []
        self._named = False

    @property
    def found(self) -> bool:
        """Whether there is any mutation, placed or not."""
        return bool(self.mutations or self.unread)

    def read(self, text: str) -> str:
        """Read a part; gives what is left of it."""
        left, position = [], 0
        while (match := self._next(text, position)) is not None:
            left.append(text[position : match.start()])
            position = match.end()
        return " ".join((*left, text[position:]))

    def _next(self, text: str, position: int) -> re.Match[str] | None:
        mutation, label = MUTATION.search(text, position), _label(text, position)
        if label is not None and (mutation is None or label.start() < mutation.start()):
            gene = frozenset({_GENES[fold(label[1])]})
            self.genes = self.genes | gene if self._named else gene
            self._named = True
            return label
        if mutation is not None:
            self._named = False
            self._place(mutation.group().strip(), written(mutation))
        return mutation

    def _place(self, text: str, found: Written) -> None:
        gene = _only(self.genes) or gene_of(found, self.genes or frozenset(Gene))
        mutation = None if gene is None or found.ambiguous else placed(found, gene)
        if mutation is not None:
            self.mutations.append(mutation)
        else:
            self.unread.append(Unread(text, gene, "ambiguous" if gene is None or found.ambiguous else "unreadable"))


def _label(text: str, position: int) -> re.Match[str] | None:
    for match in _LABEL.finditer(text, position):
        name = fold(match[1])
        if name in _GENES and (name not in _WEAK or match[1].isupper() or match[2]):
            return match
    return None
