"""How are names kept findable: by their start, by their last word, and with one letter wrong?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import CharField, Func, Value
from django.db.models.functions import Collate, Lower

SHORTEST = 4  # letters; one typo in a shorter word leaves too little to go by
LONGEST = 40

# Byte order ("C") makes "starts with" a plain range on a plain index, whatever the text holds.
NAME_KEY = Collate(Lower("name"), "C")
LAST_WORD_KEY = Collate(
    Lower(Func("name", Value(" "), Value(-1), function="split_part", output_field=CharField())), "C"
)

_LEARN = """
INSERT INTO customers_nameword (word, spellings)
SELECT word, array(
    SELECT left(word, i - 1) || substr(word, i + 1) FROM generate_series(1, length(word)) i
) || word::text
FROM (
    SELECT DISTINCT unnest(
        ARRAY[split_part(lower(name), ' ', 1), split_part(lower(name), ' ', -1)]
    ) COLLATE "C" AS word
    FROM new_rows
) new_words
WHERE length(word) BETWEEN 4 AND 40
    AND NOT EXISTS (SELECT 1 FROM customers_nameword known WHERE known.word = new_words.word);
"""
_FORGET = """
DELETE FROM customers_nameword known USING (
    SELECT DISTINCT unnest(
        ARRAY[split_part(lower(name), ' ', 1), split_part(lower(name), ' ', -1)]
    ) COLLATE "C" AS word
    FROM old_rows
) old_words
WHERE known.word = old_words.word
    AND NOT EXISTS (
        SELECT 1 FROM customers_customer
        WHERE lower(split_part(name, ' ', -1)) COLLATE "C" = old_words.word
    )
    AND NOT EXISTS (
        SELECT 1 FROM customers_customer
        WHERE lower(name) COLLATE "C" >= old_words.word || ' '
            AND lower(name) COLLATE "C" < old_words.word || '!'
    );
"""
_RENAMED_TO = """
    (SELECT new_rows.name FROM new_rows JOIN old_rows USING (id)
    WHERE new_rows.name <> old_rows.name) renamed
"""
_RENAMED_FROM = _RENAMED_TO.replace("SELECT new_rows.name", "SELECT old_rows.name")


class NameWord(models.Model):
    """A first or last word of some customer's name with every spelling one letter shorter.

    Triggers on Customer keep it. One that two writers add at once may stand here twice: without
    a unique index neither waits for the other.
    """

    word = models.CharField(max_length=40, db_collation="C")
    spellings = ArrayField(models.CharField(max_length=40))

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["word"], name="name_word"),
            GinIndex(fields=["spellings"], name="name_word_spellings"),
        ]

    def __str__(self) -> str:
        return self.word


def learn_words() -> Iterator[pgtrigger.Trigger]:
    """New words of new and changed names, once a statement: a bulk load costs one pass."""
    yield pgtrigger.Trigger(
        name="learn_name_words",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        referencing=pgtrigger.Referencing(new="new_rows"),
        func=_LEARN + "RETURN NULL;",
    )
    yield pgtrigger.Trigger(
        name="relearn_name_words",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=pgtrigger.Update,
        referencing=pgtrigger.Referencing(old="old_rows", new="new_rows"),
        func=_LEARN.replace("new_rows\n", _RENAMED_TO)
        + _FORGET.replace("old_rows\n", _RENAMED_FROM)
        + "RETURN NULL;",
    )


def forget_words() -> Iterator[pgtrigger.Trigger]:
    """Words that nobody bears any more go with the last who bore them."""
    yield pgtrigger.Trigger(
        name="forget_name_words",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=pgtrigger.Delete,
        referencing=pgtrigger.Referencing(old="old_rows"),
        func=_FORGET + "RETURN NULL;",
    )


def spellings(word: str) -> list[str]:
    """The word and all that is left when one letter is missing.

    Two words one typo apart (a letter more, less, other, or two swapped) share one of them:
    symmetric delete, as in Garbe's SymSpell (2012).
    """
    return [word, *{word[:i] + word[i + 1 :] for i in range(len(word))}]


def is_one_typo(one: str, other: str) -> bool:
    """Whether one letter more, less or other, or two neighbours swapped, makes one the other."""
    if one == other:
        return True
    start = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), None)
    if start is None:
        return abs(len(one) - len(other)) == 1
    rest, other_rest = one[start:], other[start:]
    return (
        rest[1:] == other_rest[1:]
        or rest[1:] == other_rest
        or rest == other_rest[1:]
        or (rest[1:2] + rest[:1] == other_rest[:2] and rest[2:] == other_rest[2:])
    )
