"""One quest in two languages: the same plan in English and in Chinese, line under line."""

import aigc_procgen as procgen

english, chinese = (procgen.quest(42, language=language) for language in procgen.LANGUAGES)
assert english.proof == chinese.proof
for one, other in zip(english.lines, chinese.lines, strict=True):
    print(f"{one.key}  [{one.act}]\n  {one.text}\n  {other.text}")
for objective, translated in zip(english.objectives, chinese.objectives, strict=True):
    print(f"- {objective.text} / {translated.text}")
