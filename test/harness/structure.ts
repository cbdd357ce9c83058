/** The structure of the source as facts: files, imports, rooms. Read as text, so that a test can hold the architecture. */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { packageRoot } from '../../src/model/place.js'

export interface SourceFile {
  /** From the package root, with slashes. */
  readonly path: string
  readonly room: string
  readonly text: string
  readonly lines: number
  /** Paths of imported files of our own, from the package root, ending in .ts. */
  readonly imports: readonly string[]
  readonly packages: readonly string[]
}

/** Import and export statements, also over several lines, dynamic imports, and packages found by path. */
const IMPORT = /^(?:import|export)\b(?:[^'"`;]*?\bfrom)?\s*'([^']+)'|\b(?:import|createRequire\(import\.meta\.url\)\.resolve)\('([^']+)'\)/gm

const ROOTS = ['src', 'actors', 'cli']

export function sourceFiles(): readonly SourceFile[] {
  const root = packageRoot()
  return ROOTS.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => readSource(root, join(root, folder, name))),
  )
}

function readSource(root: string, file: string): SourceFile {
  const text = readFileSync(file, 'utf8')
  const path = relative(root, file).replaceAll('\\', '/')
  const specifiers = [...text.matchAll(IMPORT)].map((match) => match[1] ?? match[2])
  const own = specifiers.filter((specifier) => specifier.startsWith('.'))
  const foreign = specifiers.filter((specifier) => !specifier.startsWith('.') && !specifier.startsWith('node:'))
  return {
    path,
    room: roomOf(path),
    text,
    lines: text.split('\n').length - 1,
    imports: own.map((specifier) => normalize(join(dirname(path), specifier)).replace(/\.js$/, '.ts')),
    packages: foreign.map((specifier) => specifier.split('/').slice(0, specifier.startsWith('@') ? 2 : 1).join('/')),
  }
}

/** `src/plan/promql.ts` is in room `plan`; files of actors/ and cli/ are in the room of that name. */
export function roomOf(path: string): string {
  const parts = path.split('/')
  return parts[0] === 'src' ? parts[1] : parts[0]
}

/** Groups of files that import each other in a circle, type imports included. */
export function importCircles(files: readonly SourceFile[]): readonly string[][] {
  const byPath = new Map(files.map((file) => [file.path, file]))
  const state = new Map<string, 'open' | 'done'>()
  const circles: string[][] = []
  const visit = (path: string, trail: readonly string[]): void => {
    if (state.get(path) === 'done') return
    if (state.get(path) === 'open') {
      circles.push([...trail.slice(trail.indexOf(path)), path])
      return
    }
    state.set(path, 'open')
    for (const next of byPath.get(path)?.imports ?? []) visit(next, [...trail, path])
    state.set(path, 'done')
  }
  for (const file of files) visit(file.path, [])
  return circles
}
