/** Tables of generated documentation. */

export function markdownTable(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]) => `|${cells.map((cell) => (cell === '' ? ' ' : ` ${cell} `)).join('|')}|`
  return [head, head.map(() => '---'), ...rows].map(line).join('\n')
}

export function code(text: string): string {
  return `\`${text}\``
}
