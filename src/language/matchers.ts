/** What a label matcher means for a series or entry, also for one that lacks the label. */
import type { Matcher } from '../model/labels.js'
import { compileRegex, regexMatchesEmpty } from './regex.js'

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

/** Whether a matcher holds for a value. Throws `bad_query` for a broken regex. */
export function matcherTest({ op, value }: Matcher): (text: string) => boolean {
  switch (op) {
    case '=':
      return (text) => text === value
    case '!=':
      return (text) => text !== value
    case '=~':
    case '!~': {
      const regex = compileRegex(value)
      return op === '=~' ? (text) => regex.test(text) : (text) => !regex.test(text)
    }
  }
}
