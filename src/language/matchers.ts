/** What a label matcher means for a series or entry that lacks the label. */
import type { Matcher } from '../model/labels.js'
import { regexMatchesEmpty } from './regex.js'

/** Whether the matcher holds for the empty string, which is what an absent label is. Throws `bad_query` for a broken regex. */
export function matchesEmpty(matcher: Matcher): boolean {
  switch (matcher.op) {
    case '=':
      return matcher.value === ''
    case '!=':
      return matcher.value !== ''
    case '=~':
      return regexMatchesEmpty(matcher.value)
    case '!~':
      return !regexMatchesEmpty(matcher.value)
  }
}
