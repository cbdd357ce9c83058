/** Errors as a person at a terminal sees them. */
import type { ErrorRecord } from '../src/model/error.js'

/** The message; for an error at a place of the query, the line of the query below it and a caret under the place. */
export function queryErrorText(error: ErrorRecord, text: string): string {
  const head = `error: ${error.message}`
  const { position } = error
  if (position === undefined) return head
  const line = Buffer.from(text.split('\n')[position.line - 1] ?? '')
  const before = line.subarray(0, position.column - 1).toString()
  const marked = line.subarray(position.column - 1, position.column - 1 + Math.max(position.end - position.offset, 1)).toString()
  // Tabs stay, so that the caret stands where the terminal puts the text.
  const indent = [...before].map((character) => (character === '\t' ? '\t' : ' ')).join('')
  return `${head}\n  ${line.toString()}\n  ${indent}${'^'.repeat(Math.max([...marked].length, 1))}`
}
