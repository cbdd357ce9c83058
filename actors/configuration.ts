/** Every setting of a node in one table: its name in the YAML file, its environment variable, what it is. Home of `yaml`. */
import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { ALL_QUIRKS, NO_FEATURES, NO_QUIRKS, readFeatures, type Features, type Quirks } from '../src/language/language.js'
import { QueryError } from '../src/model/error.js'
import { DEFAULT_LIMITS, LIMIT_RULES, type LimitName, type Limits } from '../src/model/limits.js'
import { ORGANISATION_LIMITS, type OrganisationLimits } from './places.js'

export interface SettingRule {
  readonly type: 'string' | 'number' | 'boolean' | 'list'
  readonly doc: string
}

/** Names are paths in the YAML file; `catalog.url` is overridden by MILLRACE_CATALOG_URL, and so on. */
export const SETTING_RULES = {
  'data': { type: 'string', doc: 'folder for everything: an embedded PostgreSQL, objects, cache' },
  'catalog.url': { type: 'string', doc: 'PostgreSQL connection string, instead of the embedded one' },
  'objects.directory': { type: 'string', doc: 'folder of the objects, instead of one under data' },
  'objects.s3.bucket': { type: 'string', doc: 'bucket of the objects, instead of a folder' },
  'objects.s3.endpoint': { type: 'string', doc: 'URL of an S3-compatible server; without it AWS' },
  'objects.s3.region': { type: 'string', doc: 'region of the bucket (default us-east-1)' },
  'objects.s3.prefix': { type: 'string', doc: 'stands before every key (default none)' },
  'objects.s3.forcePathStyle': { type: 'boolean', doc: 'bucket in the path instead of the host name (default: true with an endpoint)' },
  'objects.s3.accessKeyId': { type: 'string', doc: 'key id; without it the credential chain of AWS' },
  'objects.s3.secretAccessKey': { type: 'string', doc: 'secret of the key id' },
  'cache.directory': { type: 'string', doc: 'folder of the copies of objects (default data/cache)' },
  'temp.directory': { type: 'string', doc: 'folder of files in the making (default data/temp)' },
  'threads': { type: 'number', doc: 'threads that run units (default: one per core)' },
  'role': { type: 'string', doc: 'query: takes queries; worker: runs units for others; all: both (default all)' },
  'cluster.url': { type: 'string', doc: 'where the other nodes reach this one (default: where it listens); this or another cluster setting makes it a node of a cluster' },
  'cluster.secret': { type: 'string', doc: 'what the nodes of a cluster know each other by, the same on all' },
  'cluster.members': { type: 'list', doc: 'URLs of all nodes, instead of the leases in the catalog' },
  'cluster.srv': { type: 'string', doc: 'DNS name whose SRV records name all nodes, instead of the leases in the catalog' },
  'features': { type: 'list', doc: 'features of PromQL to enable, by the names of Prometheus (default none)' },
  'loki_quirks': { type: 'boolean', doc: 'LogQL as Loki does it where that is not what its documentation says (default false)' },
  'telemetry.otlp.url': { type: 'string', doc: 'where a collector takes traces as OTLP/HTTP JSON, such as http://collector:4318/v1/traces (default: traces go nowhere)' },
  'auth': { type: 'string', doc: 'who may ask: none (only at a loopback address), keys, or trusted-proxy (default none)' },
  'cors.origins': { type: 'list', doc: "origins whose pages a browser may let read Prometheus' API; none: [] (default: *, as Prometheus)" },
  'allowOpen': { type: 'boolean', doc: 'with auth: none, listen where others can reach the node: they may read and write everything (default false)' },
  'defaultOrganisation': { type: 'string', doc: 'of requests that name none; with auth: trusted-proxy they are refused without it (default: default)' },
  'log.level': { type: 'string', doc: 'fatal, error, warn, info, debug or silent (default info)' },
} as const satisfies Record<string, SettingRule>

export type SettingName = keyof typeof SETTING_RULES

export type SettingValue = string | number | boolean | readonly string[]

export interface Configuration {
  readonly settings: Readonly<Partial<Record<SettingName, SettingValue>>>
  readonly limits: Limits
  readonly features: Features
  readonly quirks: Quirks
  /** Limits of single organisations, by their names. */
  readonly organisations: ReadonlyMap<string, OrganisationLimits>
}

const LIMIT_PREFIX = 'limits.'
const ORGANISATION_PREFIX = 'organisations.'

