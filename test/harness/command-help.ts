/** Options of the command line, read from its own help. */
import { runCli } from './real-node.js'

/** Of a command: each option with the words that it takes; undefined where it takes any, or none. */
export async function optionsOf(command: readonly string[]): Promise<ReadonlyMap<string, readonly string[] | undefined>> {
  const { code, out, err } = await runCli([...command, '--help'])
  if (code !== 0) throw new Error(`${command.join(' ')} --help ended with ${code}: ${err}`)
  const folded = out.replace(/\n {6,}(?!-)/g, ' ')
  return new Map([...folded.matchAll(/^ +(?:-\w, )?(--[\w-]+)(.*)$/gm)].map(([, option, rest]) => [option, choicesIn(rest)]))
}

function choicesIn(text: string): readonly string[] | undefined {
  const list = /\(choices: ([^)]*?)(?:, default[^)]*)?\)/.exec(text)?.[1]
  return list === undefined ? undefined : [...list.matchAll(/"([^"]*)"/g)].map(([, choice]) => choice)
}

/** What is wrong with a command line; nothing if all its options are known and take these words. Values of options are not otherwise looked at. */
export async function wrongIn(argv: readonly string[]): Promise<readonly string[]> {
  const command = argv.slice(0, argv.findIndex((word) => word.startsWith('-')) >>> 0)
  const options = await optionsOf(command)
  return argv.flatMap((word, at) => {
    if (!word.startsWith('--')) return []
    if (!options.has(word)) return [`${argv.join(' ')}: there is no ${word}`]
    const choices = options.get(word)
    return choices === undefined || choices.includes(argv[at + 1]) ? [] : [`${argv.join(' ')}: ${word} takes ${choices.join(', ')}`]
  })
}
