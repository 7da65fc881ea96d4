// Compiles index.ink of a folder with inkjs and plays every knot that it is told to, to the end.
// Reads {"folder", "knots", "rounds", "avoid"} from standard input, writes what was said as JSON.
const fs = require("fs");
const path = require("path");
const { Compiler } = require("inkjs/full");

const asked = JSON.parse(fs.readFileSync(0, "utf-8"));
const problems = [];
const read = (name) => fs.readFileSync(path.join(asked.folder, name), "utf-8");
const compiler = new Compiler(read("index.ink"), {
  fileHandler: { ResolveInkFilename: (name) => name, LoadInkFileContents: read },
  errorHandler: (message) => problems.push(message),
});
const story = compiler.Compile();
story.onError = (message) => problems.push(message);
const played = {};
for (const knot of asked.knots) {
  played[knot] = [];
  for (let round = 0; round < asked.rounds; round++) {
    story.ResetState();
    story.ChoosePathString(knot);
    const said = [];
    let dice = round * 2654435761 + 12345;
    let steps = 0;
    while (steps++ < 500) {
      while (story.canContinue) {
        const text = story.Continue().trim();
        if (text || story.currentTags.length) said.push([text, story.currentTags]);
      }
      // The first round takes the quest on, and so sees its end.
      const avoided = [].concat(asked.avoid[knot]);
      const refusing = (choice) => round === 0 && avoided.includes(choice.text);
      const choices = story.currentChoices.filter((choice) => !refusing(choice));
      if (!choices.length) break;
      dice = (Math.imul(dice, 1103515245) + 12345) >>> 0;
      const chosen = choices[(dice >>> 16) % choices.length];
      said.push([chosen.text, chosen.tags || [], "choice"]);
      story.ChooseChoiceIndex(chosen.index);
    }
    played[knot].push({
      said,
      ended: steps < 500,
      state: story.variablesState.$(knot + "_state"),
    });
  }
}
console.log(JSON.stringify({ problems, played }));
