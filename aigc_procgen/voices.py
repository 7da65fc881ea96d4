"""`load_voice`: a voice of a pack, its network run by ONNX Runtime."""

from __future__ import annotations

import os
from collections.abc import Mapping

from .art.sessions import next_piece
from .core.pack import Pack, load_pack
from .story.voices import Voice

__all__ = ["load_voice"]


def load_voice(
    pack: str | os.PathLike[str] | Pack,
    *,
    use: str = "rank",
    speaker: str | None = None,
    voices: Mapping[str, str] | None = None,
    novel: bool = False,
) -> Voice:
    """The voice of a pack, by its folder, zip or as `load_pack` gives it; for `quest(…, voice=…)`.

    With `use="rank"` it chooses among the lines of the grammar and of the script it learnt those
    that sound most like the speaker; with "propose" it first tries lines of its own, which a
    verifier checks. `speaker` is who of the script is meant for all but the player, by default the
    one with the most lines; `voices` says it for each voice of the game instead: {"gruff": "Osk
    Tallow"}. With `novel` no line of the script itself is said. Raises `PackError` if the pack has
    no voice, `InvalidArgument` for a speaker that it does not know.
    """
    whole = pack if isinstance(pack, Pack) else load_pack(pack)
    model = whole.model("voice")
    return Voice(
        lambda state, piece, label: next_piece(whole, model, state, piece, label),
        states=model.latent,
        vocabulary=model.vocabulary,
        attributes=model.attributes,
        lexicon=model.lexicon,
        known=model.known,
        lines=model.lines,
        use=use,
        speaker=speaker,
        voices=voices,
        novel=novel,
    )
