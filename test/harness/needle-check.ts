/** Whether needles are fulfilled, the slow way, straight from what src/model/needles.ts says. */
import type { NeedleClause } from '../../src/model/needles.js'

/** `texts`: what may hold the texts of an alternative, each of them somewhere. */
export function clauseHolds(clause: NeedleClause, texts: readonly string[]): boolean {
  const folded = texts.map(lowered)
  return clause.alternatives.some((alternative) => alternative.every((text) => folded.some((holder) => holder.includes(lowered(text)))))
}

/** The texts in which the needles of an entry are looked for; metadata is name and value by turns. */
export function textsOfEntry(line: string, metadata: readonly string[]): readonly string[] {
  return [line, withoutEscapes(line), ...metadata.filter((_, i) => i % 2 === 1)]
}

const MEANINGS: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }

function withoutEscapes(line: string): string {
  return line.replace(/\\(?:u([0-9a-fA-F]{4})|(["\\/bfnrt']))/g, (_, unit: string | undefined, short: string) =>
    unit === undefined ? (MEANINGS[short] ?? short) : String.fromCharCode(Number.parseInt(unit, 16)),
  )
}

function lowered(text: string): string {
  return Array.from(text, (character) => (character >= 'A' && character <= 'Z' ? character.toLowerCase() : character)).join('')
}
