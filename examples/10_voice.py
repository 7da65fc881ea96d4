"""Words that the grammar did not write: a proposer of lines, and a verifier that trusts nobody.

With a pack that `aigc-procgen train voice` made, its voice speaks: `python 10_voice.py my_voice/`.
"""

import sys

import aigc_procgen as procgen


class Harbour:
    """Any object with a source, a verifier and `propose` may put words into people's mouths."""

    source = "harbour"
    verifier = procgen.Verifier(["quay", "tide"])

    def propose(self, frame, dice):
        if frame.act == "greet":
            yield "Ask for Garrick at the quay."  # never said: nobody knows a Garrick
            yield dice.choice(["You came in on the tide. Good.", "{home} has a quay. Use it."])


voice = procgen.load_voice(sys.argv[1], use="propose") if len(sys.argv) > 1 else Harbour()
quest = procgen.quest("a wet morning", voice=voice)
for line in quest.lines:
    print(f"{line.source:8} {line.act:9} {line.text}")
