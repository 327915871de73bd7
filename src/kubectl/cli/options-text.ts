import type { ClientVersion } from '../client-version.ts'
import { isOffered } from './flags.ts'
import { globalFlagTexts } from './global-flag-texts.ts'

/** What `kubectl options` prints. Source: pkg/util/templates/templates.go, OptionsUsageTemplate; templater.go, flagsUsages. */
export function optionsText({ minor, optionsAreParagraphs, optionsAreForgotten }: ClientVersion, home: string): string {
  const rows = globalFlagTexts.filter(([since, until]) => isOffered({ since, until }, minor))
  const lines = rows.map(([, , flag, initial, text]) => {
    const head = `${flag}=${initial.replace('HOME', home)}:`
    if (optionsAreParagraphs) return `    ${head}\n\t${text}\n\n`
    return `${flag.startsWith('--') ? '      ' : '  '}${head} ${text}\n`
  })
  const shown = optionsAreForgotten && !optionsAreParagraphs ? [] : lines
  return `The following options can be passed to any command:\n\n${shown.join('')}`
}
