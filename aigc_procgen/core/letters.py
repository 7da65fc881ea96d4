"""What can be said: the runs of consonants and of vowels in a word, and where they stand."""

from __future__ import annotations

from collections.abc import Collection, Iterator

__all__ = ["VOWELS", "can_be_said", "runs"]

VOWELS = frozenset("aeiouy")


def runs(word: str) -> Iterator[str]:
    """The runs of letters in a word that not every tongue can say, marked with where they stand.

    Those are two or more consonants at the rim ("^br", "rd$"), three or more within, three or more
    vowels anywhere.

    >>> list(runs("bramblestrand")), list(runs("aelia"))
    (['^br', 'mbl', 'str', 'nd$'], [])
    """
    start = 0
    while start < len(word):
        vowel = word[start] in VOWELS
        end = start
        while end < len(word) and (word[end] in VOWELS) is vowel:
            end += 1
        rim = start == 0 or end == len(word)
        if end - start >= (2 if rim and not vowel else 3):
            yield "^" * (start == 0) + word[start:end] + "$" * (end == len(word))
        start = end


def can_be_said(word: str, known: Collection[str]) -> bool:
    """Whether all runs of the word are among the `known` ones, and no sound is said thrice.

    Refused are words without a vowel or a consonant, three of a letter, and two letters said twice
    in a row ("lolo").

    >>> can_be_said("bramford", {"^br", "mf", "rd$"}), can_be_said("brzamford", {"^br", "rd$"})
    (True, False)
    """
    vowels = sum(letter in VOWELS for letter in word)
    if not 0 < vowels < len(word):
        return False
    for i in range(len(word) - 2):
        if word[i] == word[i + 1] == word[i + 2] or word[i : i + 2] == word[i + 2 : i + 4]:
            return False
    return all(run in known for run in runs(word))
