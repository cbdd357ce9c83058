/** Trees and layouts of query texts, for whoever shows them. */
import type { Features } from '../src/language/language.js'
import type { QueryTexts } from '../src/model/engine.js'
import type { Expr, Language } from '../src/model/expr.js'
import type { Limits } from '../src/model/limits.js'
import { parse, prettyLogql, prettyPromql } from '../src/parse/parse.js'

export function queryTexts(limits: Limits, features: Features): QueryTexts {
  const tree = (text: string, language: Language): Expr => parse(text, language, { limits, features })
  return {
    features: [...features],
    tree,
    pretty: (text, language) => {
      const expr = tree(text, language)
      switch (language) {
        case 'promql':
          return prettyPromql(expr)
        case 'logql':
          return prettyLogql(expr)
      }
    },
  }
}
