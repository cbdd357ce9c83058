/** Mistakes in what nodes have to do with each other: frames, leases, placement, draining, going on elsewhere. */
import type { Mistake } from './planted.js'

export const CLUSTER_MISTAKES: readonly Mistake[] = [
  {
    name: 'an answer that goes on elsewhere goes on at another frame than was asked for',
    file: 'src/serve/remote-units.js',
    right: 'String(kept.frames)',
    wrong: 'String(kept.frames + 1)',
  },
  {
    name: 'a node that is asked to go on sends one frame too few',
    file: 'src/wire/unit-frames.js',
    right: 'if (number >= from)',
    wrong: 'if (number > from || from === 0)',
  },
  {
    name: 'no checksum is looked at',
    file: 'src/wire/frame.js',
    right: 'if (bytes.readBigInt64LE(8) !== hash64Bytes(bytes.subarray(CHECKED_FROM)))',
    wrong: 'if (false)',
    also: [
      { file: 'src/wire/reception.js', right: 'if (checksum !== end.checksum)', wrong: 'if (false)' },
    ],
  },
  {
    name: 'a copy is not compared with what the catalog says',
    file: 'src/storage/cache-files.js',
    right: 'const damage = await this.#damage(segment, partial, signal);',
    wrong: 'const damage = undefined;',
  },
  {
    name: 'the answers of both runs of a hedged unit are taken',
    file: 'actors/placement.js',
    right: 'this.#forget(held);\n        const reply = ',
    wrong: 'const reply = ',
  },
  {
    name: 'the unit of a node that died is not tried elsewhere',
    file: 'actors/placement.js',
    right: 'held.attempts >= limits.unitAttemptsMax',
    wrong: 'true',
  },
  {
    name: 'what waits for a node that is gone goes on waiting',
    file: 'actors/placement.js',
    right: "for (const held of this.#sites.see(this.#workers()))\n            this.#sites.putInLine(held, 'behind', self.now());",
    wrong: 'this.#sites.see(this.#workers());',
  },
  {
    name: 'a single other node that is shunned is never asked again',
    file: 'actors/placement.js',
    right: 'this.#held.size === 0 || this.#isAlone()',
    wrong: 'this.#held.size === 0 || this.#sites.size < 2',
  },
  {
    name: 'a run that ends keeps its credit',
    file: 'actors/placement.js',
    right: 'run.site.out--;',
    wrong: '',
  },
  {
    name: 'a run that was first does not stop the other',
    file: 'actors/placement.js',
    right: 'for (const run of held.runs)\n            this.#abort(run);',
    wrong: '',
  },
  {
    name: 'a cancel does not reach other nodes',
    file: 'actors/placement.js',
    right: 'run.abort.abort();',
    wrong: 'if (run.site.node.id === this.#parts.here.id) run.abort.abort();',
  },
  {
    name: 'a lease is never renewed',
    file: 'actors/membership.js',
    right: "case 'RenewDue':\n                this.#renew(self);",
    wrong: "case 'RenewDue':",
  },
  {
    name: 'a lease is never removed',
    file: 'actors/membership.js',
    right: 'this.#parts.roll.leave(this.#parts.known.self.id)',
    wrong: 'Promise.resolve()',
  },
  {
    name: 'a node leaves while it renews its lease',
    file: 'actors/membership.js',
    right: 'if (!renewing)\n            this.#takeLeave(self);',
    wrong: 'this.#takeLeave(self);',
  },
  {
    name: 'a unit goes on after its connection broke',
    file: 'src/serve/unit-lease.js',
    right: "signal.addEventListener('abort', end, { once: true });",
    wrong: '',
  },
  {
    name: 'a unit of another node goes on after its cancel',
    file: 'actors/unit-host.js',
    right: "dispatcher.urge({ type: 'CancelQuery', queryId });",
    wrong: '',
  },
  {
    name: 'a cancelled unit keeps its pins',
    file: 'actors/dispatcher.js',
    right: "this.#inFlight--;\n            this.#parts.cache.urge({ type: 'Unpin', pinId: held.key });",
    wrong: 'this.#inFlight--;',
  },
  {
    name: 'a node that drains drops what has not begun',
    file: 'actors/dispatcher.js',
    right: "this.#letGo(held);\n            held.replyTo.urge({ type: 'UnitFailed', ...named(held), error: reason });",
    wrong: 'this.#letGo(held);',
  },
  {
    name: 'a node that drains keeps what has not begun',
    file: 'actors/node-actors.js',
    right: "dispatcher.urge({ type: 'HandBack', reason });",
    wrong: '',
  },
  {
    name: 'an answer that goes on skips a group',
    file: 'actors/answer-place.js',
    right: 'return group >= (this.#from?.groups ?? 0);',
    wrong: 'return group > (this.#from?.groups ?? -1);',
  },
  {
    name: 'an answer that goes on repeats what was given',
    file: 'actors/answer-place.js',
    right: 'return group >= (this.#from?.groups ?? 0);',
    wrong: 'return true;',
  },
  {
    name: 'an answer goes on over the newest snapshot',
    file: 'actors/coordinator.js',
    right: 'known(this.#place).generation);',
    wrong: 'undefined);',
  },
  {
    name: 'remarks that were told are told again',
    file: 'actors/answer-place.js',
    right: 'return events.slice(this.soFar.remarksTold);',
    wrong: 'return events;',
  },
  {
    name: 'a client goes on behind the plan, whatever it has read',
    file: 'src/serve/going-on.js',
    right: "if ('id' in event)",
    wrong: "if (event.type === 'plan')",
  },
]
