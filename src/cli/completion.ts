import type { Argument, Command, Option } from 'commander'
import { plain } from '../report/text.ts'
import { exitCodes } from './exit-codes.ts'
import type { Output } from './output.ts'

/** Shells that complete words. */
export const completedShells = ['bash', 'zsh', 'fish'] as const

/** One of them. */
export type CompletedShell = (typeof completedShells)[number]

/** What a word may be: some known ones, or what lies on the disk. Undefined: nobody can guess it. */
type Values = readonly string[] | 'file' | 'folder' | 'scenario' | undefined

interface OptionWords {
  readonly long: string
  readonly short: string | undefined
  readonly description: string
  /** Whether a value comes behind it. */
  readonly takesValue: boolean
  readonly values: Values
}

interface CommandWords {
  readonly name: string
  readonly description: string
  readonly options: readonly OptionWords[]
  readonly values: Values
}

/** `podsim completion`: a script for a shell, made from the table of commands itself. `terms`: what `explain` knows. */
export function completion(
  podsim: Command,
  shell: CompletedShell,
  lists: { readonly terms: readonly string[]; readonly reporters: readonly string[] },
  output: Output,
): number {
  const commands = podsim.commands.map((command) => wordsOf(command, lists))
  const scripts = { bash: bashScript, zsh: zshScript, fish: fishScript }
  output.out(plain`${scripts[shell](commands)}`)
  return exitCodes.passed
}

function wordsOf(command: Command, lists: Parameters<typeof completion>[2]): CommandWords {
  const [argument] = command.registeredArguments
  return {
    name: command.name(),
    description: command.description(),
    options: command
      .createHelp()
      .visibleOptions(command)
      .flatMap((option) => (option.long === undefined ? [] : [optionWords(option, lists.reporters)])),
    values: argument === undefined ? undefined : argumentValues(argument, lists.terms),
  }
}

function optionWords(option: Option, reporters: readonly string[]): OptionWords {
  const { long = '', short, description, flags, argChoices } = option
  const [, placeholder = ''] = /[<[]([^>]+)[>\]]/.exec(flags) ?? []
  return {
    ...{ long, short, description },
    // A value that may be left out is written behind =.
    takesValue: option.required,
    values: long === '--reporter' ? reporters : (argChoices ?? onDisk(placeholder)),
  }
}

function argumentValues(argument: Argument, terms: readonly string[]): Values {
  if (argument.argChoices !== undefined) return argument.argChoices
  switch (argument.name()) {
    case 'term':
      // A name of several words would be taken for several.
      return terms.filter((term) => /^[\w.-]+$/.test(term))
    case 'path':
    case 'file':
    case 'scenario':
      return 'scenario'
    case 'journal':
      return 'file'
    case 'folder':
      return 'folder'
    default:
      return undefined
  }
}

function onDisk(placeholder: string): Values {
  if (placeholder === 'file' || placeholder === 'path') return 'file'
  return placeholder === 'folder' ? 'folder' : undefined
}

