/** The stage `decolorize`: ANSI control sequences taken out of the line. */
import type { StageEntry } from './define-stage.js'

export const decolorize: StageEntry = {
  name: 'decolorize',
  doc: 'Takes ANSI control sequences (colours, cursor moves, titles) out of the line.',
  parses: false,
  reads: true,
  alters: true,
  canFail: false,
  readsLabels: () => [],
  compile: () => (entry) => {
    entry.line = withoutSequences(entry.line)
    return true
  },
}

function withoutSequences(line: string): string {
  let kept = ''
  let from = 0
  for (let at = nextEscape(line, 0); at < line.length; at = nextEscape(line, Math.max(from, at + 1))) {
    const end = sequenceEnd(line, at)
    if (end < 0) continue
    kept += line.slice(from, at)
    from = end
  }
  return from === 0 ? line : kept + line.slice(from)
}

function nextEscape(line: string, from: number): number {
  let at = from
  while (at < line.length && line[at] !== '\x1b' && line[at] !== '\x9b') at++
  return at
}

/**
 * The position behind the sequence that begins with an escape at `at`, or -1 if it is none: the escape, any of `[]()#;?`,
 * then either letters, digits and semicolons up to a bell, or numbers of at most four digits and a final character.
 */
function sequenceEnd(line: string, at: number): number {
  const begin = skip(line, at + 1, /[[\]()#;?]*/y)
  const bell = skip(line, begin, /[A-Za-z0-9;]*/y)
  if (line[bell] === '\x07') return bell + 1
  const numbers = skip(line, begin, /(?:[0-9]{1,4}(?:;[0-9]{0,4})*)?/y)
  // Without a final character behind the numbers, their own last digit is it.
  for (let last = numbers; last >= begin; last--) if (last < line.length && /[0-9A-PRZcf-ntqry=><~]/.test(line[last])) return last + 1
  return -1
}

function skip(line: string, at: number, run: RegExp): number {
  run.lastIndex = at
  return at + (run.exec(line)?.[0].length ?? 0)
}
