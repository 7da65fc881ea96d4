"""Longer stories: `plan_arc` puts together quests that follow from each other, with a turn.

A shape (`tables/arcs.json`) says who asks for what and what happens between; each chapter is
planned on the facts that the former leaves, so that the proof of the whole can be replayed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import islice

from ..core.errors import InvalidArgument
from ..core.random import Seed, Stream, stream
from .arc_record import Arc, Chapter
from .arc_shapes import ChapterShape, Shape, shapes
from .askers import can_ask, who_asks
from .fact_set import Facts
from .facts import attempt, replay
from .objectives import Line
from .patterns import Bindings, filled, solve
from .planner import bindings_of, plan
from .profile import Profile
from .proposals import Proposer
from .quest_record import Quest
from .strategies import strategies
from .tables import check_language, load_table
from .telling import told
from .turns import check_recent
from .words import Speaker

__all__ = ["plan_arc", "replanned"]

_CASTS = 3  # sets of people and things that a shape is tried with
_OPTIONS = 24


@dataclass(kw_only=True)
class _Story:
    """An arc while it is put together."""

    seed: Seed
    id: str
    index: int
    bound: Bindings
    facts: Facts
    chapters: list[Chapter]
    language: str
    voice: Proposer | None


def plan_arc(
    seed: Seed,
    facts: Facts | None = None,
    giver: str | None = None,
    profile: Profile | None = None,
    index: int = 0,
    recent: Sequence[Quest] = (),
    *,
    language: str = "en",
    voice: Proposer | None = None,
) -> Arc:
    """Three to five quests that belong together and begin with a wish of `giver`, as an `Arc`.

    Without facts, in a small neighbourhood; the player's `profile` makes stories of what they like
    likelier, `index` goes on to another story, `recent` quests are worded otherwise, and `language`
    is that of all words, one of `LANGUAGES`; `voice` as for `quest`. Raises
    `InvalidArgument` if the giver cannot ask, or if no story can begin with them.
    """
    check_language(language)
    recent = check_recent(recent)
    facts, giver = who_asks(seed, facts, giver, index)
    dice = stream(seed, "arc", giver)
    liked = profile.weights() if profile else {}
    left = [shape.weight * (1 + liked.get(shape.motivation, 0)) for shape in shapes()]
    order = []
    for _ in shapes():
        chosen = dice.weighted(range(len(left)), left)
        left[chosen] = 0
        order.append(shapes()[chosen])
    for turn in range(index, index + len(order)):
        shape = order[turn % len(order)]
        mixed = dice.child(shape.name, turn)
        arc = _planned(seed, shape, facts, giver, index, mixed, recent, language, voice)
        if arc is not None:
            return arc
    raise InvalidArgument(f"giver {giver!r} can begin no longer story now: ask somebody else")


def _planned(
    seed: Seed,
    shape: Shape,
    facts: Facts,
    giver: str,
    index: int,
    dice: Stream,
    recent: Sequence[Quest],
    language: str,
    voice: Proposer | None,
) -> Arc | None:
    casts = list(islice(solve(shape.where, facts, {"?giver": giver}), 16 * _CASTS))
    for bound in dice.sample(casts, _CASTS):
        mark = repr((shape.name, sorted(bound.items()), index, facts.digest()))
        arc_id = f"arc:{sha256(mark.encode()).hexdigest()[:12]}"
        story = _Story(
            seed=seed,
            id=arc_id,
            index=index,
            bound=dict(bound),
            facts=facts,
            chapters=[],
            language=language,
            voice=voice,
        )
        if all(_add(story, shape, part, dice, recent) or part.coda for part in shape.chapters):
            arc = _arc(story, shape, facts, giver)
            replay(arc.proof, Facts(facts))
            return arc
    return None


def _arc(story: _Story, shape: Shape, facts: Facts, giver: str) -> Arc:
    roles = {name[1:]: value for name, value in sorted(story.bound.items())}
    speaker = Speaker(story.seed, facts, giver, roles, "arc", story.id, language=story.language)
    words = load_table("arc_lines", story.language)[shape.name]
    turn = stream(story.seed, "words", "arc title", story.id)
    titles = [title for text in turn.shuffled(words["title"]) if (title := speaker.fill(text))]
    after = attempt(("begin_chapter", story.id, "end"), story.facts) or story.facts
    ends = []
    for pattern in shape.ends:
        event = filled(pattern, story.bound)
        follows = None if any(part[0] == "?" for part in event) else attempt(event, after)
        if follows is not None:
            ends.append(event)
            after = follows
    return Arc(
        id=story.id,
        seed=story.seed,
        index=story.index,
        world=facts.digest(),
        giver=giver,
        shape=shape.name,
        title=titles[0] if titles else story.chapters[0].quest.title,
        roles=roles,
        chapters=tuple(story.chapters),
        ends=tuple(ends),
        language=story.language,
    )


def _add(
    story: _Story, whole: Shape, shape: ChapterShape, dice: Stream, recent: Sequence[Quest]
) -> bool:
    """Puts the next chapter to the story, if it can be planned on the facts there."""
    found = list(islice(solve(shape.where, story.facts, story.bound), _OPTIONS))
    number = len(story.chapters)
    for bound in dice.sample(found, _CASTS):
        asker = bound[shape.asker]
        facts = attempt(("begin_chapter", story.id, str(number)), story.facts)
        events = [filled(pattern, bound) for pattern in shape.events]
        for event in events:
            facts = attempt(event, facts) if facts is not None else None
        if facts is None or not can_ask(facts, asker):
            continue
        lately = (*recent, *(chapter.quest for chapter in story.chapters))
        quest = _quest(story, shape, bound, facts, dice, lately)
        if quest is None:
            continue
        story.bound = bound | {f"?{name}": quest.roles[name] for name in shape.takes}
        story.chapters.append(
            Chapter(
                events=tuple(events),
                turn=_turn(story, whole, number) if shape.turn else "",
                told=_line(story, whole, facts, asker, number),
                quest=quest,
            )
        )
        story.facts = replay(quest.proof, facts)
        return True
    return False


def _turn(story: _Story, shape: Shape, number: int) -> str:
    """The words for how the story turns in a chapter."""
    return str(load_table("arc_lines", story.language)[shape.name]["turn"][str(number)])


def _line(story: _Story, shape: Shape, facts: Facts, asker: str, number: int) -> Line | None:
    """What the asker says of what happened before the quest."""
    roles = {name[1:]: value for name, value in story.bound.items() if name != "?giver"}
    roles["giver"] = story.bound["?giver"]
    speaker = Speaker(
        story.seed, facts, asker, roles, "arc", story.id, number, language=story.language
    )
    dice = stream(story.seed, "words", "arc", story.id, number)
    lines = load_table("arc_lines", story.language)[shape.name]["told"]
    for template in dice.shuffled(lines.get(str(number), ())):
        if text := speaker.fill(template):
            return Line(key=f"{story.id}.{number}", speaker=asker, act="turn", text=text)
    return None


def _quest(
    story: _Story,
    shape: ChapterShape,
    bound: Bindings,
    facts: Facts,
    dice: Stream,
    lately: tuple[Quest, ...],
) -> Quest | None:
    """A quest of one of the shape's strategies with the roles that it must have."""
    asker, number = bound[shape.asker], len(story.chapters)
    wanted = {f"?{name}": bound[value] for name, value in shape.roles.items()}
    by_name = {strategy.name: strategy for strategy in strategies()}
    for name in dice.shuffled(shape.strategies):
        strategy = by_name[name]
        options = [
            roles
            for roles in bindings_of(strategy, facts, asker, _OPTIONS)
            if all(roles.get(role) == value for role, value in wanted.items())
            and all(f"?{role}" in roles for role in shape.takes)
        ]
        for roles in dice.sample(options, 2):
            found = plan(strategy, facts, roles, stream(story.seed, "arc quest", story.id, number))
            if found is None:
                continue
            quest = told(
                story.seed,
                facts,
                found,
                asker,
                story.index + number,
                lately,
                language=story.language,
                voice=story.voice,
            )
            if quest.objectives and quest.check(facts).state == "open":
                # The clock of a later chapter begins when the game begins it.
                calm = replace(quest, deadline=None, lapses=(), rival=None)
                return quest if number == 0 else calm
    return None