/** In single quotes of a POSIX shell, which end nowhere but at their end. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}

function bashScript(commands: readonly CommandWords[]): string {
  const behindOptions = commands.flatMap(({ name, options }) =>
    options
      .filter(({ takesValue }) => takesValue)
      .map(({ long, short, values }) => {
        const patterns = [long, ...(short === undefined ? [] : [short])].map((option) => quoted(`${name} ${option}`))
        return `    ${patterns.join('|')}) ${bashValues(values)}; return ;;`
      }),
  )
  const cases = commands.map(({ name, options, values }) => {
    const words = options.map(({ long }) => long).join(' ')
    return `    ${name}) if [[ $cur == -* ]]; then _podsim_words ${quoted(words)}; else ${bashValues(values)}; fi ;;`
  })
  return `# Completion of podsim for bash: source <(podsim completion bash)
_podsim_words() { COMPREPLY=($(compgen -W "$1" -- "$cur")); }
_podsim_files() { local IFS=$'\\n'; compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$cur")); }
_podsim_folders() { local IFS=$'\\n'; compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -d -- "$cur")); }
_podsim_scenarios() {
  local IFS=$'\\n'
  compopt -o filenames 2>/dev/null
  COMPREPLY=($(compgen -d -- "$cur"; compgen -f -X '!*.yaml' -- "$cur"; compgen -f -X '!*.yml' -- "$cur"))
}
_podsim() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD - 1]}" command='' word
  COMPREPLY=()
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    if [[ $word != -* ]]; then command=$word; break; fi
  done
  case "$command $prev" in
${behindOptions.join('\n')}
  esac
  case "$command" in
    '') _podsim_words ${quoted([...commands.map(({ name }) => name), '--help', '--version'].join(' '))} ;;
${cases.join('\n')}
  esac
}
complete -F _podsim podsim
`
}

function bashValues(values: Values): string {
  switch (values) {
    case undefined:
      return ':'
    case 'file':
      return '_podsim_files'
    case 'folder':
      return '_podsim_folders'
    case 'scenario':
      return '_podsim_scenarios'
    default:
      return `_podsim_words ${quoted(values.join(' '))}`
  }
}

function zshScript(commands: readonly CommandWords[]): string {
  const list = commands.map(({ name, description }) => `    ${quoted(`${name}:${description}`)}`)
  const cases = commands.map(({ name, options, values }) => {
    const all = options.map(zshOption)
    return `    ${name})\n      _arguments -s ${[...all, quoted(`*:value:${zshValues(values)}`)].join(' \\\n        ')}\n      ;;`
  })
  return `#compdef podsim
# Completion of podsim for zsh: podsim completion zsh > ~/.zfunc/_podsim, with ~/.zfunc in fpath; or source <(podsim completion zsh)
_podsim() {
  local -a commands
  commands=(
${list.join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe -t commands command commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
${cases.join('\n')}
  esac
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _podsim "$@"; else compdef _podsim podsim; fi
`
}

/** \`'(-s --seed)'{-s,--seed}'[seed instead of ...]:value:'\`. */
function zshOption({ long, short, description, takesValue, values }: OptionWords): string {
  const told = `[${description.replace(/[[\]:\\]/g, (char) => `\\${char}`)}]`
  const value = takesValue ? `:value:${zshValues(values)}` : ''
  if (short === undefined) return quoted(`*${long}${told}${value}`)
  return `'*'{${short},${long}}${quoted(`${told}${value}`)}`
}

function zshValues(values: Values): string {
  switch (values) {
    case undefined:
      return ' '
    case 'file':
      return '_files'
    case 'folder':
      return '_files -/'
    case 'scenario':
      return '_files -g "*.(yaml|yml)"'
    default:
      return `(${values.join(' ')})`
  }
}

function fishScript(commands: readonly CommandWords[]): string {
  const names = commands.map(({ name }) => name).join(' ')
  const lines = commands.flatMap(({ name, description, options, values }) => {
    const here = `complete -c podsim -n '__fish_seen_subcommand_from ${name}'`
    return [
      `complete -c podsim -n 'not __fish_seen_subcommand_from ${names}' -a ${name} -d ${fishQuoted(description)}`,
      ...options.map((option) => `${here} ${fishOption(option)}`),
      ...(values === undefined ? [] : [`${here} ${fishValues(values)}`]),
    ]
  })
  return `# Completion of podsim for fish: podsim completion fish > ~/.config/fish/completions/podsim.fish
complete -c podsim -f
${lines.join('\n')}
`
}

function fishOption({ long, short, description, takesValue, values }: OptionWords): string {
  return [
    `-l ${long.replace(/^--/, '')}`,
    ...(short === undefined ? [] : [`-s ${short.slice(1)}`]),
    ...(takesValue ? [values === 'file' || values === 'folder' ? '-r -F' : '-x'] : []),
    ...(takesValue && Array.isArray(values) ? [`-a ${fishQuoted(values.join(' '))}`] : []),
    `-d ${fishQuoted(description)}`,
  ].join(' ')
}

function fishValues(values: Exclude<Values, undefined>): string {
  switch (values) {
    case 'file':
      return '-F'
    case 'folder':
      return `-a '(__fish_complete_directories)'`
    case 'scenario':
      return `-a '(__fish_complete_suffix .yaml; __fish_complete_suffix .yml)'`
    default:
      return `-a ${fishQuoted(values.join(' '))}`
  }
}

/** In single quotes of fish, where backslash and quote are escaped by a backslash. */
function fishQuoted(text: string): string {
  return `'${text.replace(/[\\']/g, (char) => `\\${char}`)}'`
}
