// Plays every node that it is told to with YarnBound, to the end.
// Reads {"scripts": {title: text}, "rounds", "avoid"} from standard input, writes what was said as JSON.
const fs = require("fs");
const Module = require("yarn-bound");
const YarnBound = Module.default || Module;

const asked = JSON.parse(fs.readFileSync(0, "utf-8"));
const played = {};
for (const [title, dialogue] of Object.entries(asked.scripts)) {
  played[title] = [];
  for (let round = 0; round < asked.rounds; round++) {
    const runner = new YarnBound({ dialogue, startAt: title });
    const said = [];
    let dice = round * 2654435761 + 12345;
    let steps = 0;
    while (steps++ < 500 && runner.currentResult) {
      const now = runner.currentResult;
      if (now.options) {
        // The first round takes the quest on, and so sees its end.
        const avoided = [].concat(asked.avoid[title]);
        const refusing = (option) => round === 0 && avoided.includes(option.text.trim());
        const open = now.options
          .map((_, i) => i)
          .filter((i) => now.options[i].isAvailable !== false && !refusing(now.options[i]));
        dice = (Math.imul(dice, 1103515245) + 12345) >>> 0;
        const chosen = open[(dice >>> 16) % open.length];
        const option = now.options[chosen];
        said.push(["", option.text, option.hashtags || [], "choice"]);
        runner.advance(chosen);
      } else {
        if (now.text !== undefined && now.text !== "") {
          const who = (now.markup || []).find((mark) => mark.name === "character");
          said.push([who ? who.properties.name : "", now.text, now.hashtags || []]);
        }
        runner.advance(); // also past the last words: commands may follow them
        if (now.isDialogueEnd) break;
      }
    }
    played[title].push({ said, ended: steps < 500, state: runner.runner.variables.get(title + "_state") });
  }
}
console.log(JSON.stringify({ played }));
