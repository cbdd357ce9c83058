/** Texts of a file in errors: in quotes, and no longer than a person reads. */

const SHOWN_MAX = 60

export function shown(text: string): string {
  return JSON.stringify(text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX).toWellFormed()}…` : text)
}
