/** All functions that templates may call, by name. */
import { BUILTINS } from './builtins.js'
import type { TemplateFunction } from './define-function.js'
import { NUMBER_FUNCTIONS } from './number-functions.js'
import { TEXT_FUNCTIONS } from './text-functions.js'
import { TIME_FUNCTIONS } from './time-functions.js'

const BY_NAME: ReadonlyMap<string, TemplateFunction> = new Map(
  [...BUILTINS, ...TEXT_FUNCTIONS, ...NUMBER_FUNCTIONS, ...TIME_FUNCTIONS].map((each) => [each.name, each]),
)

/** The function of that name; undefined if there is none. */
export function findTemplateFunction(name: string): TemplateFunction | undefined {
  return BY_NAME.get(name)
}

export function templateFunctionNames(): readonly string[] {
  return [...BY_NAME.keys()]
}