/** Settings of a YAML file with the environment over it. Throws `bad_query` naming file, setting and what is wrong. */
export function readConfiguration(file: string | undefined, environment: Readonly<Record<string, string | undefined>>): Configuration {
  const found = new Map<string, unknown>(file === undefined ? [] : flatten(readYaml(file), ''))
  for (const name of [...Object.keys(SETTING_RULES), ...Object.keys(LIMIT_RULES).map((limit) => LIMIT_PREFIX + limit)]) {
    const value = environment[variableOf(name)]
    if (value !== undefined && value !== '') found.set(name, value)
  }
  const limits: Record<LimitName, number> = { ...DEFAULT_LIMITS }
  const settings: Partial<Record<SettingName, SettingValue>> = {}
  const organisations = new Map<string, OrganisationLimits>()
  let features = NO_FEATURES
  for (const [name, value] of found) {
    if (isLimit(name)) limits[name.slice(LIMIT_PREFIX.length) as LimitName] = readLimit(name, value, file)
    else if (name.startsWith(ORGANISATION_PREFIX)) readOrganisationLimit(organisations, name, value, file)
    else if (name === 'features') features = readFeatureList(value, file)
    else if (isSetting(name)) settings[name] = readSetting(name, value, file)
    else throw wrong(file, `unknown setting ${name}`)
  }
  return { settings, limits, features, quirks: settings.loki_quirks === true ? ALL_QUIRKS : NO_QUIRKS, organisations }
}

/** `objects.s3.forcePathStyle` → MILLRACE_OBJECTS_S3_FORCE_PATH_STYLE */
export function variableOf(name: string): string {
  return `MILLRACE_${name.replaceAll('.', '_').replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`
}

export function textSetting(configuration: Configuration, name: SettingName): string | undefined {
  const value = configuration.settings[name]
  return value === undefined ? undefined : String(value)
}

/** Empty if it is not set. */
export function listSetting(configuration: Configuration, name: SettingName): readonly string[] {
  const value = configuration.settings[name]
  return Array.isArray(value) ? value : []
}

function readYaml(file: string): unknown {
  try {
    return parse(readFileSync(file, 'utf8')) ?? {}
  } catch (thrown) {
    throw wrong(file, thrown instanceof Error ? thrown.message.split('\n', 1)[0] : String(thrown))
  }
}

function flatten(value: unknown, path: string): [string, unknown][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [[path, value]]
  return Object.entries(value).flatMap(([key, inner]) => flatten(inner, path === '' ? key : `${path}.${key}`))
}

function isLimit(name: string): boolean {
  return name.startsWith(LIMIT_PREFIX) && Object.hasOwn(LIMIT_RULES, name.slice(LIMIT_PREFIX.length))
}

function isSetting(name: string): name is SettingName {
  return Object.hasOwn(SETTING_RULES, name)
}

function readLimit(name: string, value: unknown, file: string | undefined): number {
  const number = Number(value)
  if (typeof value === 'boolean' || value === '' || !Number.isFinite(number) || number <= 0)
    throw wrong(file, `${name} must be a number above zero, is ${JSON.stringify(value)}`)
  return number
}

/** `organisations.NAME.LIMIT`; the name may have dots. */
function readOrganisationLimit(organisations: Map<string, OrganisationLimits>, name: string, value: unknown, file: string | undefined): void {
  const end = name.lastIndexOf('.')
  const organisation = name.slice(ORGANISATION_PREFIX.length, Math.max(end, ORGANISATION_PREFIX.length))
  const limit = ORGANISATION_LIMITS.find((known) => known === name.slice(end + 1))
  if (limit === undefined || organisation === '') throw wrong(file, `unknown setting ${name}: an organisation has ${ORGANISATION_LIMITS.join(' and ')}`)
  organisations.set(organisation, { ...organisations.get(organisation), [limit]: readLimit(name, value, file) })
}

function readFeatureList(value: unknown, file: string | undefined): Features {
  const names = readList('features', value, file)
  try {
    return readFeatures(names)
  } catch (thrown) {
    throw wrong(file, QueryError.from(thrown).message)
  }
}

/** A list, or a text with commas. */
function readList(name: SettingName, value: unknown, file: string | undefined): readonly string[] {
  const items = Array.isArray(value) ? value : [value]
  if (!items.every((item) => typeof item === 'string')) throw wrong(file, `${name} must be a list of texts, is ${JSON.stringify(value)}`)
  return items.flatMap((item) => item.split(',')).map((item) => item.trim()).filter((item) => item !== '')
}

function readSetting(name: SettingName, value: unknown, file: string | undefined): SettingValue {
  const { type } = SETTING_RULES[name]
  if (type === 'list') return readList(name, value, file)
  if (type === 'string' && typeof value === 'string') return value
  if (type === 'number' && value !== '' && typeof value !== 'boolean' && Number.isInteger(Number(value)) && Number(value) > 0) return Number(value)
  if (type === 'boolean' && (value === true || value === 'true')) return true
  if (type === 'boolean' && (value === false || value === 'false')) return false
  const wanted = type === 'number' ? 'a whole number above zero' : type === 'boolean' ? 'true or false' : 'a text'
  throw wrong(file, `${name} must be ${wanted}, is ${JSON.stringify(value)}`)
}

function wrong(file: string | undefined, problem: string): QueryError {
  return new QueryError({ code: 'bad_query', message: file === undefined ? problem : `${file}: ${problem}` })
}