def replanned(arc: Arc, facts: Facts, voice: Proposer | None = None) -> Arc | None:
    """The story as it can go on from these facts; see `Arc.replan`."""
    status = arc.check(facts)
    if status.state == "failed":
        return None
    if status.state != "broken":
        return arc
    shape = next(shape for shape in shapes() if shape.name == arc.shape)
    number = status.chapter
    story = _Story(
        seed=arc.seed,
        id=arc.id,
        index=arc.index,
        bound={f"?{name}": value for name, value in arc.roles.items()},
        facts=facts,
        chapters=list(arc.chapters[:number]),
        language=arc.language,
        voice=voice,
    )
    if ("chapter", arc.id, str(number)) in facts:
        before = [chapter.quest for chapter in story.chapters]
        mended = arc.chapters[number].quest.replan(facts, voice=voice, recent=before)
        if mended is None:
            return None
        story.chapters.append(replace(arc.chapters[number], quest=mended))
        story.facts = replay(mended.way(facts), facts)
    if not story.chapters:
        return None
    dice = stream(arc.seed, "arc again", arc.id, facts.digest())
    # What later chapters bound is bound anew.
    for chapter in shape.chapters[len(story.chapters) :]:
        for pattern in chapter.where:
            for name in pattern[1:]:
                if name.startswith("?") and not _bound_before(name, shape, chapter):
                    story.bound.pop(name, None)
    for chapter in shape.chapters[len(story.chapters) :]:
        if not _add(story, shape, chapter, dice, ()):
            break
    again = _arc(story, shape, facts, arc.giver)
    return replace(again, world=arc.world, title=arc.title)


def _bound_before(name: str, shape: Shape, chapter: ChapterShape) -> bool:
    earlier = list(shape.where)
    names = {"?giver"}
    for other in shape.chapters[: shape.chapters.index(chapter)]:
        earlier += other.where
        names |= {f"?{taken}" for taken in other.takes}
    return name in names or any(name in pattern for pattern in earlier)
