/**
 * Mistakes planted into the compiled actors, one at a time: the simulation must find each of them.
 * A variant is a copy of the compiled actors, merge and simulation with one text replaced; all else is linked.
 */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'

interface Mistake {
  readonly name: string
  readonly file: string
  readonly right: string
  readonly wrong: string
}

const MISTAKES: readonly Mistake[] = [
  {
    name: 'groups are released in the order in which they are complete',
    file: 'actors/groups-in-flight.js',
    right: 'const next = this.#open[0];',
    wrong: 'this.#open.sort((a, b) => [...b.merges.values()].every((m) => m.complete) - [...a.merges.values()].every((m) => m.complete)); const next = this.#open[0];',
  },
  {
    name: 'the last group is lost',
    file: 'actors/groups-in-flight.js',
    right: 'return this.#released === this.#grouped.groups.length;',
    wrong: 'return this.#released >= this.#grouped.groups.length - 1;',
  },
  {
    name: 'a pinned leaf has values at the first step only',
    file: 'actors/groups-in-flight.js',
    right: 'return repeatStep(block, stepsAsked(leaf, this.#stepsOf(group)).count);',
    wrong: 'return { ...repeatStep(block, group.stepCount), present: new Uint8Array(block.labels.length * group.stepCount) };',
  },
  {
    name: 'a unit that was tried again is delivered twice',
    file: 'actors/dispatcher.js',
    right: 'if (!held.replyTo.send(done))',
    wrong: 'if (held.attempts > 1) held.replyTo.send(done); if (!held.replyTo.send(done))',
  },
  {
    name: 'the work of a unit counts once more for each time it was tried',
    file: 'actors/coordinator.js',
    right: 'this.#unitsDone++;',
    wrong: 'this.#unitsDone++; for (let i = 0; i < retries; i++) this.#stats = addStats(this.#stats, stats);',
  },
  {
    name: 'the error of a unit is swallowed',
    file: 'actors/coordinator.js',
    right: "case 'UnitFailed':",
    wrong: "case 'UnitFailed': return;",
  },
  {
    name: 'the units of a failed group are taken as empty',
    file: 'actors/groups-in-flight.js',
    right: 'if (!merge.complete)',
    wrong: 'if (!merge.complete && this.#expected.size > 1)',
  },
  {
    name: 'a unit keeps its pins',
    file: 'actors/dispatcher.js',
    right: "this.#inFlight--;\n        this.#parts.cache.urge({ type: 'Unpin', pinId: key });",
    wrong: 'this.#inFlight--;',
  },
  {
    name: 'a cancel does not reach the units',
    file: 'actors/dispatcher.js',
    right: 'this.#cancel(({ queryId }) => queryId === message.queryId);',
    wrong: '',
  },
  {
    name: 'a cancelled query forgets to interrupt its running units',
    file: 'actors/dispatcher.js',
    right: "held.state = 'abandoned';\n                held.abort.abort();",
    wrong: "held.state = 'abandoned';",
  },
  {
    name: 'units that a cancel has overtaken are run',
    file: 'actors/dispatcher.js',
    right: 'if (message.signal.aborted)',
    wrong: 'if (false)',
  },
  {
    name: 'a lost thread is final',
    file: 'actors/dispatcher.js',
    right: "error.facts['retry'] === 1",
    wrong: 'false',
  },
  {
    name: 'more units run than there are threads',
    file: 'actors/dispatcher.js',
    right: 'while (this.#running < this.#parts.runner.capacity)',
    wrong: 'while (true)',
  },
  {
    name: 'units are pinned without bound',
    file: 'actors/dispatcher.js',
    right: 'while (this.#inFlight < runner.capacity + limits.unitsPrefetchedMax)',
    wrong: 'while (true)',
  },
  {
    name: 'a slow reader does not stall the evaluation',
    file: 'actors/coordinator.js',
    right: 'if (!this.#outbox.isEmpty)',
    wrong: 'if (false)',
  },
  {
    name: 'groups are dispatched without bound',
    file: 'actors/coordinator.js',
    right: 'flight.inFlight <= ahead && ',
    wrong: '',
  },
  {
    name: 'a group is released before its evaluation is done',
    file: 'actors/coordinator.js',
    right: "if (value === undefined) {\n            self.after(0, { type: 'EvaluateOn' });\n            return;\n        }",
    wrong: "if (value === undefined) { this.#evaluating = undefined; this.#release(plan, group, grid, { resultType: 'matrix', grid, ordered: false, block: { kind: 'series', labels: [], steps: grid.count, values: new Float64Array(), present: new Uint8Array(), columns: {} } }); return; }",
  },
  {
    name: 'a group is evaluated while the one before still is',
    file: 'actors/coordinator.js',
    right: 'if (this.#evaluating !== undefined)\n                return this.#tellProgress(route);',
    wrong: '',
  },
  {
    name: 'an evaluation that has more to do is not gone on with',
    file: 'actors/coordinator.js',
    right: "self.after(0, { type: 'EvaluateOn' });",
    wrong: '',
  },
  {
    name: 'an evaluation does not give way',
    file: 'actors/evaluating-group.js',
    right: 'if (now() >= untilMs)',
    wrong: 'if (false)',
  },
  {
    name: 'a cancel waits for the evaluation, and the value comes after it',
    file: 'actors/coordinator.js',
    right: "case 'Cancel':",
    wrong: "case 'Cancel': if (message.type === 'Cancel' && this.#evaluating !== undefined) { self.after(100, message); return; }",
  },
  {
    name: 'the limit of a log query is met more than once',
    file: 'actors/coordinator.js',
    right: 'entries.take(merged)',
    wrong: 'merged',
  },
  {
    name: 'a copy is evicted although it is wanted',
    file: 'actors/segment-cache.js',
    right: 'if (this.#wanted.has(object))\n                continue;',
    wrong: '',
  },
  {
    name: 'a fetch is begun while the object is being deleted',
    file: 'actors/segment-cache.js',
    right: ' && !this.#evicting.has(object)',
    wrong: '',
  },
  {
    name: 'a failed fetch is not tried again',
    file: 'actors/segment-cache.js',
    right: 'wanted.attempts < limits.fetchAttemptsMax',
    wrong: 'false',
  },
  {
    name: 'segments that a word index rules out are read',
    file: 'actors/word-answers.js',
    right: '?.rowGroupsLeft !== 0',
    wrong: '?.rowGroupsLeft !== -1',
  },
  {
    name: 'the word indexes of a unit are held for ever',
    file: 'actors/dispatcher.js',
    right: "this.#parts.cache.urge({ type: 'Unpin', pinId: key });\n        held.answers = answers;",
    wrong: 'held.answers = answers;',
  },
  {
    name: 'entries of several units stand in the order of the units',
    file: 'src/merge/entries.js',
    right: 'if (aTs !== bTs)',
    wrong: 'if (false)',
  },
  {
    name: 'a block is merged into the wrong series',
    file: 'src/merge/series.js',
    right: 'place[index] = at;',
    wrong: 'place[at] = index;',
  },
  {
    name: 'what the reader left unread is not let go',
    file: 'actors/event-channel.js',
    right: 'this.#watcher.onLeft();',
    wrong: '',
  },
  {
    name: 'more queries run than there are places',
    file: 'actors/places.js',
    right: 'if (queries >= limits.queriesRunningMax)',
    wrong: 'if (queries > limits.queriesRunningMax)',
  },
  {
    name: 'a query that ends keeps its place',
    file: 'actors/coordinator.js',
    right: "admission.urge({ type: 'Leave', queryId: this.#queryId });",
    wrong: '',
  },
  {
    name: 'who waits does not hear of a place that is free again',
    file: 'actors/admission.js',
    right: 'places.leave(message.queryId);\n                return this.#admit(self);',
    wrong: 'places.leave(message.queryId); return;',
  },
  {
    name: 'a query that no longer waits is given a place',
    file: 'actors/admission.js',
    right: 'this.#line.drop(waiting.query.organisation, queryId);',
    wrong: '',
  },
  {
    name: 'a query that has ended before it could ask is given a place',
    file: 'actors/admission.js',
    right: 'if (!message.signal.aborted)',
    wrong: '',
  },
  {
    name: 'the last event is lost when the channel is full',
    file: 'actors/event-channel.js',
    right: 'this.#closed = true;\n        this.#hand(last);',
    wrong: 'this.#closed = true; if (this.#events.length < this.#eventsMax) this.#hand(last);',
  },
  {
    name: 'a segment that is left out of a group is there again in the next',
    file: 'actors/missing-segments.js',
    right: 'leftOut.group <= group;',
    wrong: 'leftOut.group === group;',
  },
  {
    name: 'units of the group that have read what is missing keep what they read',
    file: 'actors/groups-in-flight.js',
    right: 'if (segments.length === unit.segments.length)',
    wrong: 'if (segments.length === unit.segments.length || !this.#expected.has(unit.id))',
  },
  {
    name: 'a leaf at one time keeps what a later group lacks',
    file: 'actors/groups-in-flight.js',
    right: 'this.#readSteadyAgain(from);',
    wrong: '',
  },
  {
    name: 'a unit that is no longer wanted is taken for the one that was run instead',
    file: 'actors/groups-in-flight.js',
    right: '`${leaf}.${group}.${part}.${index}.${this.#rounds}`',
    wrong: 'unit.id',
  },
  {
    name: 'an answer that lacks something ends as a whole one',
    file: 'actors/coordinator.js',
    right: "missing === undefined ? 'ok' : 'partial'",
    wrong: "'ok'",
  },
]

