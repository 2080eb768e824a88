"""What names do in the five countries: particles, short forms and spellings that sound alike, as reviewable tables."""

from __future__ import annotations

PARTICLES = frozenset(
    ("de", "del", "la", "las", "los", "el", "y", "e", "da", "do", "dos", "das", "di", "van", "von", "der", "den")
)
"""Words that are written or left out at a clerk's whim; a name made of nothing else is kept as it is."""

MARRIED = frozenset(("de", "vda", "viuda"))
"""Words that open a husband's name when they stand before the last surname."""

TITLES = frozenset(("vda", "viuda", "hijo", "jr", "sr", "sra", "don", "dona"))
"""Words around a name that are not part of it."""

JOINED = frozenset(("san", "santa", "mac", "mc", "saint"))
"""Words that belong to the one that follows: San Martín is one surname."""

STREET_WORDS = frozenset(
    (
        "calle", "cll", "cl", "carrera", "cra", "kra", "cr", "avenida", "avda", "av", "ave", "jiron", "jr", "pasaje",
        "psje", "pje", "psj", "diagonal", "dg", "transversal", "tv", "manzana", "mz", "lote", "lt", "numero", "nro",
        "n", "no", "num", "casa", "edificio", "edif", "apartamento", "apto", "depto", "dpto", "piso", "urbanizacion",
        "urb", "barrio", "sector", "vereda", "esquina", "esq", "este", "oeste", "norte", "sur",
    )
)  # fmt: skip
"""Words of an address that every address may hold, in the five countries."""

ABBREVIATIONS = {
    "ma": "maria",
    "mª": "maria",
    "fco": "francisco",
    "fca": "francisca",
    "jse": "jose",
    "gpe": "guadalupe",
    "ant": "antonio",
    "glez": "gonzalez",
    "gzlez": "gonzalez",
    "rguez": "rodriguez",
    "rdguez": "rodriguez",
    "hdez": "hernandez",
    "fdez": "fernandez",
    "mtnez": "martinez",
    "mtz": "martinez",
    "pz": "perez",
    "gmez": "gomez",
    "jmnz": "jimenez",
}
"""Abbreviations in registers, written out."""

NICKNAMES = {
    "pepe": "jose",
    "chepe": "jose",
    "cheo": "jose",
    "pepito": "jose",
    "paco": "francisco",
    "pacho": "francisco",
    "pancho": "francisco",
    "kiko": "francisco",
    "lucho": "luis",
    "luisito": "luis",
    "beto": "alberto",
    "tito": "alberto",
    "toño": "antonio",
    "tono": "antonio",
    "memo": "guillermo",
    "quique": "enrique",
    "kike": "enrique",
    "nacho": "ignacio",
    "chucho": "jesus",
    "chuy": "jesus",
    "manolo": "manuel",
    "manu": "manuel",
    "juancho": "juan",
    "juanito": "juan",
    "charly": "carlos",
    "carlitos": "carlos",
    "migue": "miguel",
    "miguelito": "miguel",
    "rafa": "rafael",
    "alejo": "alejandro",
    "lalo": "eduardo",
    "nando": "fernando",
    "checho": "sergio",
    "gabo": "gabriel",
    "gustavito": "gustavo",
    "javi": "javier",
    "jorgito": "jorge",
    "cholo": "jorge",
    "leo": "leonardo",
    "ricky": "ricardo",
    "richi": "ricardo",
    "santi": "santiago",
    "sebas": "sebastian",
    "tavo": "gustavo",
    "wil": "wilmer",
    "mari": "maria",
    "maruja": "maria",
    "marita": "maria",
    "mariela": "maria",
    "concha": "concepcion",
    "conchita": "concepcion",
    "chela": "graciela",
    "lola": "dolores",
    "lolita": "dolores",
    "lupe": "guadalupe",
    "lupita": "guadalupe",
    "meche": "mercedes",
    "mechas": "mercedes",
    "paty": "patricia",
    "pati": "patricia",
    "rosita": "rosa",
    "charo": "rosario",
    "chayo": "rosario",
    "tere": "teresa",
    "teresita": "teresa",
    "anita": "ana",
    "caro": "carolina",
    "cata": "catalina",
    "clarita": "clara",
    "glori": "gloria",
    "chabela": "isabel",
    "juanita": "juana",
    "kari": "karina",
    "lili": "liliana",
    "luchita": "lucia",
    "marga": "margarita",
    "mago": "margarita",
    "martica": "marta",
    "nati": "natalia",
    "pao": "paola",
    "sandri": "sandra",
    "sofi": "sofia",
    "susi": "susana",
    "vale": "valentina",
    "vero": "veronica",
    "vicky": "victoria",
    "yoli": "yolanda",
    "yuli": "yuliana",
    "gracielita": "graciela",
    "carmencita": "carmen",
    "menchu": "carmen",
    "bety": "beatriz",
    "beti": "beatriz",
    "elenita": "elena",
    "jess": "jesica",
    "mile": "milagros",
    "mili": "milagros",
}
"""Short and fond forms of given names, folded, with the name they most often stand for."""

SHORT_FORMS = frozenset(
    ("ale", "alex", "andy", "andre", "cris", "chris", "dani", "dany", "edu", "fer", "gabi", "gaby", "isa", "pau", "vic")
)
"""Short forms of men's and women's names alike: close to any name that begins as they do."""

SOUNDS = (
    (r"^x(?=[ie])", "j"),
    (r"^(?:i|hi|ll)(?=[aeou])", "y"),
    (r"^y(?=e[fnrs]|on|a[si][or])", "j"),
    (r"ph", "f"),
    (r"ch|tch", "C"),
    (r"sh", "s"),
    (r"th", "t"),
    (r"h", ""),
    (r"gu(?=[ei])", "G"),
    (r"g(?=[eiy])", "j"),
    (r"G", "g"),
    (r"qu(?=[ei])|ck|q", "k"),
    (r"s?c(?=[eiy])|z|tz|ts", "s"),
    (r"cc|c", "k"),
    (r"x|ks", "s"),
    (r"[vw]", "b"),
    (r"ll", "y"),
    (r"n(?=[bp])", "m"),
    (r"(?<=[aeou])i(?=[aeou])", "y"),
    (r"y(?![aeiou])", "i"),
    (r"(.)\1+", r"\1"),
)
"""Spellings that Andean Spanish does not tell apart, as (pattern, replacement), applied in order to a folded word:
x/j, yeismo, y/j in borrowed names, ph/f, mute h, g/j, qu/k/c, seseo, x/s, b/v, n/m, y/i, double letters."""

FILLERS = frozenset(("0", "00000", "12345", "123456", "1234567", "12345678", "123456789", "1234567890", "99999"))
"""Numbers that clerks write where a document is missing; a value shared by many would name itself by its count."""
