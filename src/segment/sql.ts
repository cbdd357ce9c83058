/** Text that goes into SQL: every name, value and path passes through here. */
import { QueryError } from '../model/error.js'

/** A column or table name in double quotes. DuckDB ignores the case of names, whatever the quotes. */
export function quoteIdentifier(name: string): string {
  if (name.includes('\0')) throw new QueryError({ code: 'internal', message: 'a column name holds a zero byte' })
  return `"${name.replaceAll('"', '""')}"`
}

/** A VARCHAR literal; a constant expression where the text holds a zero byte, which would end the statement. */
export function quoteText(text: string): string {
  const parts = text.split('\0').map((part) => `'${part.replaceAll("'", "''")}'`)
  return parts.length === 1 ? parts[0] : `(${parts.join(' || chr(0) || ')})`
}

/** `read_parquet(...)` of exactly one local file; characters that DuckDB would take for a pattern are escaped. */
export function parquetSource(path: string): string {
  return `read_parquet(${quoteText(path.replace(/[*?[]/g, '[$&]'))})`
}
