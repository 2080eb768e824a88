"""What search knows of a record beyond its own columns (ADR 20).

What many records say together is said once, as a set with a number, and each record names its sets: its codes, the
texts of its codes, and the clinics and clinicians that it refers to. What tells records apart is a row of its own: an
identifier, a name, an amount. A row names its parameters by a `role`, so that a value that is searched under several
names is kept once.
"""

from __future__ import annotations

from sqlalchemy import Index, Table

from corridor.storage.node.columns import blob, element, metadata, number, ordinal, real, word

code_set = Table(
    "code_set",
    metadata,
    number("number", key=True),
    word("digest"),
    word("main"),
    Index("code_set_digest", "digest", unique=True),
)
"""Codes that stand together in resources of one type; the number begins with the type's, see `kinds`.

`main` is the first `system|code` of the main code. The digest is of everything in the set.
"""

set_code = Table(
    "set_code",
    metadata,
    word("parameter", key=True),
    word("code", key=True),
    number("number", key=True),
    word("system", key=True),
    element(key=True),
    Index("set_code_number", "number", "parameter"),
    sqlite_with_rowid=False,
)
"""The codes and addresses of a set; a row without code and system says that the resource has the parameter."""

text_set = Table(
    "text_set",
    metadata,
    ordinal("number", key=True),
    word("digest"),
    Index("text_set_digest", "digest", unique=True),
)
"""Texts of codes that stand together."""

set_text = Table(
    "set_text",
    metadata,
    ordinal("number"),
    element(),
    word("parameter"),
    word("folded"),
    word("text"),
    Index("set_text_folded", "parameter", "folded"),
    Index("set_text_number", "number"),
)
"""The texts of a set: folded and cut for the index, and as written."""

link_set = Table(
    "link_set",
    metadata,
    ordinal("number", key=True),
    word("digest"),
    Index("link_set_digest", "digest", unique=True),
)
"""Those who treat and where: what many resources refer to together."""

set_link = Table(
    "set_link",
    metadata,
    word("target_id", key=True),
    word("parameter", key=True),
    ordinal("number", key=True),
    word("target_type", key=True),
    element(key=True),
    Index("set_link_number", "number", "parameter"),
    sqlite_with_rowid=False,
)
"""The references of a set."""

role = Table(
    "role",
    metadata,
    word("resource_type", key=True),
    word("parameter", key=True),
    ordinal("role", key=True),
    sqlite_with_rowid=False,
)
"""The parameters of one type under which one value is searched, together one role."""

unit = Table(
    "unit",
    metadata,
    ordinal("number", key=True),
    word("system"),
    word("code"),
    word("canonical"),
    word("text"),
    Index("unit_code", "code", "system", "canonical", "text", unique=True),
)
"""Units of amounts: the name of their UCUM base units or nothing, and how people write them where that is not the code.

A bare number has the empty one.
"""

fact_token = Table(
    "fact_token",
    metadata,
    number("key"),
    ordinal("role"),
    element(),
    word("code"),
    word("system"),
    Index("fact_token_code", "code", "role"),
    Index("fact_token_key", "key"),
)
"""Codes that hardly any two records share: identifiers, telephones."""

fact_string = Table(
    "fact_string",
    metadata,
    number("key"),
    ordinal("role"),
    element(),
    word("folded"),
    word("text"),
    Index("fact_string_folded", "role", "folded"),
    Index("fact_string_key", "key"),
)

fact_date = Table(
    "fact_date",
    metadata,
    number("key"),
    number("start"),
    number("end"),
    ordinal("role"),
    element(),
    Index("fact_date_start", "role", "start"),
    Index("fact_date_key", "key"),
)

fact_quantity = Table(
    "fact_quantity",
    metadata,
    number("key"),
    real("low"),
    real("high"),
    ordinal("role"),
    ordinal("unit"),
    element(),
    real("base_low", empty=True),
    real("base_high", empty=True),
    Index("fact_quantity_low", "role", "low"),
    Index("fact_quantity_key", "key"),
)
"""Amounts as written, and in base units where the unit is UCUM."""

fact_reference = Table(
    "fact_reference",
    metadata,
    number("key"),
    ordinal("role"),
    element(),
    word("target_id"),
    word("target_type"),
    Index("fact_reference_target", "target_id", "role"),
    Index("fact_reference_key", "key"),
)
"""References to what few records refer to."""

FACTS = (fact_token, fact_string, fact_date, fact_quantity, fact_reference)
"""Rows by the record's key."""

sorted_list = Table(
    "sorted_list",
    metadata,
    word("id", key=True),
    ordinal("part", key=True),
    number("until"),
    blob("entries"),
    Index("sorted_list_until", "until"),
)
"""The keys of a long sorted search that is being paged, until it expires."""
