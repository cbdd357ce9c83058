/** Names of labels in paths: what a path cannot hold is written as `U__` and hexadecimal code points between underscores. */

const ESCAPED = 'U__'
const CODE_POINT = /^([0-9a-fA-F]{1,6})_/

/** The name that an escaped one stands for; a text that is not escaped, or not rightly, stands for itself. */
export function unescapedName(text: string): string {
  if (!text.startsWith(ESCAPED)) return text
  let name = ''
  let rest = text.slice(ESCAPED.length)
  while (rest !== '') {
    if (!rest.startsWith('_')) {
      name += rest[0]
      rest = rest.slice(1)
      continue
    }
    if (rest.startsWith('__')) {
      name += '_'
      rest = rest.slice(2)
      continue
    }
    const [coded, digits] = CODE_POINT.exec(rest.slice(1)) ?? []
    const point = parseInt(digits ?? '', 16)
    if (coded === undefined || !(point <= 0x10ffff) || (point >= 0xd800 && point <= 0xdfff)) return text
    name += String.fromCodePoint(point)
    rest = rest.slice(1 + coded.length)
  }
  return name
}
