/** Whether a query would be understood, for an editor. */
import { z } from 'zod'
import type { QueryTexts } from '../../model/engine.js'
import { badQuery, QueryError } from '../../model/error.js'
import type { Language } from '../../model/expr.js'
import { jsonOf } from './payload.js'

const question = z.object({ query: z.string() })

/** How much of the text stands around a mistake. */
const NEAR = 20

/** `{"valid":true}`, or what is wrong and where: `pos` in bytes from 0, line and column from 1. */
export function validationOf(body: unknown, language: Language, texts: QueryTexts): object {
  const read = question.safeParse(jsonOf(body))
  if (!read.success) throw badQuery('the body must have the text of a query as `query`')
  const { query } = read.data
  try {
    texts.tree(query, language)
    return { valid: true }
  } catch (thrown) {
    const { code, message, position } = QueryError.from(thrown)
    if (code !== 'bad_query' && code !== 'limit_exceeded') throw thrown
    const place = position === undefined ? {} : { pos: position.offset, line: position.line, column: position.column, near: near(query, position.offset) }
    return { valid: false, error: message, ...place, missingFields: [], validationErrors: [] }
  }
}

function near(query: string, offset: number): string {
  const bytes = Buffer.from(query)
  return bytes.subarray(Math.max(0, offset - NEAR), offset + NEAR).toString().replaceAll('\ufffd', '')
}