const SEEDS = 1000
const built = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const COPIED = ['actors', 'src/merge', 'test/simulation', 'test/harness']

t.setTimeout(180_000)

t.test('a mistake planted in the actors is found by the simulation', async (t) => {
  const folder = join(built, 'planted')
  rmSync(folder, { recursive: true, force: true })
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const variants = MISTAKES.map((_, index) => join(folder, String(index)))
  MISTAKES.forEach((mistake, index) => plant(variants[index], mistake))
  const script = fileURLToPath(new URL('find-planted.js', import.meta.url))
  const { stdout, stderr } = spawnSync(process.execPath, [script, String(SEEDS), ...variants], { encoding: 'utf8' })
  const found: string[] = stdout.trim().split('\n').map((line) => JSON.parse(line))
  t.equal(found.length, MISTAKES.length, stderr)
  MISTAKES.forEach(({ name }, index) => t.ok(found[index], `${name}: ${found[index] || `not found in ${SEEDS} seeds`}`))
})

function plant(variant: string, { file, right, wrong, name }: Mistake): void {
  for (const path of COPIED) {
    mkdirSync(dirname(join(variant, path)), { recursive: true })
    cpSync(join(built, path), join(variant, path), { recursive: true, filter: (source) => !source.endsWith('.map') && !source.endsWith('.d.ts') })
  }
  for (const room of readdirSync(join(built, 'src'))) {
    if (room !== 'merge') symlinkSync(join(built, 'src', room), join(variant, 'src', room))
  }
  const code = readFileSync(join(variant, file), 'utf8')
  const parts = code.split(right)
  if (parts.length !== 2) throw new Error(`${name}: the text to break stands ${parts.length - 1} times in ${file}`)
  writeFileSync(join(variant, file), parts.join(wrong))
}
