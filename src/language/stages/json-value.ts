/** Values of JSON lines as labels. */
import { unescapeJson, type JsonScanner } from './json-scan.js'
import { withoutBrokenText } from './label-names.js'

/** What `__error__` says of lines that are no JSON object, or broken ones. */
export const JSON_ERROR = 'JSONParserErr'

/** The label value of what the scanner stands on; a string with a wrong escape is empty. */
export function scannedValue(scanner: JsonScanner): string {
  const raw = scanner.text.slice(scanner.start, scanner.end)
  if (scanner.kind !== 'string' || !scanner.unclean) return raw
  return withoutBrokenText(raw.includes('\\') ? (unescapeJson(raw, 'strict') ?? '') : raw)
}
